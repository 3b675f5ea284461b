// « Mon entreprise »: what a commune and an activity are told.

import { byId, el, fill } from "./dom.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { activitiesMeant, communesMeant, communeText, listen, offer } from "./search.js";

const page = JSON.parse(byId("donnees").textContent);
const chosen = { commune: -1, activity: -1 };
const found = { commune: [], activity: [] };
const HEADS = [
  "Une famille de ressources qui vaut un appel",
  "Deux familles de ressources qui valent un appel",
  "Trois familles de ressources qui valent un appel",
];
const activityText = (i) => `${page.activities.label[i]} (${page.activities.code[i]})`;
const nameOf = (i) => communeText(page.communes, page.postcodes, i);

/** Ask one of the two questions; `text` names what was found, `none` says it was not. */
function asking(which, { meant, text, none, head, most }) {
  const place = byId(`trouve-${which}`);
  const pick = (rank) => {
    chosen[which] = rank;
    byId(which).value = text(rank);
    fill(place);
    show();
  };
  const ask = (typed) => {
    chosen[which] = -1;
    const ranks = typed.trim().length < 2 ? [] : meant(typed);
    found[which] = ranks;
    if (ranks.length === 1) {
      [chosen[which]] = ranks;
      fill(place, el("p", {}, el("strong", {}, text(ranks[0]))));
    } else if (ranks.length) offer(place, ranks, { text, pick, most, head: `${frenchNumber(ranks.length, 0)}${NBSP}${head}` });
    else fill(place, typed.trim().length < 3 ? null : el("p", {}, none));
    show();
  };
  listen(which, ask, () => {
    if (found[which].length === 1) pick(found[which][0]);
    else place.querySelector("button")?.focus();
  });
  return { ask, pick };
}

const commune = asking("commune", {
  meant: (typed) => communesMeant(page.communes, page.postcodes, typed),
  text: nameOf,
  none: "Cette commune n’est pas dans le territoire de l’étude, ou son nom s’écrit autrement.",
  head: "communes : choisissez la vôtre.",
  most: 40,
});
asking("activity", {
  meant: (typed) => activitiesMeant(page.activities, page.divisions, typed),
  text: activityText,
  none: "Aucune activité ne porte ce mot : essayez un autre, ou le code NAF (APE) de vos factures.",
  head: "activités : choisissez la vôtre.",
  most: 12,
});

function show() {
  const advice = chosen.activity < 0 ? null : page.advice[page.activities.advice[chosen.activity]];
  const parts = [["tri", duties(advice)], ["appels", calls(advice)], ["exutoires", ways()], ["partage", shared(advice)]];
  for (const [id, nodes] of parts) {
    fill(byId(id), ...nodes);
    byId(`bloc-${id}`).hidden = !nodes.length;
  }
  byId("suite").hidden = !page.form || chosen.commune < 0 || chosen.activity < 0;
  const told = parts.filter(([, nodes]) => nodes.length).length;
  byId("annonce").textContent = told ? `${plural(told, "rubrique")} pour vous.` : "";
}

function duties(advice) {
  if (!advice) return [];
  return [
    el("ul", { className: "devoirs" }, ...advice.duties.map((rank) => {
      const one = page.duties[rank];
      return el("li", {}, el("strong", {}, `${one.heading}.`), ` ${one.text} `, el("small", {}, one.told));
    })),
    el("p", {}, page.tax),
    el("p", { className: "reserve" }, page.validate),
  ];
}

function calls(advice) {
  if (!advice) return [];
  if (!advice.families.length) {
    byId("t-appels").textContent = "Ressources à proposer ou à chercher";
    return [el("p", {}, "Les règles de l’étude ne proposent aucune ressource à cette activité. Un service à partager reste possible.")];
  }
  byId("t-appels").textContent = HEADS[advice.families.length - 1];
  return [
    ...advice.families.map(([name, ranks]) => el("section", { className: "famille" },
      el("h3", {}, name),
      el("ul", {}, ...ranks.map((rank) => {
        const [offered, text, sure] = page.lines[rank];
        return el("li", {}, el("strong", {}, offered ? "À proposer" : "À chercher"), `${NBSP}: ${text} `,
          el("small", { className: "marque" }, page.marks[sure]));
      })))),
    el("p", { className: "reserve" }, "Règles générales par activité, souvent à côté : un appel les vérifie avant toute promesse."),
  ];
}

function ways() {
  if (chosen.commune < 0) return [];
  const { kinds, places, by, absent, about } = page.ways;
  const rows = kinds.map((kind, k) => {
    const way = by[chosen.commune][k];
    const where = way === null
      ? [el("td", { colspan: 2 }, "Hors d’atteinte par la route dans l’étude.")]
      : [
        el("td", {}, el("strong", {}, `${about}${frenchNumber(way[1], 0)}${NBSP}min`)),
        el("td", {}, `${places[way[0]].at}${NBSP}: ${places[way[0]].names.join(", ")}`),
      ];
    return el("tr", {}, el("th", { scope: "row" }, kind.label, el("small", {}, kind.takes)), ...where);
  });
  return [
    el("p", {}, `Depuis ${page.communes.name[chosen.commune]}.`),
    rows.length
      ? el("table", {}, el("thead", {}, el("tr", {}, ...["Où", "Temps", "Le plus proche"].map((one) => el("th", { scope: "col" }, one)))), el("tbody", {}, ...rows))
      : el("p", {}, "L’étude ne connaît aucun exutoire public."),
    absent.length ? el("p", {}, `L’étude n’en liste aucun${NBSP}: ${absent.join(", ").toLowerCase()}. Votre intercommunalité sait où ils sont.`) : null,
    el("p", { className: "reserve" }, page.ways_note),
  ].filter(Boolean);
}

function shared(advice) {
  if (!advice || !advice.services.length) return [];
  const at = chosen.commune < 0 ? -1 : page.communes.epci[chosen.commune];
  const item = (rank) => {
    const one = page.services[rank];
    const count = page.shared && at >= 0 ? page.shared[at][rank] : 0;
    return el("li", {}, el("strong", {}, one.label), `${NBSP}: ${one.use.toLowerCase()}`,
      count ? ` – ${plural(count, "établissement")}` : null);
  };
  const [first, rest] = [advice.services.slice(0, page.most_services), advice.services.slice(page.most_services)];
  return [
    el("ul", {}, ...first.map(item)),
    rest.length ? el("details", {}, el("summary", {}, `${plural(rest.length, "autre")} à partager`), el("ul", {}, ...rest.map(item))) : null,
    el("p", { className: "reserve" }, page.shared_note),
  ].filter(Boolean);
}

for (const link of document.querySelectorAll("[data-porte]")) {
  link.hidden = !page.form;
  link.setAttribute("href", `${page.form}#${link.dataset.porte}`);
}
const asked = window.location.hash.slice(1);
if (page.communes.code.includes(asked)) commune.pick(page.communes.code.indexOf(asked));
show();
document.documentElement.dataset.pret = "oui";
