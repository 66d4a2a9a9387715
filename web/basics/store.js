// One value that several parts of the page look at.  Whoever changes it puts a
// new value in its place; nobody changes the value itself.
export function createStore(initial) {
  let value = initial;
  const listeners = new Set();

  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      // A listener may leave while it is being told, so a copy is walked.
      for (const listener of [...listeners]) listener(value);
    },
    update(change) {
      this.set(change(value));
    },
    // Returns the function that ends it.
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
