// Answer every case of red lines as the page does, and read every refusal that it tells.
import { readFileSync } from "node:fs";
import { everyRefusal, openUnions, partsOf, smallestConcession } from "../../../eitgeo/maps/comparator/js/red_lines.js";

const { page, cases } = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const answers = cases.map(({ lines, no }) => {
  const said = new Set(no);
  const found = smallestConcession(page, lines, said);
  return { ...openUnions(page, lines, said), ...found, fewest: Number.isFinite(found.fewest) ? found.fewest : null };
});
const refusals = page.perimeters.map(({ id, members, most, rows }) => ({
  id,
  rows: everyRefusal(members.length, most).map((said, k) => {
    const no = said.map((one) => members[one]);
    const kept = members.filter((one) => !no.includes(one));
    return {
      no,
      border: [rows.border[k], partsOf(kept, page.near.border).length],
      road: [rows.road[k], partsOf(kept, page.near.road).length],
      pop: rows.pop[k],
      price: page.prices[rows.price[k]],
      able: page.lists[rows.able[k]],
      states: page.lists[rows.states[k]],
      fell: page.lists[rows.fell[k]],
      firms: rows.firms[k],
    };
  }),
}));
console.log(JSON.stringify({ answers, refusals }));
