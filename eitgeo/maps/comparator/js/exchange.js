// What comes in and goes out: CSV, GeoJSON, the address of the page.

import { epciIn, heldOf, ranksIn } from "./data.js";
import { decodeArcs, polygonsOf, ringArea, ringsOf, toDegrees } from "./geometry.js";

/** Columns that say what a file was made from. */
export const STUDY = "etude";
export const LIST = "liste_communes";

/** @returns {string} one commune a line; « ; » as French spreadsheets expect */
export function csvText(data, held) {
  const { communes, epci, study } = data.raw;
  const lines = ranksIn(held).map((i) => [
    communes.code[i], communes.name[i], data.epci[i] < 0 ? "" : epci[data.epci[i]].siren,
    data.epci[i] < 0 ? "" : epci[data.epci[i]].name, study.name, study.communes,
  ]);
  const heads = ["code_insee", "nom", "epci_siren", "epci", STUDY, LIST];
  return `\ufeff${[heads, ...lines].map((line) => line.map(cell).join(";")).join("\r\n")}\r\n`;
}

/**
 * The section of study.yaml that reads a file saved here. Quoted as JSON, which YAML
 * reads: no name can add a line or a key.
 * @returns {string} three lines
 */
export function yamlText(name, path) {
  return `perimeters:\n  - name: ${yamlString(name)}\n    path: ${yamlString(path)}\n`;
}

function yamlString(text) {
  const hidden = /[\u007f-\u009f\u2028\u2029\ufeff]/g;
  return JSON.stringify(text).replace(hidden, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A cell that no spreadsheet runs as a formula. */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @returns {string} one feature a commune, EPSG:4326 */
export function geojsonText(data, held, name) {
  const { communes, study } = data.raw;
  const arcs = decodeArcs(data.raw.borders);
  const near = new Map();
  for (const arc of arcs) for (const i of [arc.a, arc.b]) if (held[i]) near.set(i, [...(near.get(i) ?? []), arc]);
  const features = ranksIn(held).map((i) => ({
    type: "Feature",
    properties: { code_insee: communes.code[i], nom: communes.name[i] },
    geometry: geometryOf(ringsOf(near.get(i) ?? [], (side) => side === i), data.raw.frame),
  }));
  const about = { [STUDY]: study.name, [LIST]: study.communes, date: study.edition, statut: study.status };
  return `${JSON.stringify({ type: "FeatureCollection", name, ...about, features })}\n`;
}

function geometryOf(rings, frame) {
  const polygons = polygonsOf(rings).map((polygon) => polygon.map((ring, k) => ringOf(ring, k > 0, frame)));
  return polygons.length === 1
    ? { type: "Polygon", coordinates: polygons[0] }
    : { type: "MultiPolygon", coordinates: polygons };
}

/** Degrees, six decimals; outer rings turn counter-clockwise (RFC 7946). */
function ringOf(ring, isHole, frame) {
  const points = [];
  for (let k = 0; k < ring.length; k += 2) {
    const [lon, lat] = toDegrees(frame.x0 + ring[k], frame.y0 - ring[k + 1]);
    points.push([Number(lon.toFixed(6)), Number(lat.toFixed(6))]);
  }
  // Positive area turns clockwise on a screen.
  return ringArea(ring) > 0 === isHole ? points : points.reverse();
}

/** @param {string} iso @returns {string} JJ/MM/AAAA */
export function dateText(iso) {
  return iso.split("-").reverse().join("/");
}

/** Write a perimeter for the address of the page: EPCI whole, then single communes. */
export function addressOf(data, perimeter) {
  if (perimeter.id) return perimeter.id;
  const { whole } = epciIn(data, perimeter.held);
  const rest = ranksIn(perimeter.held).filter((i) => !whole.includes(data.epci[i]));
  const parts = [...whole.map((e) => `e${data.raw.epci[e].siren}`), ...rest.map((i) => `c${data.raw.communes.code[i]}`)];
  return `*${parts.join(".")}`;
}

/** @returns {{id: string} | {held: Uint8Array} | null} null where the address says nothing known */
export function fromAddress(data, text) {
  if (!text.startsWith("*")) return data.raw.perimeters.some((one) => one.id === text) ? { id: text } : null;
  const codes = [];
  for (const part of text.slice(1).split(".")) {
    const epci = data.raw.epci.findIndex((one) => `e${one.siren}` === part);
    const commune = data.rank.get(part.slice(1));
    if (epci >= 0) codes.push(...data.epciCodes[epci]);
    else if (part.startsWith("c") && commune !== undefined) codes.push(commune);
    else return null;
  }
  return { held: heldOf(data, codes) };
}
