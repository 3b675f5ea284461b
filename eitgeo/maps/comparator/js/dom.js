// Elements made of text alone: no string of the data is ever read as HTML.

const isThere = (one) => one !== null && one !== undefined;

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] properties; « aria-… » and « data-… » are attributes
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (/^(aria-|data-|for$|scope$|role$|colspan$|list$)/.test(key)) made.setAttribute(key, String(value));
    else made[key] = value;
  }
  made.append(...children.filter(isThere));
  return made;
}

/** Give a place these children and no other; the browser would write « null ».
 * @param {any} place
 * @param {...(Node | string | null | undefined)} children
 */
export function fill(place, ...children) {
  place.replaceChildren(...children.filter(isThere));
  return place;
}

/** @param {string} id @returns {any} */
export function byId(id) {
  return document.getElementById(id);
}

/** Save a text as a file. */
export function saveFile(name, text, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Say something to those who do not see it happen. */
export function announce(text) {
  byId("annonce").textContent = text;
}
