// Numbers as French readers write them, rounded by how sure they are: the same rules
// as eitgeo.words, held together by a test.

export const NBSP = "\u00a0";
export const NARROW = "\u202f";
export const MISSING = "–";
export const FIGURES = { S: 2, H: 1 };
/** Counts below it are printed whole. */
const FEW = 10;
const COUNTS = new Set(["nombre", "emplois"]);
const SINGULAR = { points: "point", emplois: "emploi" };

/**
 * Keep the figures of a number that no processor moves: the twelve first ones, halves
 * away from zero; a whole number as it is.
 * @param {number} value
 * @returns {number}
 */
export function settled(value) {
  return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toExponential(11)) : value;
}

/**
 * Round to a multiple of a power of ten, halves away from zero, on settled figures.
 * @param {number} value
 * @param {number} power
 * @returns {number}
 */
export function roundAt(value, power) {
  if (!Number.isFinite(value) || value === 0) return value;
  const [mantissa, exponent] = Math.abs(settled(value)).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const keep = Number(exponent) - power + 1;
  if (keep >= digits.length) return settled(value);
  if (keep < 0) return 0;
  const up = digits[keep] >= "5" ? 1n : 0n;
  const rounded = Number(`${BigInt(digits.slice(0, keep) || "0") + up}e${power}`);
  return value < 0 ? -rounded : rounded;
}

/**
 * @param {number} value
 * @param {number} figures significant figures
 * @returns {number}
 */
export function roundSignificant(value, figures) {
  if (!Number.isFinite(value) || value === 0) return value;
  const exponent = Number(settled(value).toExponential().split("e")[1]);
  return roundAt(value, exponent - figures + 1);
}

/**
 * Round a percentage so that its smaller part has so many figures.
 * @param {number} value
 * @param {number} figures
 * @returns {number}
 */
export function roundShare(value, figures) {
  const exact = settled(value);
  if (!(exact > 50 && exact < 100)) return roundSignificant(value, figures);
  const rest = roundSignificant(roundAt(100 - exact, -10), figures);
  return roundAt(100 - Math.max(rest, 10 ** (1 - figures)), -10);
}

/**
 * @param {number} value
 * @param {{evidence: string, unit: string, decimals: number}} about
 * @returns {number} the figure as it may be printed
 */
export function publishedValue(value, { evidence, unit, decimals }) {
  if (!Number.isFinite(value)) return value;
  const figures = FIGURES[evidence];
  if (figures === undefined) return roundAt(value, -decimals);
  if (unit === "%") return roundShare(value, figures);
  return roundSignificant(value, figures);
}

/**
 * @param {number} value
 * @param {number | null} [decimals] null: as many as the number has
 * @returns {string}
 */
export function frenchNumber(value, decimals = null) {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const text =
    decimals === null ? String(Math.abs(settled(value))) : Math.abs(roundAt(value, -decimals)).toFixed(decimals);
  const [whole, part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NARROW);
  const sign = value < 0 && /[1-9]/.test(text) ? "−" : "";
  return sign + (part ? `${grouped},${part}` : grouped);
}

/** Units that are not written. */
const UNITLESS = new Set(["nombre", "rapport", ""]);

/**
 * @param {string} number
 * @param {string} unit
 * @returns {string}
 */
export function withUnit(number, unit) {
  return UNITLESS.has(unit) || number === MISSING ? number : `${number}${NBSP}${unit}`;
}

/** Write a unit in the singular below two, as French does. */
function agreed(value, unit) {
  return Math.abs(value) < 2 ? SINGULAR[unit] ?? unit : unit;
}

/**
 * @param {{value: number|null, low?: number|null, high?: number|null}} figure
 * @returns {boolean} whether its bounds alone are known, and differ
 */
export function isBetween({ value, low, high }) {
  return value === null && typeof low === "number" && typeof high === "number" && low < high;
}

/** What stands before a figure: « ≈ », unless it is exact as printed. */
function nearly(value, { evidence, unit }) {
  const isSmallCount = COUNTS.has(unit) && Math.abs(value) < FEW && Number.isInteger(settled(value));
  return evidence === "H" && !isSmallCount ? `≈${NBSP}` : "";
}

/** Write bounds of which nothing is between: they were counted, and keep their decimals. */
function betweenText(figure, about) {
  if (about.evidence !== "O" || !isBetween(figure)) return MISSING;
  const printed = [figure.low, figure.high].map((x) => publishedValue(x, { ...about, evidence: "O" }));
  const [least, most] = printed.map((x) => withUnit(frenchNumber(x), agreed(x, about.unit)));
  return least === most ? least : `de ${least} à ${most}`;
}

/**
 * Write a figure with its unit and, where it is not exact, its interval.
 * @param {{value: number|null, low: number|null, high: number|null, evidence: string}} figure
 * @param {{unit: string, decimals: number, evidence?: string}} about its class at best:
 *   bounds alone are written where it is counted (O)
 * @returns {string}
 */
export function figureText(figure, about) {
  const { value, low, high, evidence } = figure;
  if (value === null || !Number.isFinite(value)) return betweenText(figure, about);
  const rules = { ...about, evidence };
  const digits = evidence === "O" ? about.decimals : null;
  const [v, l, h] = [value, low, high].map((x) => (x === null ? NaN : publishedValue(x, rules)));
  const [middle, lower, upper] = [v, l, h].map((x) => frenchNumber(x, digits));
  const mark = nearly(value, rules);
  const text = mark + withUnit(middle, agreed(v, about.unit));
  if (lower === MISSING || upper === MISSING || lower === upper) return text;
  if (evidence in FIGURES && (middle === lower || middle === upper)) return `${mark}${lower} à ${withUnit(upper, agreed(h, about.unit))}`;
  return `${text} (${lower} à ${upper})`;
}

/**
 * Say what separates two figures as they are printed: 60 % − 70 % is −10 points.
 * @param {{value: number|null, evidence: string}} a
 * @param {{value: number|null, evidence: string}} b
 * @param {{unit: string, decimals: number}} about
 * @returns {string} « = », a signed number, or « – »
 */
export function differenceText(a, b, about) {
  if (a.value === null || b.value === null) return MISSING;
  const [from, to] = [a, b].map((one) => publishedValue(one.value, { ...about, evidence: one.evidence }));
  const gap = roundAt(to - from, -9);
  if (gap === 0) return "=";
  const text = `${gap > 0 ? "+" : "−"}${frenchNumber(Math.abs(gap))}`;
  return withUnit(text, agreed(gap, about.unit === "%" ? "points" : about.unit));
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} « 1 commune », « 3 communes »
 */
export function plural(count, one, many = `${one}s`) {
  return `${frenchNumber(count, 0)}${NBSP}${Math.abs(count) < 2 ? one : many}`;
}
