// What two perimeters change, in words made of counts alone.

import { epciIn, ranksIn } from "./data.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { figureOf, peopleIn } from "./model.js";

/** @returns {{communes: number, people: number, area: number, epci: number[], deps: number[], cut: number[]}} */
export function identityOf(data, held) {
  const ranks = ranksIn(held);
  const { whole, cut } = epciIn(data, held);
  return {
    communes: ranks.length,
    people: peopleIn(data, held),
    area: ranks.reduce((sum, i) => sum + data.area[i], 0),
    epci: [...whole, ...cut].sort((a, b) => a - b),
    cut,
    deps: [...new Set(ranks.map((i) => data.dep[i]))].sort((a, b) => a - b),
  };
}

/** @returns {string} « 235 communes · 77 429 hab. », then area and density if asked */
export function identityText(data, held, whole = false) {
  const one = identityOf(data, held);
  const density = one.area > 0 ? one.people / one.area : NaN;
  const short = [plural(one.communes, "commune"), `${frenchNumber(one.people, 0)}${NBSP}hab.`];
  const more = [`${frenchNumber(one.area, 0)}${NBSP}km²`, `${frenchNumber(density, 0)}${NBSP}hab./km²`];
  return [...short, ...(whole ? more : [])].join(" · ");
}

/** @returns {string} what B changes against A */
export function changeSentence(data, a, b) {
  const minus = (one, other) => one.held.map((x, i) => (x && !other.held[i] ? 1 : 0));
  const [added, removed] = [minus(b, a), minus(a, b)].map((held) => identityOf(data, held));
  if (!added.communes && !removed.communes) return "A et B contiennent les mêmes communes.";
  if (![a, b].every((one) => one.held.some(Boolean))) return `${a.held.some(Boolean) ? "B" : "A"} est vide\u202f: choisissez au moins un EPCI.`;
  const parts = [];
  const [from, to] = [a, b].map((one) => identityOf(data, one.held));
  if (added.communes) parts.push(`il ajoute ${amountOf(data, from, to, added)}`);
  if (removed.communes) parts.push(`${parts.length ? "" : "il "}retire ${amountOf(data, to, from, removed)}`);
  return `${asksText(data, a, b)}\u202f; ${parts.join(" et ")}.`;
}

/** « B demande 8 délibérations, 4 de plus que A »: what a council hears first. */
function asksText(data, a, b) {
  const indicator = data.raw.indicators.find((one) => one.id === data.raw.plane[0]);
  const [from, to] = [a, b].map((one) => (indicator ? figureOf(data, indicator, one.held).value : null));
  const isCounted = typeof from === "number" && typeof to === "number";
  const [least, most] = isCounted ? [from, to] : [a, b].map((one) => identityOf(data, one.held).epci.length);
  const said = isCounted ? `B demande ${plural(most, "délibération")}` : `B réunit ${plural(most, "EPCI", "EPCI")}`;
  const gap = most - least;
  if (!gap) return `${said}, autant que A`;
  return `${said}, ${frenchNumber(Math.abs(gap), 0)} de ${gap > 0 ? "plus" : "moins"} que A`;
}

function amountOf(data, from, to, part) {
  const newEpci = to.epci.filter((e) => !from.epci.includes(e)).length;
  const newDeps = to.deps.filter((d) => !from.deps.includes(d)).length;
  const said = [];
  if (newEpci) said.push(plural(newEpci, "EPCI", "EPCI"));
  else said.push(plural(part.communes, "commune"));
  if (newDeps) said.push(plural(newDeps, "département"));
  said.push(plural(part.people, "habitant"));
  return `${said.slice(0, -1).join(", ")} et ${said[said.length - 1]}`;
}

/** The bodies with legal personality that hold most of a perimeter's population. */
export function coveringBodies(data, held, most = 3) {
  const total = peopleIn(data, held);
  return data.raw.bodies
    .filter((one) => one.legal && one.kind !== "epci")
    .map((one) => {
      const [pct, least] = [one.codes, one.certain ?? one.codes].map((codes) => {
        const both = codes.reduce((sum, i) => sum + (held[i] ? data.pop[i] : 0), 0);
        return total > 0 ? (100 * both) / total : 0;
      });
      return { body: one, pct, least };
    })
    .filter((one) => one.pct >= 0.5)
    .sort((x, y) => y.pct - x.pct || (x.body.id < y.body.id ? -1 : 1))
    .slice(0, most);
}

/** Text to paste in a deliberation: what the perimeter is, and nothing that prefers it. */
export function deliberationText(data, perimeter) {
  const { study, epci, communes, deps } = data.raw;
  const one = identityOf(data, perimeter.held);
  const lines = [];
  if (study.demonstration.length) lines.push(`DÉMONSTRATION – ${study.demonstration.join(", ")}. Ne pas utiliser.`, "");
  lines.push(
    "PROJET – exposé des motifs, à faire valider par le service juridique.",
    "",
    `Considérant que le périmètre d’intervention envisagé pour la démarche d’écologie industrielle et territoriale (« ${perimeter.name} ») réunit ${plural(one.communes, "commune")} et ${plural(one.people, "habitant")}, dans ${plural(one.deps.length, "département")} (${one.deps.map((d) => deps[d]).join(", ")})\u202f;`,
    "",
    `Considérant que ${one.epci.length > 1 ? `${one.epci.length} intercommunalités sont concernées` : "une intercommunalité est concernée"}\u202f:`,
  );
  for (const e of one.epci) {
    const inside = data.epciCodes[e].filter((i) => perimeter.held[i]);
    const part = one.cut.includes(e) ? `, en partie (${inside.length} communes sur ${epci[e].total}\u202f: ${inside.map((i) => communes.name[i]).join(", ")})` : "";
    lines.push(`– ${epci[e].name}${part}\u202f;`);
  }
  if (!perimeter.sure) lines.push("", "La composition de ce périmètre est à confirmer par le maître d’ouvrage.");
  lines.push(
    "",
    "Considérant que ce périmètre d’intervention ne désigne ni la structure porteuse ni l’équipe d’animation, qui font l’objet de décisions distinctes.",
    "",
    `Source\u202f: ${study.subtitle || study.title}, édition du ${study.edition} (${study.status.toLowerCase()})\u202f; appartenances au ${study.on_date.split("-").reverse().join("/")}.`,
  );
  return lines.join("\n");
}
