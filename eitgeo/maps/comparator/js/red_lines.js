// Red lines of councils against all unions of whole EPCI: which ones nobody refuses, or
// the smallest concession. Nothing here is kept, and what is saved holds no line.

/** @typedef {{eur: number | null, min: number | null, partners: number[]}} Lines */
/** @typedef {{who: number, kind: "eur" | "min" | "with", other: number, limit: number | null, needs: number | null}} Broken */

const HIGH = 2;
const TEXT = 3;

/**
 * Every set of refusals in the order of the page: by number, then as sorted.
 * @param {number} n members
 * @param {number} most refusals together
 * @returns {number[][]} ranks of those who refuse
 */
export function everyRefusal(n, most) {
  const found = [];
  const add = (held, next, size) => {
    if (held.length === size) found.push(held);
    else for (let one = next; one < n; one += 1) add([...held, one], one + 1, size);
  };
  for (let size = 0; size <= Math.min(most, n); size += 1) add([], 0, size);
  return found;
}

/**
 * Parts of a set of EPCI that neighbours join.
 * @param {number[]} kept
 * @param {number[][]} near
 * @returns {number[][]} the largest first
 */
export function partsOf(kept, near) {
  const left = new Set(kept);
  const parts = [];
  for (const start of kept) {
    if (!left.delete(start)) continue;
    const part = [start];
    for (const one of part) for (const other of near[one]) if (left.delete(other)) part.push(other);
    parts.push(part.sort((a, b) => a - b));
  }
  return parts.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/** What a member of a union would pay: shared by inhabitants, all pay the same.
 * @returns {any[]} low, middle, high, text */
export function priceOf(page, u, m) {
  const price = page.unions.price[u];
  return page.prices[Array.isArray(price) ? price[m] : price];
}

/** @returns {Lines} */
export function noLines() {
  return { eur: null, min: null, partners: [] };
}

/** @param {Lines} lines */
export function countLines(lines) {
  return Number(lines.eur !== null) + Number(lines.min !== null) + lines.partners.length;
}

/**
 * Red lines that a union crosses, those of its members alone. Money is compared with the
 * top of the interval, and every figure as it is printed.
 * @param {any} page
 * @param {number} u
 * @param {Lines[]} lines by EPCI
 * @returns {Broken[]}
 */
export function brokenLines(page, u, lines) {
  const members = page.unions.members[u];
  return members.flatMap((who, m) => {
    const { eur, min, partners } = lines[who];
    const broken = [];
    const over = (kind, limit, needs) => {
      if (limit !== null && (needs === null || needs > limit)) broken.push({ who, kind, other: -1, limit, needs });
    };
    over("eur", eur, priceOf(page, u, m)[HIGH]);
    over("min", min, page.unions.minutes[u][m]);
    for (const other of partners) {
      if (!members.includes(other)) broken.push({ who, kind: "with", other, limit: null, needs: null });
    }
    return broken;
  });
}

/**
 * @param {any} page
 * @param {Lines[]} lines
 * @param {Set<number>} no EPCI that refuse whatever the union
 * @returns {{open: number[], without: number}} unions that nobody refuses; how many hold
 *   none of those who say no
 */
export function openUnions(page, lines, no) {
  const held = unionsWithout(page, no);
  return { open: held.filter((u) => !brokenLines(page, u, lines).length), without: held.length };
}

function unionsWithout(page, no) {
  return page.unions.members.flatMap((members, u) => (members.some((one) => no.has(one)) ? [] : [u]));
}

/**
 * The smallest concession that leaves two EPCI at least together: as few red lines as
 * possible are relaxed; for each such set of lines, by as little as possible. Euros, minutes and partners are never converted, so
 * that several answers stand side by side where none is smaller than another.
 * @param {any} page
 * @param {Lines[]} lines
 * @param {Set<number>} no
 * @returns {{fewest: number, sets: {lines: Broken[], choices: {needs: (number | null)[], unions: number[]}[]}[]}}
 */
export function smallestConcession(page, lines, no) {
  const all = unionsWithout(page, no)
    .filter((u) => page.unions.members[u].length > 1)
    .map((u) => ({ u, broken: brokenLines(page, u, lines) }));
  const fewest = all.reduce((least, one) => Math.min(least, one.broken.length), Infinity);
  const sets = new Map();
  for (const { u, broken } of all.filter((one) => one.broken.length === fewest)) {
    const key = broken.map(({ who, kind, other }) => `${who}.${kind}.${other}`).join(" ");
    const needs = broken.map((one) => one.needs);
    const set = sets.get(key) ?? { lines: broken, choices: [] };
    const same = set.choices.find((one) => one.needs.every((need, k) => need === needs[k]));
    if (same) same.unions.push(u);
    else set.choices.push({ needs, unions: [u] });
    sets.set(key, set);
  }
  const least = [...sets.values()].map((set) => ({
    lines: set.lines,
    choices: set.choices.filter((one) => !set.choices.some((other) => isLess(other.needs, one.needs))),
  }));
  return { fewest, sets: least.sort((a, b) => compared(a.lines, b.lines)) };
}

/** Whether nothing is asked more, and something less; what no number relaxes asks most. */
function isLess(one, other) {
  const pairs = one.map((need, k) => [need ?? Infinity, other[k] ?? Infinity]);
  return pairs.every(([a, b]) => a <= b) && pairs.some(([a, b]) => a < b);
}

function compared(a, b) {
  const kinds = ["eur", "min", "with"];
  for (let k = 0; k < a.length; k += 1) {
    const gap = a[k].who - b[k].who || kinds.indexOf(a[k].kind) - kinds.indexOf(b[k].kind) || a[k].other - b[k].other;
    if (gap) return gap;
  }
  return 0;
}

/** Unions by number of EPCI, the largest first, then as listed: no ranking. */
export function inOrder(page, unions) {
  const size = (u) => page.unions.members[u].length;
  return [...unions].sort((a, b) => size(b) - size(a) || a - b);
}

/** @returns {string} */
export function unionName(page, u) {
  return page.unions.members[u].map((one) => page.epci[one].name).join(" + ");
}

const HEADS = ["union", "epci", "habitants", "siege", "eur_hab_an_bas", "eur_hab_an_milieu", "eur_hab_an_haut"];

/** What is told of a union in a file: the same whoever asked, and why. */
function rowOf(page, u) {
  const [low, mid, high] = priceOf(page, u, 0);
  const [members, seat] = [page.unions.members[u], page.unions.towns[page.unions.seat[u]]];
  const decimal = (x) => (x === null ? "" : String(x).replace(".", ","));
  return [unionName(page, u), String(members.length), String(page.unions.pop[u]), seat, ...[low, mid, high].map(decimal)];
}

/**
 * The list of unions as CSV: no red line, nor who refuses what.
 * @param {any} page
 * @param {number[]} unions
 * @returns {string}
 */
export function unionsCsv(page, unions) {
  const rows = [HEADS, ...inOrder(page, unions).map((u) => rowOf(page, u))];
  return `\ufeff${rows.map((row) => row.map(safeCell).join(";")).join("\r\n")}\r\n`;
}

/** The same as a text. */
export function unionsText(page, unions) {
  const { study } = page;
  const head = [
    `${study.title} – ${study.subtitle}`,
    `${study.status}, édition du ${study.edition}`,
    ...(study.demonstration.length ? ["DÉMONSTRATION : ne pas diffuser"] : []),
    `Unions d’EPCI entiers retenues : ${unions.length} sur ${page.unions.members.length}, par nombre d’EPCI (ce n’est pas un classement).`,
  ];
  const lines = inOrder(page, unions).map((u) => `- ${unionName(page, u)} (${priceOf(page, u, 0)[TEXT]})`);
  return `${[...head, "", ...lines].join("\r\n")}\r\n`;
}

/** A cell that no spreadsheet runs as a formula. */
function safeCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
