// What EPCI that come in, or leave, change: the sign is that of what is asked.

import { partOf } from "./belief.js";
import { figureOf, peopleIn } from "./model.js";
import { differenceText, frenchNumber, MISSING, NBSP, plural } from "./numbers.js";
import { withEpci } from "./state.js";

/** @returns {string} « la CC du Val »; other names stay as they are */
export function withArticle(name) {
  return /^(CC|CA|CU|Communauté|Métropole)(?=\s)/.test(name) ? `la ${name}` : name;
}

/** @param {string[]} names @returns {string} « un, deux et trois » */
export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} et ${names[names.length - 1]}`;
}

/** @returns {string} « si la CC du Val entre dans B » */
export function ifText(data, epci, adds, letter) {
  const names = listed(epci.map((e) => withArticle(data.raw.epci[e].name)));
  const many = epci.length > 1 ? "ent" : "";
  return `si ${names} ${adds ? `entre${epci.length > 1 ? "nt" : ""} dans` : `sort${many} de`} ${letter}`;
}

/** @returns {[string, string]} « Si la CC du Val entre dans B : », « +1 délibération, … » */
export function questionTexts(data, { which, epci, adds, before }, after) {
  return [headText(data, epci, adds, which.toUpperCase()), `${tallyText(data, before.held, after.held, epci)}.`];
}

/** What would happen to a perimeter if EPCI came in, or left. @returns {[string, string]} */
export function previewTexts(data, held, epci, adds, letter) {
  const after = withEpci(data, held, epci, adds);
  return [headText(data, epci, adds, letter), `${tallyText(data, held, after, epci)}.`];
}

function headText(data, epci, adds, letter) {
  const said = ifText(data, epci, adds, letter);
  return `${said[0].toUpperCase()}${said.slice(1)}${NBSP}: `;
}

/** « +1 délibération, +30 806 hab., dép. 31, +83 établissements de 10 salariés ou plus » */
export function tallyText(data, before, after, epci) {
  const people = peopleIn(data, after) - peopleIn(data, before);
  const said = [
    asked(data, before, after),
    people ? `${signed(people)}${NBSP}hab.` : "",
    depsText(data, before, after, epci),
    counted(data, before, after),
  ];
  return said.filter(Boolean).join(", ");
}

function signed(value) {
  return `${value > 0 ? "+" : "−"}${frenchNumber(Math.abs(value), 0)}`;
}

function asked(data, before, after) {
  const indicator = data.raw.indicators.find((one) => one.id === data.raw.plane[0]);
  if (!indicator) return "";
  const [from, to] = [before, after].map((held) => figureOf(data, indicator, held).value);
  if (from === null || to === null) return "";
  const gap = to - from;
  if (!gap) return "autant de délibérations";
  return `${gap > 0 ? "+" : "−"}${plural(Math.abs(gap), "délibération")}`;
}

function depsText(data, before, after, epci) {
  const mine = [...new Set(epci.flatMap((e) => data.epciCodes[e].map((i) => data.dep[i])))].sort((a, b) => a - b);
  const holds = (held, d) => held.some((one, i) => one && data.dep[i] === d);
  const said = mine.map((d) => {
    const [was, is] = [holds(before, d), holds(after, d)];
    return `${data.raw.deps[d]}${!was && is ? " en plus" : was && !is ? " en moins" : ""}`;
  });
  return said.length ? `dép.${NBSP}${listed(said)}` : "";
}

/** Establishments, where both figures are known; an assumption is not told here. */
function counted(data, before, after) {
  for (const id of data.raw.tally) {
    const indicator = data.raw.indicators.find((one) => one.id === id);
    const [a, b] = [before, after].map((held) => figureOf(data, indicator, held));
    if (![a, b].every((one) => partOf(data.raw.words, indicator, one) === "known")) continue;
    const gap = differenceText(a, b, { ...indicator, unit: "nombre" });
    if (gap === MISSING || gap === "=") continue;
    return `${gap}${NBSP}${nounOf(indicator.label)}`;
  }
  return "";
}

/** The noun of a label, without its precisions. */
function nounOf(label) {
  const head = label.split(/,| \(/)[0];
  return `${head[0].toLowerCase()}${head.slice(1)}`;
}
