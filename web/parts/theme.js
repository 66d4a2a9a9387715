// Light or dark: as the system says, until somebody presses the switch.
import { keepAlways } from "../basics/keeping.js";
import { createStore } from "../basics/store.js";
import { strings } from "../strings.js";
import { useStore } from "./hooks.js";
import { Icon } from "./icon.js";
import { html } from "./preact.js";

const kept = keepAlways("facewire.theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = () => (system.matches ? "dark" : "light");

const chosen = createStore(kept.read());
const shown = createStore(chosen.get() ?? systemTheme());

const refresh = () => shown.set(chosen.get() ?? systemTheme());

system.addEventListener("change", refresh);

// Choosing what the system says anyway means following the system again.
function choose(theme) {
  if (theme === systemTheme()) {
    kept.forget();
    delete document.documentElement.dataset.theme;
    chosen.set(null);
  } else {
    kept.write(theme);
    document.documentElement.dataset.theme = theme;
    chosen.set(theme);
  }
  refresh();
}

export function ThemeSwitch() {
  const isDark = useStore(shown) === "dark";
  const label = isDark ? strings.theme.toLight : strings.theme.toDark;

  return html`
    <button
      class="button icon-button"
      data-kind="quiet"
      data-testid="theme"
      aria-label=${label}
      title=${label}
      onClick=${() => choose(isDark ? "light" : "dark")}
    >
      <${Icon} name=${isDark ? "sun" : "moon"} />
    </button>
  `;
}
