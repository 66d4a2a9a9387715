// What a careful eye checks on every page, as facts: nothing sticks out, nothing
// lies on another, everything can be read, hit and named.

// How much wider than the window the page is.
export const overflowOf = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;

    return Math.max(0, scrollWidth - clientWidth);
  });

// Chips that leave the photo, or lie on one another.
export const chipFaultsOf = (page) =>
  page.evaluate(() => {
    const photo = document.querySelector(".stage .photo")?.getBoundingClientRect();
    const chips = [...document.querySelectorAll("[data-testid=face-chip]")].map(
      (chip) => ({ text: chip.textContent.trim(), place: chip.getBoundingClientRect() }),
    );
    const faults = [];

    for (const [index, { text, place }] of chips.entries()) {
      if (
        place.left < photo.left - 1 ||
        place.right > photo.right + 1 ||
        place.top < photo.top - 1 ||
        place.bottom > photo.bottom + 1
      )
        faults.push(`${text} leaves the photo`);
      for (const other of chips.slice(index + 1))
        if (
          place.left < other.place.right &&
          other.place.left < place.right &&
          place.top < other.place.bottom &&
          other.place.top < place.bottom
        )
          faults.push(`${text} lies on ${other.text}`);
    }
    return faults;
  });

// Things to press or to type into that have no name, or none that is heard.
export const namelessOf = (page) =>
  page.evaluate(() => {
    const nameOf = (one) =>
      one.getAttribute("aria-label") ||
      [...(one.labels ?? [])].map((label) => label.textContent).join(" ") ||
      one.textContent.trim() ||
      [...one.querySelectorAll("img")].map(({ alt }) => alt).join(" ");

    return [...document.querySelectorAll("a[href], button, input, [role=button]")]
      .filter((one) => one.checkVisibility() && !nameOf(one).trim())
      .map((one) => one.outerHTML.slice(0, 120));
  });

// Things to press that a fingertip misses: smaller than 44 pixels, with what
// their ::after adds.
export const smallTargetsOf = (page) =>
  page.evaluate(() => {
    const LEAST = 43.5;
    const height = (one) => {
      const after = getComputedStyle(one, "::after");
      const own = one.getBoundingClientRect().height;

      return after.position === "absolute" && after.content !== "none"
        ? Math.max(own, Number.parseFloat(after.height) || 0)
        : own;
    };
    const hidden = (one) =>
      !one.checkVisibility({ opacityProperty: true }) || one.matches(".skip");

    return [...document.querySelectorAll("a[href], button, summary, input")]
      .filter((one) => !hidden(one) && height(one) < LEAST)
      .map((one) => `${Math.round(height(one))}px: ${one.outerHTML.slice(0, 120)}`);
  });

// Texts whose contrast is under 4.5:1, or 3:1 where they are large.  What stands
// on photos or half transparent ground is left to the eye.
export const faintTextsOf = (page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", {
      willReadFrequently: true,
    });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red, green, blue]) => {
      const [r, g, b] = [red, green, blue].map((byte) => {
        const part = byte / 255;

        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });

      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    // The first ground below that is not transparent; null: it cannot be told.
    const groundOf = (one) => {
      for (let at = one; at; at = at.parentElement) {
        const color = rgba(getComputedStyle(at).backgroundColor);

        if (color[3] === 255) return color;
        if (color[3] > 0) return null;
      }
      return rgba(getComputedStyle(document.body).backgroundColor);
    };
    const faults = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);

    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const one = walker.currentNode.parentElement;

      if (!text || !one.checkVisibility({ opacityProperty: true })) continue;
      if (one.closest(".stage, .only-heard, .drop-veil, :disabled")) continue;
      const ground = groundOf(one);
      if (!ground) continue;
      const style = getComputedStyle(one);
      const [light, dark] = [luminance(rgba(style.color)), luminance(ground)].sort(
        (first, second) => second - first,
      );
      const contrast = (light + 0.05) / (dark + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);

      if (contrast < (isLarge ? 3 : 4.5)) faults.add(`${contrast.toFixed(2)}: ${text}`);
    }
    return [...faults];
  });
