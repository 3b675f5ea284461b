// Counts of public registers.

/** @param {Float64Array | undefined} by @param {Uint8Array} held @returns {number} */
export function sumIn(by, held) {
  let sum = 0;
  if (by) for (let i = 0; i < by.length; i += 1) if (held[i]) sum += by[i];
  return sum;
}

/** Target sites: those that are large enough, those that may be, the unknown apart. */
export function countFigure(counts, recipe, held) {
  const of = (fact) => sumIn(counts[fact]?.get(""), held);
  const [sure, maybe, unknown] = [of("cible"), of("cible_possible"), of("cible_inconnue")];
  const note = unknown
    ? `à part : ${unknown} établissement${unknown > 1 ? "s" : ""} d'effectif inconnu`
    : "";
  if (sure + maybe === 0 && unknown > 0) return { value: NaN, note };
  return { value: sure / recipe.per, low: sure / recipe.per, high: (sure + maybe) / recipe.per, note };
}

/** Labels with so many sites. */
export function distinctFigure(counts, recipe, held) {
  let value = 0;
  for (const by of counts[recipe.of]?.values() ?? []) if (sumIn(by, held) >= recipe.least) value += 1;
  if (recipe.of !== "division") return { value };
  const target = countFigure(counts, { per: 1 }, held);
  return { value: Number.isNaN(target.value) ? NaN : value, note: target.note };
}
