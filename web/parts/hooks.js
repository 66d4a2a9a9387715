// What several parts need of the page they live in.
import { createStore } from "../basics/store.js";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "./preact.js";

// The value of a store, drawn again when it changes.
export function useStore(store) {
  const [value, setValue] = useState(store.get());

  useLayoutEffect(() => {
    // It may have changed between the first drawing and now.
    setValue(store.get());
    return store.subscribe(setValue);
  }, [store]);
  return value;
}

// A listener on the document (or another target) that sees the newest state
// without being put on again each time.
export function useListener(type, handle, target = document) {
  const latest = useRef(handle);

  latest.current = handle;
  useEffect(() => {
    const listener = (event) => latest.current(event);

    target.addEventListener(type, listener);
    return () => target.removeEventListener(type, listener);
  }, [type, target]);
}

// The size of an element in pixels: [ref, {width, height}].
export function useSize() {
  const ref = useRef(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) =>
      setSize({ width: contentRect.width, height: contentRect.height }),
    );

    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

// One clock for all the times on the page.
const TOLD_EVERY_MS = 10000;
const clock = createStore(Date.now());

setInterval(() => clock.set(Date.now()), TOLD_EVERY_MS);

// The time, told again every ten seconds.  What is drawn between two strokes is
// as old as it is then.
export function useNow() {
  const stroke = useStore(clock);

  return useMemo(() => Date.now(), [stroke]);
}

// Whether `condition` has held for `ms` without a break.
export function useHeld(condition, ms) {
  const [isHeld, setHeld] = useState(false);

  useEffect(() => {
    setHeld(false);
    if (!condition) return undefined;
    const timer = setTimeout(() => setHeld(true), ms);

    return () => clearTimeout(timer);
  }, [condition, ms]);
  return isHeld && condition;
}

export function useTitle(title) {
  useEffect(() => {
    document.title = `${title} · Facewire`;
  }, [title]);
}
