// Recompute every published figure of a payload; print what differs, and how many agree.
import { readFileSync } from "node:fs";
import { heldOf, prepare } from "../../../eitgeo/maps/comparator/js/data.js";
import { computedFigure, publishedFigure } from "../../../eitgeo/maps/comparator/js/model.js";

const TOLERANCE = 1e-9;
const raw = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const data = prepare(raw);
const sets = [
  ...raw.perimeters.map((one, at) => ({ held: heldOf(data, one.codes), same: { table: "perimeters", at }, sure: one.sure })),
  ...raw.unions.epci.map((list, at) => ({ held: heldOf(data, list.flatMap((e) => data.epciCodes[e])), same: { table: "unions", at }, sure: true })),
];
const agreed = {};
const differ = [];
for (const { held, same, sure } of sets) {
  for (const indicator of raw.indicators) {
    const told = publishedFigure(data, indicator, same);
    const made = computedFigure(data, indicator, held);
    // What is composed on the page rests on published lists, whatever it resembles.
    if (!told || made.from === "offline" || (indicator.recipe.how === "confirmed" && !sure)) continue;
    const equal = ["value", "low", "high"].every((level) => isEqual(told[level], made[level]));
    // Only the package knows that a perimeter is its own body.
    const itself = told.note === `${made.note} : la structure elle-même`;
    const words = indicator.recipe.how === "confirmed" || itself || told.note === made.note;
    if (equal && words) agreed[indicator.id] = (agreed[indicator.id] ?? 0) + 1;
    else differ.push({ at: `${same.table} ${same.at}`, id: indicator.id, told, made });
  }
}
console.log(JSON.stringify({ agreed, differ: differ.slice(0, 5), n: differ.length }));

function isEqual(a, b) {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
}
