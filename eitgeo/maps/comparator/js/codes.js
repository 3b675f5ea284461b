// Communes that a file lists: by INSEE code, by SIREN of EPCI, or by name.

import { plural } from "./numbers.js";
import { folded } from "./search.js";

const SEPARATORS = [";", ",", "\t", "|"];
const MOST_LINES = 100_000;
/** Rows enough to tell what a column is. */
const SAMPLE = 2_000;
const HEADS = ["code_insee", "insee", "insee_com", "codgeo", "code_commune", "code_commune_insee", "code_insee_commune", "codeinsee", "com", "depcom"];
const POSTAL = /post|^cp$|_cp$|^cp_/;
const NAME_HEADS = ["nom", "nom_commune", "commune", "libelle", "libgeo", "nom_com", "name"];

/** @typedef {{ranks: Set<number>, outside: string[], beyond: string[], ambiguous: string[], zeros: number, read: number, how: "codes" | "names", column: string}} Listed */
/** @typedef {{text: string, name: string}} Entry a cell, and the name beside it */

/** Read bytes as French spreadsheets write them. @param {Uint8Array} bytes @returns {string} */
export function textOf(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** @param {string} text @param {string} sign @param {number} most @returns {string[][]} rows that hold something */
function rowsBy(text, sign, most) {
  const rows = [];
  let [cells, cell, quoted] = [/** @type {string[]} */ ([]), "", false];
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim())) rows.push(cells);
    [cells, cell] = [[], ""];
  };
  for (let k = 0; k < text.length && rows.length < most; k += 1) {
    const letter = text[k];
    if (quoted && letter === '"' && text[k + 1] === '"') {
      cell += '"';
      k += 1;
    } else if (letter === '"' && (quoted || !cell.trim())) quoted = !quoted;
    else if (quoted) cell += letter;
    else if (letter === sign) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n" || letter === "\r") endRow();
    else cell += letter;
  }
  if (rows.length < most) endRow();
  return rows;
}

/** Rows of a table, by the sign that parts most of them alike. @param {string} text */
export function tableOf(text) {
  const worth = (sign) => {
    const widths = rowsBy(text.slice(0, 40_000), sign, 50).map((row) => row.length);
    return widths.filter((one) => one > 1 && one === widths[0]).length;
  };
  const best = SEPARATORS.reduce((one, other) => (worth(other) > worth(one) ? other : one));
  return rowsBy(text, best, MOST_LINES);
}

/** A code without what spreadsheets add to it: spaces, « ="…" », « .0 ». */
function bareCode(text) {
  return text.replace(/^=?"?'?|"$/g, "").replace(/[\s\u00a0\u202f]/g, "").replace(/\.0$/, "").toUpperCase();
}

/** @returns {{code: string, isSiren: boolean, lostZero: boolean} | null} null where it is no code */
export function codeOf(text) {
  const bare = bareCode(text);
  if (/^\d{9}$/.test(bare)) return { code: bare, isSiren: true, lostZero: false };
  if (/^(\d{5}|2[AB]\d{3})$/.test(bare)) return { code: bare, isSiren: false, lostZero: false };
  return /^\d{4}$/.test(bare) ? { code: `0${bare}`, isSiren: false, lostZero: true } : null;
}

function isOurs(data, text) {
  const met = codeOf(text);
  if (!met) return false;
  return met.isSiren ? data.raw.epci.some((one) => one.siren === met.code) : data.rank.has(met.code);
}

const headOf = (text) => folded(text).replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");

/**
 * Find what a table lists, whatever its columns are called.
 * @param {import("./data.js").Data} data
 * @param {string[][]} rows
 * @returns {Listed | null} null where it has no code and no name
 */
export function listedIn(data, rows) {
  const width = Math.min(200, rows.reduce((most, row) => Math.max(most, row.length), 0));
  const heads = (rows[0] ?? []).map(headOf);
  const columns = Array.from({ length: width }, (_, at) => at);
  const sample = rows.slice(0, SAMPLE);
  const count = (test, at) => sample.reduce((sum, row) => sum + (test(row[at] ?? "") ? 1 : 0), 0);
  const names = columns.find((at) => NAME_HEADS.includes(heads[at]));
  const by = (at) => rows.map((row) => ({ text: row[at] ?? "", name: names === undefined || names === at ? "" : row[names] ?? "" }));
  const told = columns.find((at) => HEADS.includes(heads[at]) && count(codeOf, at));
  const coded = told ?? bestOf(columns.filter((at) => !POSTAL.test(heads[at] ?? "")), [
    (at) => count((text) => isOurs(data, text) && !codeOf(text)?.isSiren, at),
    (at) => count((text) => isOurs(data, text), at),
    (at) => count(codeOf, at) * 2 > sample.length ? count(codeOf, at) : 0,
  ]);
  if (coded !== undefined) return listedByCode(data, withoutHead(by(coded), codeOf), columnText(rows, coded, codeOf));
  const meant = nameFinder(data);
  const named = bestOf(columns, [(at) => count((text) => meant(text).length > 0, at)]);
  if (named === undefined) return null;
  const isName = (text) => meant(text).length > 0;
  return listedByName(data, withoutHead(by(named), isName), meant, columnText(rows, named, isName));
}

/** The column that the first measure ranks above nothing. */
function bestOf(columns, measures) {
  for (const measure of measures) {
    const worth = columns.map(measure);
    const most = Math.max(0, ...worth);
    if (most > 0) return columns[worth.indexOf(most)];
  }
  return undefined;
}

/** A first cell that is no code, nor a name, is a heading. @param {Entry[]} entries */
function withoutHead(entries, test) {
  return (test(entries[0]?.text ?? "") ? entries : entries.slice(1)).filter(({ text }) => text.trim());
}

function columnText(rows, at, test) {
  const first = (rows[0]?.[at] ?? "").trim();
  return first && !test(first) ? first.slice(0, 40) : "";
}

/** @param {import("./data.js").Data} data @param {Entry[]} entries @returns {Listed} */
export function listedByCode(data, entries, column) {
  const found = emptyList("codes", column);
  const outside = new Set();
  for (const { text, name } of entries) {
    const met = codeOf(text);
    const label = (name || "").trim() ? `${name.trim().slice(0, 60)} (${text.trim().slice(0, 12)})` : text.trim().slice(0, 60);
    const e = met?.isSiren ? data.raw.epci.findIndex((one) => one.siren === met.code) : -1;
    const rank = met && !met.isSiren ? data.rank.get(met.code) : undefined;
    if (e >= 0) addEpci(data, found, e);
    else if (rank !== undefined) {
      found.ranks.add(rank);
      if (met?.lostZero) found.zeros += 1;
    } else outside.add(label);
    found.read += 1;
  }
  return { ...found, outside: [...outside] };
}

function listedByName(data, entries, meant, column) {
  const found = emptyList("names", column);
  for (const { text } of entries) {
    const met = meant(text);
    found.read += 1;
    if (met.length > 1) found.ambiguous.push(text.trim().slice(0, 60));
    else if (!met.length) found.outside.push(text.trim().slice(0, 60));
    else if ("epci" in met[0]) addEpci(data, found, met[0].epci);
    else found.ranks.add(met[0].commune);
  }
  return found;
}

/** @returns {Listed} */
function emptyList(how, column) {
  return { ranks: new Set(), outside: [], beyond: [], ambiguous: [], zeros: 0, read: 0, how, column };
}

/** A whole EPCI; what it has beyond the study is told. */
function addEpci(data, found, e) {
  const { name, total } = data.raw.epci[e];
  data.epciCodes[e].forEach((i) => found.ranks.add(i));
  const beyond = total - data.epciCodes[e].length;
  const told = `${plural(beyond, "commune")} de ${name}`;
  if (beyond > 0 && !found.beyond.includes(told)) found.beyond.push(told);
}

/** What a name means: the communes that bear it, and the EPCI. */
function nameFinder(data) {
  const known = new Map();
  const keep = (name, one) => {
    const key = folded(name);
    known.set(key, [...(known.get(key) ?? []), one]);
  };
  data.raw.communes.name.forEach((name, commune) => keep(name, { commune }));
  data.raw.epci.forEach(({ name }, epci) => keep(name, { epci }));
  return (text) => (text.length < 200 ? known.get(folded(text)) ?? [] : []);
}
