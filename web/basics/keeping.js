// What the browser keeps for us between visits.  Somebody may have forbidden it
// to keep anything: then the page works, and forgets.
export function createKeeping(place, openStorage) {
  const attempt = (work) => {
    try {
      return work(openStorage());
    } catch {
      return null;
    }
  };

  return {
    read: () => attempt((storage) => storage.getItem(place)),
    write: (text) => attempt((storage) => storage.setItem(place, text)),
    forget: () => attempt((storage) => storage.removeItem(place)),
  };
}

export const keepAlways = (place) => createKeeping(place, () => localStorage);
export const keepInTab = (place) => createKeeping(place, () => sessionStorage);
