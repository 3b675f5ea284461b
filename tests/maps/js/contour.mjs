// Open files on a payload as the page does; print communes, shares, sentences, figures.
import { readFileSync } from "node:fs";
import { readContour } from "../../../eitgeo/maps/comparator/js/contour.js";
import { heldOf, keyOf, prepare, publishedAs, ranksIn } from "../../../eitgeo/maps/comparator/js/data.js";
import { computedFigure, publishedFigure } from "../../../eitgeo/maps/comparator/js/model.js";

const data = prepare(JSON.parse(readFileSync(process.argv[2], "utf-8")));
const files = JSON.parse(readFileSync(process.argv[3], "utf-8"));
console.log(JSON.stringify(files.map(opened)));

function opened({ base64, size, perimeter }) {
  const read = readContour(data, size ? { length: size } : new Uint8Array(Buffer.from(base64, "base64")));
  if ("refused" in read) return read;
  const { code } = data.raw.communes;
  const shares = Object.fromEntries([...read.cut, ...read.slivers].map((one) => [code[one.commune], one.share]));
  const said = { codes: ranksIn(read.held).map((i) => code[i]), how: read.how, shares, said: read.said, outside: read.outside, km2: read.outsideKm2 };
  return perimeter === undefined ? said : { ...said, ...compared(read.held, perimeter) };
}

/** What the package published of a perimeter, against what the page sums over a contour. */
function compared(held, at) {
  const known = heldOf(data, data.raw.perimeters[at].codes);
  const near = (a, b) => (a === null || b === null ? a === b : Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)));
  let agreed = 0;
  const differ = [];
  for (const indicator of data.raw.indicators) {
    const told = publishedFigure(data, indicator, { table: "perimeters", at });
    const made = computedFigure(data, indicator, held);
    if (!told || made.from === "offline" || indicator.recipe.how === "confirmed") continue;
    if (["value", "low", "high"].every((level) => near(told[level], made[level]))) agreed += 1;
    else differ.push({ id: indicator.id, told, made });
  }
  return { same: keyOf(held) === keyOf(known), named: publishedAs(data, held)?.table ?? "", agreed, differ };
}
