// The one door to the libraries that draw: Preact, its hooks and htm.  They come
// as classic scripts before the modules, because as modules they name each other
// without an address, which a page without a build step cannot resolve.
const { h, render } = globalThis.preact;

export const html = globalThis.htm.bind(h);
export const { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } =
  globalThis.preactHooks;
export { render };
