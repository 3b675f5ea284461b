// The page of the territory: who is in, where waste is treated, is my commune in?

import { byId, el, fill } from "./dom.js";
import { heldOf, prepare, ranksIn } from "./data.js";
import { pathOf, ringsOf } from "./geometry.js";
import { PairMap, svg } from "./map.js";
import { peopleIn } from "./model.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { ANY_SIGN, placeSign, SIGNS } from "./signs.js";

const page = JSON.parse(byId("donnees").textContent);
const ground = prepare(page);
const inside = heldOf(ground, page.members.flatMap((state, i) => (state ? [i] : [])));
const doubted = heldOf(ground, page.members.flatMap((state, i) => (state === "a_confirmer" ? [i] : [])));
const NONE = { held: new Uint8Array(ground.n), sure: true };

const map = new PairMap(byId("carte"), ground, { pick: () => false, tell: hover, moved: () => {} });
map.paint({ held: inside, sure: true }, NONE);
map.layers.hatch.setAttribute("d", pathOf(ringsOf(map.arcs, (side) => side >= 0 && doubted[side])));
for (const [e, one] of page.epci.entries()) {
  const rings = ringsOf(map.arcs, (side) => side >= 0 && ground.epci[side] === e && inside[side]);
  map.root.insertBefore(svg("path", { d: pathOf(rings), fill: one.colour, "fill-rule": "evenodd" }), map.layers.hatch);
}
map.points = page.outlets.map((one) => ({ at: one.at, sign: (x, y) => placeSign(one, x, y) }));

function hover(commune) {
  byId("survol").textContent = commune === null
    ? "Passez sur une commune : nom, EPCI."
    : `${page.communes.name[commune]} · ${nameOf(ground.epci[commune])} · ${answerOf(commune).word}`;
}

function nameOf(e) {
  return e < 0 ? "sans EPCI" : page.epci[e].name;
}

function answerOf(commune) {
  const state = page.members[commune];
  if (!state) return { word: "non", more: "Elle n’est dans aucune des listes de membres de l’étude." };
  if (state === "publie") return { word: "oui", more: "Elle est dans la liste publiée des membres." };
  return { word: "à confirmer", more: "Elle est dans une liste de membres qui reste à confirmer par le maître d’ouvrage." };
}

function ask() {
  const typed = byId("commune").value.trim();
  const said = byId("reponse");
  if (!typed) return fill(said);
  const found = commonsNamed(typed);
  if (found.length !== 1) {
    return fill(said, el("p", {}, found.length
      ? `${found.length} communes portent ce nom ou ce début de nom${NBSP}: choisissez dans la liste.`
      : "Commune inconnue de l’étude : elle est hors du territoire étudié, ou son nom s’écrit autrement."));
  }
  const [i] = found;
  const { word, more } = answerOf(i);
  return fill(said,
    el("p", { className: "reponse" }, `${page.communes.name[i]} (${page.communes.code[i]})${NBSP}: `, el("strong", {}, word)),
    el("p", {}, `${nameOf(ground.epci[i])}. ${more}`),
    page.form && word !== "non" ? el("p", {}, el("a", { href: page.form }, "Une entreprise ? S’inscrire, déclarer une ressource (formulaire)")) : null,
  );
}

/** Say how many communes a published list holds, and how many only lists to confirm. */
function totalText() {
  const sure = heldOf(ground, page.members.flatMap((state, i) => (state === "publie" ? [i] : [])));
  const [members, doubts] = [sure, doubted].map((held) => ranksIn(held).length);
  const people = (held) => ` (${plural(peopleIn(ground, held), "habitant")})`;
  const told = [
    members ? `${plural(members, "commune membre", "communes membres")}${people(sure)}` : "",
    doubts ? `${plural(doubts, "commune")} à confirmer${people(doubted)}` : "",
  ].filter(Boolean).join(", ");
  return `${told || "aucune commune"}${page.lists.length > 1 ? ", toutes listes réunies" : ""}.`;
}

/** Communes that a text means: exact code or name, else the beginning of a name. */
function commonsNamed(typed) {
  const code = typed.match(/(\w{5})\)?$/)?.[1]?.toUpperCase();
  if (code && ground.rank.has(code)) return [ground.rank.get(code)];
  const wanted = folded(typed);
  const names = page.communes.name.map(folded);
  const exact = names.flatMap((name, i) => (name === wanted ? [i] : []));
  return exact.length ? exact : names.flatMap((name, i) => (name.startsWith(wanted) ? [i] : []));
}

function folded(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/œ/gi, "oe").toLowerCase()
    .replace(/['’-]/g, " ").replace(/\bst(e?)\b/g, "saint$1").trim();
}

fill(byId("communes"),
  ...page.communes.name.map((name, i) => el("option", { value: `${name} (${page.communes.code[i]})` })),
);
byId("commune").oninput = ask;
byId("chercher").onsubmit = (event) => {
  event.preventDefault();
  ask();
};
fill(byId("membres"),
  ...page.epci.map((one, e) => {
    const codes = ground.epciCodes[e];
    const count = codes.filter((i) => inside[i]).length;
    const doubt = codes.filter((i) => doubted[i]).length;
    const state = !count ? "non" : doubt ? "à confirmer" : "oui";
    const part = count && count < one.total ? ` (${plural(count, "commune")} sur ${one.total})` : "";
    return el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, state + part),
      el("td", {}, frenchNumber(one.total, 0)), el("td", {}, frenchNumber(peopleIn(ground, heldOf(ground, codes)), 0)));
  }),
);
byId("total").textContent = totalText();
fill(byId("listes"),
  ...page.lists.map((one) => el("li", {}, `${one.label}${NBSP}: ${plural(one.n, "commune")}`)),
);
byId("listes").hidden = page.lists.length < 2;
fill(byId("sites"),
  ...page.outlets.map((one) => {
    const sign = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" });
    sign.append(svg("path", { d: SIGNS[one.sign] ?? ANY_SIGN, fill: one.colour }));
    return el("li", {}, sign, ` ${one.name} – ${one.kind.toLowerCase()}${one.sure ? "" : " (à vérifier)"}`);
  }),
);
byId("integrer").value = `<iframe src="territoire.html" title="${page.study.title.replaceAll('"', "'")}" width="100%" height="700" loading="lazy"></iframe>`;
byId("zoom-plus").onclick = () => map.zoom(1.5);
byId("zoom-moins").onclick = () => map.zoom(1 / 1.5);
byId("zoom-tout").onclick = () => map.moveTo({ ...map.home });
window.addEventListener("resize", () => map.refresh());
map.refresh();
hover(null);
document.documentElement.dataset.pret = "oui";
