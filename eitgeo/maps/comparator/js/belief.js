// What is known, what is assumed, what is missing and who has it: by the class of figures.

import { figureText, MISSING } from "./numbers.js";

export const PARTS = ["known", "assumed", "missing"];

/** The part of a figure: a dash is missing, whatever its class. */
export function partOf(words, indicator, figure) {
  return figureText(figure, indicator) === MISSING ? "missing" : words.part_of[figure.evidence];
}

/** The least sure part of the figures at hand; missing where there is none. */
export function rowPart(words, indicator, figures) {
  const parts = figures.map((one) => partOf(words, indicator, one)).filter((one) => one !== "missing");
  return ["assumed", "known"].find((part) => parts.includes(part)) ?? "missing";
}

/**
 * Part rows by how sure they are, each part in the order given.
 * @param {{parts: Record<string, string>, part_of: Record<string, string>}} words
 * @param {{indicator: any, a: any, b: any}[]} rows
 * @returns {Record<string, any[]>}
 */
export function byPart(words, rows) {
  const found = Object.fromEntries(PARTS.map((part) => [part, /** @type {any[]} */ ([])]));
  for (const row of rows) found[rowPart(words, row.indicator, [row.a, row.b])].push(row);
  return found;
}

/** What would make some indicators firmer, and where it is. */
export function gapsOf(data, indicators) {
  const ids = new Set(indicators.map((one) => one.id));
  return data.raw.gaps.filter((gap) => gap.indicators.some((id) => ids.has(id)));
}
