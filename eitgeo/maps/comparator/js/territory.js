// The page of the territory: who is in, where waste is treated, is my commune in?

import { byId, el, fill } from "./dom.js";
import { byName, heldOf, prepare, ranksIn } from "./data.js";
import { pathOf, ringsOf } from "./geometry.js";
import { PairMap, svg } from "./map.js";
import { peopleIn } from "./model.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { communesMeant, communeText, listen, offer } from "./search.js";
import { ANY_SIGN, placeSign, SIGNS } from "./signs.js";

const page = JSON.parse(byId("donnees").textContent);
const ground = prepare(page);
const inside = heldOf(ground, page.members.flatMap((state, i) => (state ? [i] : [])));
const doubted = heldOf(ground, page.members.flatMap((state, i) => (state === "a_confirmer" ? [i] : [])));
const NONE = { held: new Uint8Array(ground.n), sure: true };
const isFramed = window.self !== window.top;
const outward = isFramed ? { target: "_blank", rel: "noopener" } : {};
document.body.classList.toggle("encadre", isFramed);
for (const [e, one] of page.epci.entries()) {
  if (page.communes.epci.some((of, i) => of === e && doubted[i])) one.short += `${NBSP}?`;
}
const map = new PairMap(byId("carte"), ground, { pick: () => false, tell: hover, moved: () => {} });
map.paint({ held: inside, sure: true }, NONE);
map.layers.hatch.setAttribute("d", pathOf(ringsOf(map.arcs, (side) => side >= 0 && doubted[side])));
// A member to confirm is paler, hatched, and its EPCI is followed by « ? ».
const isSure = (side) => inside[side] && !doubted[side];
const isDoubted = (side) => doubted[side];
const under = (attributes, test) => {
  const d = pathOf(ringsOf(map.arcs, (side) => side >= 0 && test(side)));
  map.root.insertBefore(svg("path", { d, "fill-rule": "evenodd", ...attributes }), map.layers.hatch);
};
under({ class: "m-blanc" }, isDoubted);
for (const [e, one] of page.epci.entries()) {
  under({ fill: one.colour }, (side) => ground.epci[side] === e && isSure(side));
  under({ fill: one.colour, class: "m-doute" }, (side) => ground.epci[side] === e && isDoubted(side));
}
map.points = page.outlets.map((one) => ({ at: one.at, sign: (x, y) => placeSign(one, x, y) }));

function hover(commune) {
  byId("survol").textContent = commune === null
    ? "Passez sur une commune, ou touchez-la : nom, EPCI."
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

let found = [];

function ask(typed) {
  const said = byId("reponse");
  found = typed.trim().length < 2 ? [] : communesMeant(page.communes, page.postcodes, typed);
  if (found.length === 1) return fill(said, answer(found[0]));
  if (found.length) {
    return offer(said, found, {
      text: (i) => communeText(page.communes, page.postcodes, i),
      pick: take,
      head: `${found.length} communes répondent à « ${typed.trim()} »${NBSP}: choisissez la vôtre.`,
    });
  }
  return fill(said, typed.trim().length < 3 ? null
    : el("p", {}, "Commune inconnue de l’étude : elle est hors du territoire étudié, ou son nom s’écrit autrement."));
}

function take(i) {
  byId("commune").value = `${page.communes.name[i]} (${page.communes.code[i]})`;
  fill(byId("reponse"), answer(i));
}

function answer(i) {
  const { word, more } = answerOf(i);
  const kind = { oui: "oui", non: "non" }[word] ?? "doute";
  const links = word === "non" ? [] : [
    page.form && [`${page.form}#rejoindre`, "Une entreprise ? Rejoindre la démarche, en deux minutes"],
  ].filter(Boolean);
  return el("div", { className: `reponse-${kind}` },
    el("p", { className: "reponse" }, `${communeText(page.communes, page.postcodes, i)}${NBSP}: `, el("strong", {}, word)),
    el("p", {}, `${nameOf(ground.epci[i])}. ${more}`),
    ...links.map(([href, text]) => el("p", {}, el("a", { href, ...outward }, text))));
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

listen("commune", ask, () => {
  if (found.length === 1) take(found[0]);
  else byId("reponse").querySelector("button")?.focus();
});
fill(byId("membres"),
  ...byName(page.epci).map(([e, one]) => {
    const codes = ground.epciCodes[e];
    const count = codes.filter((i) => inside[i]).length;
    const doubt = codes.filter((i) => doubted[i]).length;
    const state = !count ? "non" : doubt ? "à confirmer" : "oui";
    const part = count && count < one.total ? ` (${plural(count, "commune")} sur ${one.total})` : "";
    return el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, doubt ? el("span", { className: "cle c-hachure", "aria-hidden": "true" }) : null, `${doubt ? " " : ""}${state}${part}`),
      el("td", { "data-quoi": "Communes" }, frenchNumber(one.total, 0)), el("td", { "data-quoi": "Habitants" }, frenchNumber(peopleIn(ground, heldOf(ground, codes)), 0)));
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
const title = page.study.title.replaceAll('"', "'");
byId("integrer").value = `<iframe src="${page.address || "territoire.html"}" title="${title}" width="100%" height="700" style="border:0" loading="lazy"></iframe>`;
byId("integrer-aide").textContent = page.address
  ? "La carte s’adapte à la largeur du cadre, dès 320 pixels."
  : "Remplacez territoire.html par l’adresse où cette page est déposée ; elle s’adapte à la largeur du cadre, dès 320 pixels.";
byId("zoom-plus").onclick = () => map.zoom(1.5);
byId("zoom-moins").onclick = () => map.zoom(1 / 1.5);
byId("zoom-tout").onclick = () => map.moveTo({ ...map.home });
window.addEventListener("resize", () => map.refresh());
map.refresh();
hover(null);
document.documentElement.dataset.pret = "oui";
