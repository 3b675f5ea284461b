// The seat of animation: the town inside that is nearest to the target sites.

import { sumIn } from "./counts.js";

/**
 * @param {import("./data.js").Data} data
 * @param {Uint8Array} held
 * @param {number} limit minutes
 * @param {Float64Array} [weights] what it is near to; by default the target sites
 * @param {string} [nothing] said where there is none
 * @returns {{town: any, median: number, share: number, near: number, gain: number} | {why: string}}
 */
export function bestSeat(
  data, held, limit,
  weights = data.counts.cible?.get(""),
  nothing = "aucun établissement à mobiliser dans le périmètre",
) {
  const towns = data.towns.filter((town) => held[town.at]);
  if (!towns.length) return { why: data.raw.study.noSeats || "aucune ville assez peuplée dans le périmètre" };
  const total = sumIn(weights, held);
  if (!total) return { why: nothing };
  const seats = towns.map((town) => ({
    town,
    median: medianTo(town, weights, held, total),
    near: nearTo([town], weights, held, limit),
  }));
  if (seats.every((seat) => seat.median === Infinity)) {
    return { why: "pas de chemin vers une ville pour la plupart des établissements" };
  }
  const best = seats.reduce((one, other) =>
    other.median < one.median || (other.median === one.median && other.near > one.near) ? other : one,
  );
  let most = best.near;
  towns.forEach((a, i) =>
    towns.slice(i + 1).forEach((b) => {
      most = Math.max(most, nearTo([a, b], weights, held, limit));
    }),
  );
  return {
    town: best.town,
    median: best.median,
    near: best.near,
    share: (100 * best.near) / total,
    gain: (100 * most) / total - (100 * best.near) / total,
  };
}

export function seatFigure(data, recipe, held) {
  const seat = bestSeat(data, held, recipe.minutes);
  if ("why" in seat) return { value: NaN, note: seat.why };
  return { value: seat[recipe.want], note: unnamedSeat(data) || seatNote(data, seat) };
}

/** Said in the place of the town that drawn sites make, where counts make another. */
export function unnamedSeat(data) {
  return data.raw.counted?.etablissements_10 ? data.raw.study.unnamedSeat : "";
}

export function seatNote(data, seat) {
  return `siège calculé : ${data.raw.communes.name[seat.town.at]}`;
}

function medianTo(town, weights, held, total) {
  let reached = 0;
  for (const i of town.order) {
    if (!held[i]) continue;
    reached += weights[i];
    if (reached >= total / 2) return town.minutes[i];
  }
  return Infinity;
}

function nearTo(towns, weights, held, limit) {
  let near = 0;
  for (let i = 0; i < held.length; i += 1) {
    if (held[i] && weights[i] && towns.some((town) => town.minutes[i] <= limit)) near += weights[i];
  }
  return near;
}
