// Runs before the first paint, so that a page in the other colours never
// flashes: what was chosen with the switch, or nothing, and then the system says.
try {
  const chosen = localStorage.getItem("facewire.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // The browser keeps nothing for us: the system says.
}
