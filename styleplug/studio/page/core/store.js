// The page's state: one object that is replaced, never changed, and those who watch parts of it.

/** @param {object} initial */
export function createStore(initial) {
  let state = initial;
  const watchers = new Set();

  return {
    get state() {
      return state;
    },

    /** Takes over some fields; a function is given the state and returns them. */
    update(change) {
      state = { ...state, ...(typeof change === "function" ? change(state) : change) };
      for (const notify of watchers) notify();
    },

    /**
     * Calls `render(...values)` now, and whenever one of the values that `pick` lists is another,
     * until the function that is returned is called.
     */
    watch(pick, render) {
      let last = null;
      const notify = () => {
        const values = pick(state);
        if (last && values.every((value, at) => Object.is(value, last[at]))) return;
        last = values;
        render(...values);
      };
      watchers.add(notify);
      notify();
      return () => watchers.delete(notify);
    },
  };
}
