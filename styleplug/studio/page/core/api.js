// The service's interface, /api/v1; every error becomes an ApiError with a text for people.

import { rememberUse } from "./uses.js";

const ROOT = "api/v1/";
const token = document.querySelector("meta[name=styleplug-token]").content;

export class ApiError extends Error {
  constructor(status, { code = "unreachable", message }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function request(method, path, body) {
  const headers = method === "GET" ? {} : { "X-Styleplug-Token": token };
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(ROOT + path, {
      method,
      headers,
      body: body && !isForm ? JSON.stringify(body) : body,
    });
  } catch {
    throw new ApiError(0, { message: "The service doesn't answer. Is styleplug still running?" });
  }
  if (answer.status === 204) return null;
  const json = await answer.json().catch(() => null);
  if (answer.ok) return json;
  const unknown = { message: `The service answered ${answer.status}.` };
  throw new ApiError(answer.status, json?.error ?? unknown);
}

const part = encodeURIComponent;

export const api = {
  catalogue: () => request("GET", "catalogue"),
  uploads: () => request("GET", "uploads"),
  jobs: (limit) => request("GET", `jobs?limit=${limit}`),
  job: (id) => request("GET", `jobs/${part(id)}`),
  start: (recipe) => request("POST", "jobs", recipe),
  stop: (id, keep) => request("POST", `jobs/${part(id)}/stop`, { keep }),
  save: (id) => request("POST", `jobs/${part(id)}/save`, {}),
  remove: (id) => request("DELETE", `jobs/${part(id)}`),
  removeUpload: (id) => request("DELETE", `uploads/${part(id)}`),
  addStyle: (upload, name) => request("POST", "styles", { upload, name }),
  personMask: (upload) => request("POST", "masks/person", { upload }),

  /** Sends a file; `use` is photo, painting or mask. */
  async upload(file, use) {
    const form = new FormData();
    form.append("file", file, file.name);
    const upload = await request("POST", "uploads", form);
    if (use !== "photo") rememberUse(upload.id, use);
    return upload;
  },
};

// Addresses of pictures; `size` is the longest side in pixels.
export const uploadPicture = (id, size) => `${ROOT}uploads/${part(id)}/preview?size=${size}`;
export const filterPicture = (id, name, size) =>
  `${ROOT}uploads/${part(id)}/filters/${part(name)}?size=${size}`;
export const donePicture = (id, size) => `${ROOT}jobs/${part(id)}/preview?size=${size}`;
export const resultFile = (id) => `${ROOT}jobs/${part(id)}/result?download=1`;
export const jobEvents = (id) => `${ROOT}jobs/${part(id)}/events`;
