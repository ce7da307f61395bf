// The page begins: its parts are made, then what the service has is loaded.

import { loadJobs } from "./actions/jobs.js";
import { loadPhotographs } from "./actions/photographs.js";
import { attempt } from "./core/announce.js";
import { api } from "./core/api.js";
import { store } from "./core/state.js";
import { startFollowing } from "./core/stream.js";
import { createTabs } from "./panels/tabs.js";
import { createDrop } from "./shell/drop.js";
import { createFilmstrip } from "./shell/filmstrip.js";
import { createNotices } from "./shell/notices.js";
import { createTopbar } from "./shell/topbar.js";
import { createStage } from "./stage/stage.js";

const part = (id) => document.getElementById(id);

createTopbar(part("topbar"));
createStage(part("stage"));
createFilmstrip(part("filmstrip"));
createTabs(part("tabs"), part("panel"));
createNotices(part("notices"));
createDrop(part("drop"));
startFollowing();

const catalogue = await attempt(api.catalogue);
if (catalogue) store.update({ catalogue, preset: catalogue.presets[0]?.name ?? null });
await Promise.all([loadPhotographs(), loadJobs()]);
document.documentElement.dataset.ready = "true";
