// What registers count, commune by commune: observed, each fact with its vintage.

import { FIGURES, roundSignificant } from "./numbers.js";
import { bestSeat, seatNote } from "./seat.js";

/**
 * A sum, a share of another one, the share of the first commune, or a location quotient.
 * Nothing is told where a commune of the perimeter is not covered.
 */
export function countedFigure(data, recipe, held) {
  const fact = data.raw.counted[recipe.of];
  const { sum, top, missed } = countedIn(fact, held);
  if (missed) return { value: NaN, note: uncovered(missed) };
  const note = fact.when;
  if (recipe.want === "top") return { value: share(top, sum), note };
  if (!recipe.over) return { value: sum, note };
  const other = data.raw.counted[recipe.over];
  const value = share(sum, countedIn(other, held).sum);
  return { value: recipe.want === "quotient" ? value / share(fact.every, other.every) : value, note };
}

/** Establishments near the seat that is nearest to them. */
export function nearFigure(data, recipe, held) {
  const fact = data.raw.counted[recipe.of];
  const weights = Float64Array.from(fact.n, (one) => one ?? 0);
  const seat = bestSeat(data, held, recipe.minutes, weights, "aucun établissement de 10 salariés ou plus compté dans le périmètre");
  if ("why" in seat) return { value: NaN, note: seat.why };
  const { sum, missed } = countedIn(fact, held);
  const told = missed ? uncovered(missed) : fact.when;
  return { value: missed ? NaN : atMostWhole(seat.near, sum), note: `${seatNote(data, seat)} ; ${told}` };
}

/** Round a count down where the two figures of its class would pass its whole. */
function atMostWhole(part, whole) {
  if (roundSignificant(part, FIGURES.S) <= whole) return part;
  return part - (part % 10 ** (String(part).length - FIGURES.S));
}

function countedIn(fact, held) {
  let [sum, top, missed] = [0, 0, 0];
  fact.n.forEach((n, i) => {
    if (!held[i]) return;
    if (n === null) missed += 1;
    sum += n ?? 0;
    top = Math.max(top, n ?? 0);
  });
  return { sum, top, missed };
}

function share(part, whole) {
  return whole > 0 ? (100 * part) / whole : NaN;
}

function uncovered(missed) {
  return `${missed} commune${missed > 1 ? "s" : ""} sans chiffre dans la source`;
}
