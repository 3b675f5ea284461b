// Signs of treatment sites: a shape and a colour a kind.

import { svg } from "./map.js";

export const SIGNS = {
  isdnd: "M-6 -6H6V6H-6Z", centre_tri: "M0 -7A7 7 0 1 1 0 7A7 7 0 1 1 0 -7Z", compostage: "M-7 -6H7L0 7Z",
  decheterie: "M0 -7L7 0L0 7L-7 0Z",
};
export const ANY_SIGN = "M0 -7L7 6H-7Z";

/** @returns {SVGElement} the sign of a site at a place of the map, with its name */
export function placeSign(outlet, x, y) {
  const group = svg("g", { transform: `translate(${x} ${y})`, class: "m-site" });
  const title = svg("title");
  title.textContent = `${outlet.name} – ${outlet.kind}`;
  group.append(title, svg("path", { d: SIGNS[outlet.sign] ?? ANY_SIGN, fill: outlet.colour }));
  return group;
}
