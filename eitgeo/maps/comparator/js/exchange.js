// What comes in and goes out: CSV, GeoJSON, the address of the page.

import { epciIn, heldOf, ranksIn } from "./data.js";
import { decodeArcs, polygonsOf, ringArea, ringsOf, toDegrees } from "./geometry.js";

/** Columns that say what a file was made from. */
const STUDY = "etude";
const LIST = "liste_communes";

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

/**
 * Read a perimeter that this page, the study or a spreadsheet wrote.
 * @param {import("./data.js").Data} data
 * @param {string} text
 * @returns {{held: Uint8Array, said: string} | {refused: string}}
 */
export function readPerimeter(data, text) {
  const bare = text.replace(/^\ufeff/, "");
  const read = bare.trimStart().startsWith("{") ? readGeojson(bare) : readCsv(bare);
  if ("refused" in read) return read;
  const { study } = data.raw;
  if (read.study && read.study !== study.name) {
    return { refused: `Ce fichier vient d’une autre étude (« ${read.study} ») ; cette page est celle de l’étude « ${study.name} ». Ouvrez-le avec la page de son étude, ou refaites le périmètre ici.` };
  }
  if (read.list && read.list !== study.communes) {
    return { refused: `Ce fichier a été enregistré sur une autre liste de communes : le territoire de l’étude ou le millésime du code officiel géographique a changé depuis. Refaites le périmètre ici (communes au ${dateText(study.on_date)}).` };
  }
  return heldFrom(data, read.codes);
}

function heldFrom(data, codes) {
  const padded = codes.map((code) => (/^\d{4}$/.test(code) ? `0${code}` : code));
  const unknown = [...new Set(padded.filter((code) => !data.rank.has(code)))];
  if (!padded.length) return { refused: "Ce fichier ne contient aucun code de commune." };
  if (unknown.length) {
    const shown = unknown.slice(0, 3).join(", ") + (unknown.length > 3 ? "…" : "");
    const many = unknown.length > 1 ? "codes ne sont pas" : "code n’est pas";
    return { refused: `${unknown.length} ${many} dans les ${data.n} communes de cette étude (${shown}) : ce fichier vient d’un autre territoire ou d’un autre millésime du code officiel géographique (communes de la page : ${dateText(data.raw.study.on_date)}).` };
  }
  const held = heldOf(data, padded.map((code) => data.rank.get(code)));
  const zeros = padded.filter((code, i) => code !== codes[i]).length;
  return { held, said: zeros ? `${zeros} codes ont retrouvé leur zéro de tête, que le tableur avait ôté.` : "" };
}

function readCsv(text) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  const sign = [";", ",", "\t"].find((one) => lines[0]?.includes(one)) ?? ";";
  const table = lines.map((line) => cellsOf(line, sign));
  const heads = (table.shift() ?? []).map((head) => head.trim().toLowerCase());
  const at = heads.indexOf("code_insee");
  if (at < 0) return { refused: "Ce fichier n’a pas de colonne « code_insee » : enregistrez un périmètre depuis cette page pour voir la forme attendue par l’outil." };
  const first = (name) => table[0]?.[heads.indexOf(name)] ?? "";
  return { codes: table.map((line) => (line[at] ?? "").trim()).filter(Boolean), study: first(STUDY), list: first(LIST) };
}

function cellsOf(line, sign) {
  const cells = [""];
  let quoted = false;
  for (let k = 0; k < line.length; k += 1) {
    const letter = line[k];
    if (letter === '"' && quoted && line[k + 1] === '"') {
      cells[cells.length - 1] += '"';
      k += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === sign && !quoted) cells.push("");
    else cells[cells.length - 1] += letter;
  }
  return cells;
}

function readGeojson(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    return { refused: "Ce fichier est incomplet ou abîmé : enregistrez-le à nouveau." };
  }
  const features = Array.isArray(content?.features) ? content.features : [];
  const codes = features.map((one) => String(one?.properties?.code_insee ?? "").trim()).filter(Boolean);
  if (!codes.length) return { refused: "Ce GeoJSON ne donne pas le « code_insee » de ses communes. Un contour dessiné ailleurs se lit avec eitgeo (study.yaml : perimeters)." };
  return { codes, study: String(content[STUDY] ?? ""), list: String(content[LIST] ?? "") };
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
