// Follows jobs by server-sent events: one stream at a time, that of the job which is at work or
// next to be, since a browser has few connections and the service does one job after another.

import { announce } from "./announce.js";
import { api, jobEvents } from "./api.js";
import { isOver, isVariant, store } from "./state.js";
import { describe } from "./words.js";

const RETRY = 3000; // milliseconds

/** What each kind of event says of its job. */
const EVENTS = {
  state: (job) => job,
  progress: (progress) => ({ progress }),
  preview: ({ url }) => ({ preview: url }),
  done: (job) => job,
  failed: (job) => job,
};
let source = null;
let followed = null;
const listeners = new Set();

/** Calls back with each job that has come to its end. */
export const onEnd = (listener) => listeners.add(listener);

/** Takes over what the service says of jobs. */
export function takeJobs(jobs) {
  const ended = [];
  store.update((state) => {
    const known = { ...state.jobs };
    for (const job of jobs) {
      const before = known[job.id];
      known[job.id] = { ...before, ...job };
      if (before && !isOver(before) && isOver(job)) ended.push(known[job.id]);
    }
    return { jobs: known };
  });
  for (const job of ended) for (const listener of listeners) listener(job);
}

export function forgetJob(id) {
  store.update((state) => {
    const { [id]: gone, ...jobs } = state.jobs;
    const shown = Object.fromEntries(Object.entries(state.shown).filter(([, job]) => job !== id));
    return { jobs, shown };
  });
}

const order = (job) => (job.state === "running" ? 0 : 1);

function nextToFollow(jobs) {
  return Object.values(jobs)
    .filter((job) => !isOver(job))
    .sort((one, other) => order(one) - order(other) || (one.created < other.created ? -1 : 1))[0];
}

function follow(jobs) {
  const job = nextToFollow(jobs);
  if (job?.id === followed) return;
  source?.close();
  source = null;
  followed = job?.id ?? null;
  if (!job) return;
  const stream = new EventSource(jobEvents(job.id));
  source = stream;
  for (const [name, toJob] of Object.entries(EVENTS)) {
    stream.addEventListener(name, (event) => {
      takeJobs([{ ...toJob(JSON.parse(event.data)), id: job.id }]);
    });
  }
  // A stream that the service has ended, or that it refuses: ask how the job stands, and go on.
  stream.onerror = () => {
    stream.close();
    setTimeout(() => refresh(job.id), isOver(store.state.jobs[job.id] ?? job) ? 0 : RETRY);
  };
}

async function refresh(id) {
  try {
    takeJobs([await api.job(id)]);
  } catch (error) {
    if (error.status === 404) forgetJob(id);
  }
  if (followed === id) followed = null; // open it again, if it isn't over
  follow(store.state.jobs);
}

/** Begins to follow whatever is at work. */
export function startFollowing() {
  store.watch((state) => [state.jobs], follow);
  onEnd((job) => {
    const title = describe(job, store.state.catalogue);
    const said = { done: "is done", stopped: "was stopped", failed: "has failed" };
    if (!isVariant(job)) announce(`${title} ${said[job.state]}${job.error ? `: ${job.error.message}` : ""}`);
    refreshAll();
  });
}

/** Asks how all jobs stand, for only one is followed. */
export async function refreshAll() {
  try {
    takeJobs((await api.jobs(100)).jobs);
  } catch {
    // The stream says so, too, and tries again.
  }
}
