// The tabs, and the panel of the one that is chosen.

import { selectTab } from "../actions/choices.js";
import { el, fill } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { roving } from "../core/roving.js";
import { can, store } from "../core/state.js";
import { createFiltersPanel } from "./filters.js";
import { createFinishPanel } from "./finish.js";
import { createHistoryPanel } from "./history.js";
import { createPaintingsPanel } from "./paintings.js";
import { createRegionPanel } from "./region.js";
import { createTunePanel } from "./tune.js";
import { createVariantsPanel } from "./variants.js";

const TABS = [
  ["filters", "Filters", createFiltersPanel],
  ["paintings", "Paintings", createPaintingsPanel],
  ["tune", "Tune", createTunePanel],
  ["region", "Region", createRegionPanel],
  ["variants", "Variants", createVariantsPanel],
  ["finish", "Finish", createFinishPanel],
  ["history", "History", createHistoryPanel],
];

export function createTabs(list, panel) {
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Steps");
  panel.setAttribute("role", "tabpanel");
  const buttons = TABS.map(([name, title]) =>
    el(
      "button",
      { role: "tab",
        id: `tab-${name}`,
        "aria-controls": "panel",
        onclick: () => selectTab(name),
      },
      icon(name),
      el("span", {}, title),
    ),
  );
  fill(list, buttons);
  const settle = roving(list, "[role=tab]:not([hidden])", () => 1);
  const panels = Object.fromEntries(TABS.map(([name, , create]) => [name, create()]));
  for (const one of Object.values(panels)) one.hidden = true;
  panel.append(...Object.values(panels));

  store.watch(
    (state) => [state.tab, can(state, "mask")],
    (tab, hasRegions) => {
      const hadFocus = panel.contains(document.activeElement);
      TABS.forEach(([name], at) => {
        buttons[at].setAttribute("aria-selected", String(name === tab));
        panels[name].hidden = name !== tab;
      });
      buttons[TABS.findIndex(([name]) => name === "region")].hidden = !hasRegions;
      panel.setAttribute("aria-labelledby", `tab-${tab}`);
      panel.scrollTop = 0;
      if (hadFocus) panel.focus();
      settle(buttons.find((button) => button.getAttribute("aria-selected") === "true"));
    },
  );
}
