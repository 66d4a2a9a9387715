// Where the pages begin.
import { App } from "./app.js";
import { startLive } from "./live/live.js";
import { startNavigation } from "./parts/navigation.js";
import { html, render } from "./parts/preact.js";

startNavigation();
startLive();
render(
  html`<${App} />`,
  document.getElementById("app"),
);
