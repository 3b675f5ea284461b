// Find a commune or an activity from what people type: accents or not, pieces, codes.

import { byId, el, fill } from "./dom.js";
import { NBSP, plural } from "./numbers.js";

/** Fold a text: no accent, no hyphen, « St » is « Saint ».
 * @param {string} text
 */
export function folded(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/œ/gi, "oe").toLowerCase()
    .replace(/['’-]/g, " ").replace(/\bst(e?)\b/g, "saint$1").replace(/\s+/g, " ").trim();
}

const wordsOf = (text) => folded(text).split(/[^a-z0-9.]+/).filter(Boolean);

/** Communes that a text means: code or postcode, whole name, its beginning, a piece of it.
 * @param {{code: string[], name: string[]}} communes
 * @param {string[]} postcodes of each commune, a space between
 * @param {string} typed
 * @returns {number[]} ranks
 */
export function communesMeant(communes, postcodes, typed) {
  const text = typed.trim();
  const last = text.match(/(\w{5})\)?$/)?.[1]?.toUpperCase() ?? "";
  const where = (test) => communes.name.flatMap((name, i) => (test(name, i) ? [i] : []));
  if (/^\w{5}$/.test(text) || /\(\w{5}\)$/.test(text)) {
    const coded = where((_, i) => communes.code[i] === last || (postcodes[i] ?? "").split(" ").includes(last));
    if (coded.length) return coded;
  }
  if (/^\d{2,4}$/.test(text)) {
    return where((_, i) => (postcodes[i] ?? "").split(" ").some((code) => code.startsWith(text)));
  }
  const wanted = folded(text);
  if (!wanted) return [];
  for (const test of [
    (name) => folded(name) === wanted,
    (name) => folded(name).startsWith(wanted),
    (name) => ` ${folded(name)}`.includes(` ${wanted}`),
    (name) => wanted.length > 2 && folded(name).includes(wanted),
  ]) {
    const found = where(test);
    if (found.length) return found;
  }
  return [];
}

/** Activities that a text means, nearest first: a code, words of every day, a label.
 * @param {{code: string[], label: string[], words: string[]}} activities
 * @param {Record<string, string>} divisions
 * @param {string} typed
 * @returns {number[]} ranks
 */
export function activitiesMeant(activities, divisions, typed) {
  const asked = typed.trim().toUpperCase().replace(/[\s.]/g, "");
  if (/^\d{2,4}[A-Z]?$/.test(asked)) {
    return activities.code.flatMap((code, i) => (code.replace(".", "").startsWith(asked) ? [i] : []));
  }
  const wanted = wordsOf(typed).map((word) => (word.length > 3 ? word.replace(/[sx]$/, "") : word));
  if (!wanted.length || wanted.join("").length < 3) return [];
  const rank = (i) => {
    const shelves = [activities.words[i], activities.label[i], divisions[activities.code[i].slice(0, 2)] ?? ""];
    for (let depth = 1; depth <= shelves.length; depth += 1) {
      const words = wordsOf(shelves.slice(0, depth).join(" "));
      if (wanted.every((one) => words.some((word) => word.startsWith(one)))) return depth;
    }
    return 0;
  };
  const ranked = activities.code.map((_, i) => [rank(i), i]).filter(([depth]) => depth);
  const best = Math.min(...ranked.map(([depth]) => depth));
  // Beyond what everyday words or a label tell, a division alone is too wide.
  const kept = best < 3 ? ranked.filter(([depth]) => depth < 3) : ranked;
  return kept.sort(([a, i], [b, j]) => a - b || i - j).map(([, i]) => i);
}

/** Offer what was found as buttons, so that a finger or a key takes one.
 * @param {any} place
 * @param {number[]} found
 * @param {{text: (rank: number) => string, pick: (rank: number) => void, head: string, most?: number}} how
 */
export function offer(place, found, { text, pick, head, most = 40 }) {
  const rest = found.length - most;
  fill(place,
    el("p", {}, head),
    el("ul", { className: "choix-liste" }, ...found.slice(0, most).map((rank) => {
      const button = el("button", { type: "button" }, text(rank));
      button.onclick = () => pick(rank);
      return el("li", {}, button);
    })),
    rest > 0 ? el("p", {}, `Et ${plural(rest, "autre")}${NBSP}: précisez.`) : null,
  );
}

/** Name a commune with its postcodes, where it has some.
 * @param {{code: string[], name: string[]}} communes
 * @param {string[]} postcodes
 * @param {number} i
 */
export function communeText(communes, postcodes, i) {
  return `${communes.name[i]} (${postcodes[i] ? postcodes[i].split(" ").join(", ") : communes.code[i]})`;
}

/** Answer a search field as it is typed in; Enter takes the only answer, or the first.
 * @param {string} id
 * @param {(typed: string) => void} ask
 * @param {() => void} enter
 */
export function listen(id, ask, enter) {
  byId(id).oninput = () => ask(byId(id).value);
  byId(id).form.onsubmit = (event) => {
    event.preventDefault();
    enter();
  };
}
