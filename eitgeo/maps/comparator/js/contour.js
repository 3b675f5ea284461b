// Any contour that somebody drops: communes it holds, what it cuts, what it leaves out.

import { codeOf, listedByCode, listedIn, tableOf, textOf } from "./codes.js";
import { boxOf, coverageOf, edgesOf, newBudget, TooTangled } from "./coverage.js";
import { epciIn, heldOf, ranksIn } from "./data.js";
import { dateText, LIST, STUDY } from "./exchange.js";
import { decodeArcs, ringsOf } from "./geometry.js";
import { frenchNumber, NARROW, NBSP, plural } from "./numbers.js";
import { areaOf, featuresOf, meetsFrame, parsed, Refusal, shapesOf } from "./shapes.js";

export const MOST_BYTES = 20_000_000;
const HALF = 0.5;
/** Nearer to none or all of a commune, a contour follows its border, as the map draws it. */
const SLIVER = 0.05;
const SHOWN_NAMES = 5;
const CODE_KEYS = ["code_insee", "insee_com", "INSEE_COM", "insee", "INSEE", "codgeo", "CODGEO", "code_commune", "code", "siren", "code_siren"];
const NAME_KEYS = ["nom", "NOM", "name", "nom_commune", "NOM_COM", "libgeo"];

/** @typedef {{commune: number, share: number, isIn: boolean}} Cut */
/**
 * @typedef {object} Contour
 * @property {Uint8Array} held
 * @property {"codes" | "names" | "shape"} how
 * @property {Cut[]} cut communes that the contour cuts
 * @property {Cut[]} slivers communes that it grazes, or holds but for a sliver
 * @property {string[]} outside what is not of the study
 * @property {number} outsideKm2 part of a drawn contour beyond the study
 * @property {string[]} said one sentence a line: how it was read, what was left
 */

/**
 * @param {import("./data.js").Data} data
 * @param {Uint8Array} bytes
 * @returns {Contour | {refused: string}}
 */
export function readContour(data, bytes) {
  try {
    return contourOf(data, bytes);
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    if (error instanceof TooTangled) return { refused: "Ce contour est trop détaillé pour cette page : simplifiez-le (QGIS : « Simplifier »), ou donnez une liste de codes INSEE." };
    throw error;
  }
}

function contourOf(data, bytes) {
  if (bytes.length > MOST_BYTES) {
    throw new Refusal(`Ce fichier pèse ${frenchNumber(bytes.length / 1e6, 0)}${NBSP}Mo et la page en lit 20 au plus : simplifiez le contour (QGIS : « Simplifier »), ou donnez une liste de codes INSEE.`);
  }
  const text = textOf(bytes).replace(/^\ufeff/, "");
  if (text.includes("\0") || text.startsWith("PK\u0003")) throw new Refusal("Ce fichier n’est ni un tableau CSV ni un GeoJSON : un classeur s’enregistre en CSV, une couche de carte s’exporte en GeoJSON.");
  if (/^\s*[{[]/.test(text)) return geojsonContour(data, parsed(text));
  return tableContour(data, tableOf(text));
}

function tableContour(data, rows) {
  const heads = (rows[0] ?? []).map((head) => head.trim().toLowerCase());
  const first = (name) => rows[1]?.[heads.indexOf(name)] ?? "";
  refuseOthers(data, first(STUDY), first(LIST));
  const list = listedIn(data, rows);
  if (list) return listContour(data, list);
  const isBare = rows.length < 2;
  throw new Refusal(isBare
    ? "Ce fichier ne contient aucun code de commune."
    : "Ce fichier n’a ni code INSEE de commune, ni SIREN d’EPCI, ni nom de commune de l’étude : une colonne de codes suffit.");
}

/** A file that a page saved says of what study it is: it is not opened on another. */
function refuseOthers(data, name, list) {
  const { study } = data.raw;
  if (name && name !== study.name) {
    throw new Refusal(`Ce fichier vient d’une autre étude (« ${name} ») ; cette page est celle de l’étude « ${study.name} ». Ouvrez-le avec la page de son étude, ou refaites le périmètre ici.`);
  }
  if (list && list !== study.communes) {
    throw new Refusal(`Ce fichier a été enregistré sur une autre liste de communes : le territoire de l’étude ou le millésime du code officiel géographique a changé depuis. Refaites le périmètre ici (communes au ${dateText(study.on_date)}).`);
  }
}

function geojsonContour(data, content) {
  const features = featuresOf(content);
  refuseOthers(data, String(content[STUDY] ?? ""), String(content[LIST] ?? ""));
  const entries = features.map(({ properties }) => ({ text: told(properties, CODE_KEYS, codeOf), name: told(properties, NAME_KEYS, Boolean) }));
  if (entries.length && entries.every(({ text }) => text)) return listContour(data, listedByCode(data, entries, ""));
  return shapeContour(data, shapesOf(content, data.raw.frame, newBudget()));
}

function told(properties, keys, test) {
  const texts = keys.map((key) => String(properties?.[key] ?? "").trim());
  return texts.find((text) => text && test(text)) ?? "";
}

function listContour(data, list) {
  if (!list.read) throw new Refusal("Ce fichier ne contient aucun code de commune.");
  const { on_date: date } = data.raw.study;
  const of = list.how === "names" ? ["nom", "noms"] : ["code", "codes"];
  if (!list.ranks.size) {
    throw new Refusal(`Rien de ce fichier n’est dans les ${frenchNumber(data.n, 0)} communes de cette étude (${namesText(list.outside.length ? list.outside : list.ambiguous)})${NBSP}: il vient d’un autre territoire ou d’un autre millésime du code officiel géographique (communes de la page : ${dateText(date)}).`);
  }
  const column = list.column ? `, colonne «${NBSP}${list.column}${NBSP}»` : "";
  const said = [`Lu par une liste de ${plural(list.read, ...of)}${column}.`];
  if (list.zeros) said.push(`${plural(list.zeros, "code a retrouvé son", "codes ont retrouvé leur")} zéro de tête, que le tableur avait ôté.`);
  if (list.ambiguous.length) said.push(`${plural(list.ambiguous.length, "nom laissé de côté, que plusieurs communes ou EPCI portent", "noms laissés de côté, que plusieurs communes ou EPCI portent")}${NBSP}: ${namesText(list.ambiguous)}. Donnez leurs codes INSEE.`);
  if (list.outside.length) said.push(outsideText(list.outside, date));
  if (list.beyond.length) said.push(`Hors du territoire de l’étude, non comptées${NBSP}: ${namesText(list.beyond)}.`);
  return { held: heldOf(data, list.ranks), how: list.how, cut: [], slivers: [], outside: [...list.outside, ...list.beyond], outsideKm2: 0, said };
}

function outsideText(outside, date) {
  return `${plural(outside.length, "commune ou EPCI", "communes ou EPCI")} hors du territoire${NBSP}: ${namesText(outside)} (communes de la page${NBSP}: ${dateText(date)}).`;
}

/** @param {string[]} names @returns {string} */
export function namesText(names, most = SHOWN_NAMES) {
  const rest = names.length - most;
  return `${names.slice(0, most).join(", ")}${rest > 0 ? ` et ${plural(rest, "autre")}` : ""}`;
}

function shapeContour(data, { polygons, points, lines }) {
  const shares = sharesOf(data, polygons);
  const met = shares.map((one, commune) => ({ commune, share: one.area > 0 ? one.covered / one.area : 0 }))
    .filter((one) => one.share > 0).map((one) => ({ ...one, isIn: one.share >= HALF }));
  const inside = met.filter((one) => one.isIn).map((one) => one.commune);
  if (!inside.length) {
    throw new Refusal(met.length
      ? `Ce contour ne couvre la moitié d’aucune commune de l’étude${NBSP}: une commune y entre si la moitié au moins de sa surface y est.`
      : "Ce contour ne touche aucune commune de l’étude. S’il devrait en toucher, ses coordonnées ne sont pas celles que le fichier déclare (degrés, longitude puis latitude, en EPSG:4326).");
  }
  const isSliver = ({ share }) => share < SLIVER || share > 1 - SLIVER;
  const isPartial = ({ share }) => share < 1 - 1e-9;
  const cut = met.filter((one) => isPartial(one) && !isSliver(one)).sort((a, b) => Math.abs(a.share - HALF) - Math.abs(b.share - HALF));
  const slivers = met.filter((one) => isPartial(one) && isSliver(one));
  const covered = shares.reduce((sum, one) => sum + one.covered, 0);
  const total = areaOf(polygons);
  const outsideKm2 = Math.max(0, total - covered) / 1e6;
  const said = ["Lu par le dessin : une commune entre si la moitié au moins de sa surface est dans le contour."];
  if (cut.length) said.push(`${plural(cut.length, "commune coupée", "communes coupées")} par le contour (liste ci-dessous, la plus partagée en tête).`);
  if (slivers.length) said.push(`${plural(slivers.length, "commune effleurée, ou contenue à un liseré près", "communes effleurées, ou contenues à un liseré près")} (moins de 5${NBSP}% de sa surface)${NBSP}: c’est l’épaisseur du dessin, rien n’y change.`.replace("de sa surface", slivers.length > 1 ? "de leur surface" : "de sa surface"));
  if (outsideKm2 > 0.01 * (total / 1e6)) said.push(`Environ ${frenchNumber(Math.round((100 * outsideKm2 * 1e6) / total), 0)}${NBSP}% du contour (${frenchNumber(outsideKm2, 0)}${NBSP}km²) est hors du territoire de l’étude, et n’est pas compté.`);
  if (points || lines) said.push(`Laissés de côté${NBSP}: ${[points ? plural(points, "point") : "", lines ? plural(lines, "ligne") : ""].filter(Boolean).join(" et ")}.`);
  return { held: heldOf(data, inside), how: /** @type {const} */ ("shape"), cut, slivers, outside: [], outsideKm2, said };
}

/** Area of each commune on the map, and what polygons cover of it [m²]. */
function sharesOf(data, polygons) {
  const none = { area: 0, covered: 0 };
  if (!meetsFrame(polygons, data.raw.frame)) return Array.from({ length: data.n }, () => none);
  const contour = polygons.flatMap((rings, k) => edgesOf(rings, k));
  const reach = boxOf(contour);
  const near = Array.from({ length: data.n }, () => /** @type {any[]} */ ([]));
  for (const arc of decodeArcs(data.raw.borders)) for (const i of [arc.a, arc.b]) if (i >= 0) near[i].push(arc);
  const budget = newBudget();
  return near.map((arcs, commune) => {
    const rings = ringsOf(arcs, (side) => side === commune);
    const box = boxOf(edgesOf(rings, 0));
    const isAway = box.left > reach.right || box.right < reach.left || box.top > reach.bottom || box.bottom < reach.top;
    return isAway ? none : coverageOf(rings, contour, budget);
  });
}

/** The commune, its part inside, and what became of it. @returns {string[]} */
export function cutCells(data, { commune, share, isIn }) {
  const pct = Math.min(95, Math.max(5, Math.round(100 * share)));
  const close = Math.abs(share - HALF) < SLIVER ? ` – à la moitié près${NARROW}: à vérifier` : "";
  return [data.raw.communes.name[commune], `${frenchNumber(pct, 0)}${NBSP}%`, `${isIn ? "dans B" : "laissée dehors"}${close}`];
}

/** EPCI that a perimeter cuts, how many of their communes are in. @returns {string[]} */
export function cutEpciTexts(data, held) {
  const { inside, cut } = epciIn(data, held);
  return cut.map((e) => `${data.raw.epci[e].name} (${frenchNumber(inside[e], 0)} sur ${plural(data.raw.epci[e].total, "commune")})`);
}

/** @param {Contour} contour */
export function communesIn(contour) {
  return ranksIn(contour.held).length;
}
