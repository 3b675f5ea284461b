// Polygons of a GeoJSON that anybody drew: read, or refused in a sentence.

import { boxOf, crossesItself, edgesOf } from "./coverage.js";
import { ringArea, toLambert } from "./geometry.js";

const MOST_DEPTH = 40;
const MOST_POINTS = 200_000;
const MOST_NESTED = 4;
/** Straight in degrees is not straight on the map: long sides are cut so [°]. */
const STEP_DEG = 0.02;
const MOST_STEPS = 100;
const DEGREES = /^(urn:ogc:def:crs:)?(OGC:(1\.3|2)?:?CRS84|EPSG:[\d.]*:?(4326|4171))$/i;
const METRES = /^(urn:ogc:def:crs:)?EPSG:[\d.]*:?2154$/i;
const REDO = "exportez-le de nouveau en EPSG:4326 (QGIS : clic droit sur la couche, « Exporter », SCR EPSG:4326)";

/** Why a file is not opened. */
export class Refusal extends Error {}

/** @typedef {{polygons: number[][][], points: number, lines: number}} Shapes rings in the frame of the map, points flat */

/** @param {string} text @returns {any} */
export function parsed(text) {
  if (depthOf(text) > MOST_DEPTH) throw new Refusal("Ce fichier emboîte ses listes trop profondément pour être un contour.");
  try {
    return JSON.parse(text);
  } catch {
    const isNumber = !/[:[,]\s*-?(NaN|Infinity)\b/.test(text);
    throw new Refusal(isNumber
      ? "Ce fichier est incomplet ou abîmé : enregistrez-le à nouveau."
      : "Ce fichier contient des coordonnées qui ne sont pas des nombres (NaN) : réparez la couche (QGIS : « Réparer les géométries »), puis enregistrez-la à nouveau.");
  }
}

/** How deep lists and objects go, strings apart. */
function depthOf(text) {
  let [depth, most, quoted] = [0, 0, false];
  for (let k = 0; k < text.length; k += 1) {
    const sign = text.charCodeAt(k);
    if (quoted) {
      if (sign === 92) k += 1;
      else if (sign === 34) quoted = false;
    } else if (sign === 34) quoted = true;
    else if (sign === 91 || sign === 123) most = Math.max(most, depth += 1);
    else if (sign === 93 || sign === 125) depth -= 1;
  }
  return most;
}

/** @param {any} content @returns {any[]} features, a bare geometry being one */
export function featuresOf(content) {
  if (content?.type === "FeatureCollection" || (Array.isArray(content?.features) && !content.type)) {
    return (Array.isArray(content.features) ? content.features : []).filter((one) => one && typeof one === "object");
  }
  if (content?.type === "Feature") return [content];
  if (typeof content?.type === "string") return [{ type: "Feature", properties: {}, geometry: content }];
  throw new Refusal("Ce fichier n’est pas un GeoJSON : il n’a ni objet ni géométrie.");
}

/**
 * @param {any} content
 * @param {{x0: number, y0: number}} frame
 * @param {{spend: (work: number) => void}} budget
 * @returns {Shapes}
 */
export function shapesOf(content, frame, budget) {
  const place = placerOf(content, frame);
  const found = { polygons: /** @type {number[][][]} */ ([]), points: 0, lines: 0, n: 0 };
  for (const one of featuresOf(content)) gather(one.geometry, place, found, 0);
  if (!found.polygons.length) {
    const only = found.points || found.lines ? "ne contient que des points ou des lignes" : "ne contient aucun polygone";
    throw new Refusal(`Ce GeoJSON ${only} : un contour est un polygone, ou une liste de codes INSEE.`);
  }
  found.polygons.forEach((rings, k) => {
    if (crossesItself(edgesOf(rings, k), budget)) {
      throw new Refusal("Le bord de ce contour se croise lui-même : réparez-le (QGIS : « Réparer les géométries »), puis déposez-le de nouveau.");
    }
  });
  return found;
}

/** How coordinates come into the frame of the map: by what the file declares, never by a guess. */
function placerOf(content, frame) {
  const told = content?.crs === undefined || content.crs === null ? "EPSG:4326" : String(content.crs?.properties?.name ?? "").trim();
  if (METRES.test(told)) return { isDegrees: false, at: (x, y) => [x - frame.x0, frame.y0 - y] };
  if (!DEGREES.test(told)) {
    throw new Refusal(`Ce GeoJSON est dans un système de coordonnées que la page ne lit pas (« ${told.slice(0, 40) || "sans nom"} ») : ${REDO}.`);
  }
  return {
    isDegrees: true,
    at: (lon, lat) => {
      if (Math.abs(lon) > 180 || Math.abs(lat) > 90) {
        throw new Refusal(`Ce GeoJSON ne dit pas son système de coordonnées, et ses nombres ne sont pas des degrés : ${REDO}.`);
      }
      const [x, y] = toLambert(lon, Math.max(-80, Math.min(89, lat)));
      return [x - frame.x0, frame.y0 - y];
    },
  };
}

function gather(geometry, place, found, depth) {
  if (!geometry || typeof geometry !== "object") return;
  const { type, coordinates } = geometry;
  if (type === "Polygon") found.polygons.push(polygonOf(coordinates, place, found));
  else if (type === "MultiPolygon") for (const one of listOf(coordinates)) found.polygons.push(polygonOf(one, place, found));
  else if (type === "GeometryCollection") {
    if (depth >= MOST_NESTED) throw new Refusal("Ce GeoJSON emboîte trop de collections : exportez de simples polygones.");
    for (const one of listOf(geometry.geometries)) gather(one, place, found, depth + 1);
  } else if (type === "Point") found.points += 1;
  else if (type === "MultiPoint") found.points += listOf(coordinates).length;
  else if (type === "LineString" || type === "MultiLineString") found.lines += 1;
  else throw new Refusal("Ce GeoJSON contient une géométrie d’un type inconnu.");
}

function listOf(value) {
  if (!Array.isArray(value)) throw new Refusal("Ce GeoJSON est mal formé : une géométrie n’a pas de coordonnées.");
  return value;
}

function polygonOf(coordinates, place, found) {
  const rings = listOf(coordinates).map((ring) => ringIn(listOf(ring), place, found));
  const sized = rings.filter((ring) => ring.length >= 6 && Math.abs(ringArea(ring)) > 0);
  if (!sized.length) throw new Refusal("Un polygone de ce GeoJSON n’a pas de surface : redessinez-le.");
  return sized;
}

function ringIn(ring, place, found) {
  const flat = [];
  const add = (x, y) => {
    found.n += 1;
    if (found.n > MOST_POINTS) throw new Refusal(`Ce contour a plus de 200 000 points : simplifiez-le (QGIS : « Simplifier »), ou donnez une liste de codes INSEE.`);
    flat.push(...place.at(x, y));
  };
  let before = null;
  for (const position of ring) {
    const [x, y] = listOf(position);
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new Refusal("Ce GeoJSON contient des coordonnées qui ne sont pas des nombres : réparez la couche, puis enregistrez-la à nouveau.");
    if (before && place.isDegrees) {
      const [dx, dy] = [x - before[0], y - before[1]];
      const steps = Math.min(MOST_STEPS, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) / STEP_DEG));
      for (let k = 1; k < steps; k += 1) add(before[0] + (dx * k) / steps, before[1] + (dy * k) / steps);
    }
    add(x, y);
    before = [x, y];
  }
  const last = flat.length - 2;
  if (last > 0 && flat[0] === flat[last] && flat[1] === flat[last + 1]) flat.length = last;
  return flat;
}

/** @returns {number} area of polygons, each by itself [m²]: as if none lay on another */
export function areaOf(polygons) {
  return polygons.reduce((sum, rings) => {
    const sizes = rings.map((ring) => Math.abs(ringArea(ring)) / 2);
    const [most, all] = [sizes.reduce((a, b) => Math.max(a, b), 0), sizes.reduce((a, b) => a + b, 0)];
    return sum + 2 * most - all;
  }, 0);
}

/** Whether polygons come near a frame. */
export function meetsFrame(polygons, { width, height }) {
  const box = boxOf(polygons.flatMap((rings, k) => edgesOf(rings, k)));
  return box.left < width && box.right > 0 && box.top < height && box.bottom > 0;
}
