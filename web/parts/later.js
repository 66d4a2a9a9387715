// A page whose modules come when it is wanted, so that the first page does not
// wait for all others.
import { noAnswer } from "../api/problem.js";
import { ProblemNotice } from "./notice.js";
import { html, useEffect, useState } from "./preact.js";

// `load` imports the module, `name` is the component in it.  Returns a component
// with a function `prepare`, which loads the module before it is wanted.
export function later(load, name) {
  let Page = null;
  const prepare = async () => {
    Page = (await load())[name];
  };

  function Later(properties) {
    const [isReady, setReady] = useState(Page !== null);
    const [problem, setProblem] = useState(null);
    const fetchPage = () => {
      setProblem(null);
      prepare().then(
        () => setReady(true),
        () => setProblem(noAnswer()),
      );
    };

    useEffect(() => {
      if (!isReady) fetchPage();
    }, []);
    if (isReady) return html`<${Page} ...${properties} />`;
    return problem && html`<${ProblemNotice} problem=${problem} retry=${fetchPage} />`;
  }
  Later.prepare = prepare;
  return Later;
}

// When the browser has nothing better to do.
export function prepareLater(pages) {
  const wait = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 1000));

  wait(() => {
    // What cannot be had now is asked for again when it is wanted.
    for (const page of pages) page.prepare().catch(() => {});
  });
}
