"""The text of a study on real files: readers wired, what is missing said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.commands.real_register import Wired, of_use
from eitgeo.commands.study_text import Wanted, dumped
from eitgeo.words import month_words

if TYPE_CHECKING:
    from eitgeo.commands.real_choice import Place

_MAX_DECLARED = 6
_COUNTS = {
    "urssaf_ape": ("urssaf_ape", "URSSAF (ODbL, table à part)"),
    "insee": (
        "insee_comparator",
        "INSEE, comparateur de territoires (Licence Ouverte 2.0)",
    ),
}
"""Reader and credit of what is counted by commune."""
_EMPLOYERS_PER_INHABITANT = 0.03
_HEAD = """\
# Étude écrite par « eitgeo new --real » : des fichiers officiels, à télécharger.
#   1. eitgeo fetch {file}   (reprend où il en était ; --dry-run : tailles)
#   2. eitgeo run {file}
# Ce qui porte « à confirmer » est une hypothèse de départ, pas un fait.
# Les adresses sont dans data/sources.csv : une édition plus récente s'y écrit. Une clé
# inconnue est refusée, avec le nom valide le plus proche ; toutes les clés :
# docs/nouvelle_etude.md. Les chemins partent du dossier de ce fichier.

"""
_IDENTITY = """\
# À confirmer : titre, sous-titre, contact, financeurs ; edition date les documents.
"""
_SOURCES = """\
# Chaque lecteur et ses clés : docs/lecteurs.md. Un fichier national est lu en entier,
# seul ce qui touche le territoire et sa couronne est gardé ; le reste est compté.
"""
_TERRITORY = """\
# Départements du territoire : {own} ; avec la couronne : {all}.
# Centre : {seat}, commune la plus peuplée ({epci}).
# À ajouter, une fois les structures lues : syndicat, PETR, Territoire d'industrie.
"""
_MISSING = """\
# Ce que cette étude n'a pas, et ce qui le remplace :
{lines}
"""
_BOUND = """\
# Unions d'EPCI entiers : toutes seraient peut-être trop pour être mesurées ; celles
# d'au plus max_union_epci EPCI le sont, et leurs rangs restent exacts.
"""
_TAIL = """\
# À ajouter au besoin : comparison.waste_bodies (organismes de traitement),
# governance (démarches voisines, faits du territoire), form (formulaire
# d'inscription), survey (réponses). Les autres sections ont leurs valeurs par défaut :
# « eitgeo doctor » les montre.
"""


class RealText(NamedTuple):
    """What a study on real files is written from.

    ``wanted``: name, title, edition. ``place``: territory and ring. ``files``: the
    register. ``buffer_km``: width of the ring [km].
    """

    wanted: Wanted
    place: Place
    files: list[Wired]
    buffer_km: float

    @property
    def vintage(self) -> str:
        """Say the month of what is remade each day: that of the study."""
        return month_words(self.wanted.edition)

    def paths(self, use: str) -> list[str]:
        """List the files of one use."""
        return [one.path for one in of_use(self.files, use)]


def missing_lines(told: RealText) -> list[str]:
    """Say what the study lacks and what stands in for it (French)."""
    lines = [
        "occupation du sol (CORINE, compte à ouvrir) : zones non rognées",
        "villes : les communes les plus peuplées de la couche",
        "échangeurs d'autoroute et trajets connus : aucun",
    ]
    surrogate = "tirage synthétique, documents estampillés DÉMONSTRATION"
    stands = {
        "sirene": f"établissements (SIRENE) : {surrogate}",
        "banatic": "syndicats et PETR (BANATIC) : les EPCI seuls",
        "urssaf_ape": "salariés comptés (URSSAF) : aucun",
        "insee": "établissements comptés (INSEE) : aucun",
        "gerep": "déchets déclarés (GEREP) : ratios seuls",
        "icpe": "installations classées (Géorisques) : déclarants et déchèteries seuls",
        "sinoe": "déchèteries (SINOE) : installations classées et déclarants seuls",
    }
    lines += [text for use, text in stands.items() if not told.paths(use)]
    if told.paths("osmnx"):
        graph = "absentes d'un graphe d'osmnx"
        lines.append(f"interdictions de tourner, barrières, aires d'activité : {graph}")
    elif not told.paths("osm"):
        lines.append(
            "routes : réseau de substitution, documents estampillés DÉMONSTRATION"
        )
    return lines


def real_study_text(told: RealText, file: str) -> str:
    """Write the study."""
    rows, place = told.place.epci, told.place
    root = str(rows.index[0])
    sections: list[tuple[str, dict[str, Any]]] = [
        (_IDENTITY, {"identity": _identity(told)}),
        (_SOURCES, {"sources": _sources(told)}),
        (
            _TERRITORY.format(
                own=", ".join(place.own),
                all=", ".join(place.departements),
                seat=rows["seat"].iloc[0],
                epci=" ".join(str(rows["name"].iloc[0]).split()),
            ),
            {"territory": _territory(told, root)},
        ),
        ("", {"roads": {"network": _network(told)}}),
    ]
    if official := _zones(told):
        sections.append(("", {"zones": official}))
    if declared := told.paths("gerep"):
        sections.append(("", {"arisings": {"declarations": declared}}))
    methods: dict[str, Any] = {
        "reach": {"seat": rows["seat"].iloc[0], "minutes": 45, "profile": "truck"}
    }
    if place.most is not None:
        methods["max_union_epci"] = place.most
    sections.append((_BOUND if place.most else "", {"methods": methods}))
    if len(ids := _declared(told)) > 1:
        sections.append(("", {"comparison": {"first_pair": ids[:2]}}))
    parts = [comment + dumped(section) for comment, section in sections]
    missing = "\n".join(f"#   - {line}" for line in missing_lines(told))
    return _HEAD.format(file=file) + "\n".join(
        [*parts, _MISSING.format(lines=missing), _TAIL]
    )


def _identity(told: RealText) -> dict[str, Any]:
    edition: dt.date = told.wanted.edition
    return {
        "name": told.wanted.name,
        "title": told.wanted.title
        or "Quel périmètre pour la démarche ? (titre à confirmer)",
        "subtitle": "Étude de préfiguration – à confirmer",
        "edition": edition,
        "status": "projet",
        "contact": "",
        "funders": "",
        "seed": int(f"{edition:%Y%m%d}"),
        "effort": "rapide",
    }


def _declared(told: RealText) -> list[str]:
    """Name the perimeters: the union, then no more than can be compared on a page."""
    sirens = list(told.place.epci.index)
    union = [told.wanted.name] if len(sirens) > 1 else []
    return union + [f"epci_{siren}" for siren in sirens[:_MAX_DECLARED]]


def _sources(told: RealText) -> dict[str, Any]:
    section: dict[str, Any] = {
        "communes": {
            "reader": "admin_express",
            "path": told.paths("communes")[0],
            "departements": list(told.place.departements),
        },
        "bodies": _bodies(told),
        "movements": told.paths("movements")[0],
        "elevation": told.paths("relief")[0].rpartition("/")[0],
        "sites": _sites(told),
    }
    counts = [
        {"reader": reader, "path": path}
        for use, (reader, _) in _COUNTS.items()
        for path in told.paths(use)
    ]
    if counts:
        section["counts"] = counts
    section["outlets"] = [
        {"reader": use, "path": path}
        for use in ("icpe", "gerep", "sinoe")
        for path in told.paths(use)
    ]
    return section | {"credits": _credits(told)}


def _bodies(told: RealText) -> list[dict[str, Any]]:
    edition, sirens = told.wanted.edition, list(told.place.epci.index)
    (listed,) = told.paths("dgcl")
    bodies: list[dict[str, Any]] = [
        {"reader": "dgcl", "path": listed, "on_date": edition}
    ]
    if len(sirens) > 1:
        label = f"Réunion de {len(sirens)} EPCI – hypothèse à confirmer"
        bodies.append(
            {
                "reader": "union",
                "body_id": told.wanted.name,
                "label": label,
                "of": sirens,
            }
        )
    bodies += [
        {
            "reader": "banatic",
            "path": path,
            "siren_codes": listed,
            "on_date": edition,
        }
        for path in told.paths("banatic")
    ]
    return bodies


def _sites(told: RealText) -> list[dict[str, Any]]:
    sites: list[dict[str, Any]] = []
    if stock := told.paths("sirene"):
        stock_row = {"reader": "sirene", "path": stock[0]}
        for key, use in (
            ("legal_units", "sirene_units"),
            ("geolocation", "sirene_places"),
        ):
            stock_row |= (
                dict.fromkeys([key], *told.paths(use)) if told.paths(use) else {}
            )
        sites.append(stock_row | {"vintage": told.vintage})
    sites += [
        {"reader": use, "path": path}
        for use in ("icpe", "gerep")
        for path in told.paths(use)
    ]
    if not stock:
        people = int(told.place.epci["population"].sum())
        n_employers = max(round(people * _EMPLOYERS_PER_INHABITANT, -1), 10)
        sites.append({"reader": "synthetic", "n_employers": n_employers})
    return sites


def _credits(told: RealText) -> dict[str, str]:
    sites = ["Établissements : SIRENE (INSEE) et Géorisques, Licence Ouverte 2.0"]
    if not told.paths("sirene"):
        sites = ["Établissements : Géorisques, et tirage synthétique"]
    bodies = "EPCI : DGCL, liste et composition"
    if told.paths("banatic"):
        bodies += " ; autres structures : BANATIC"
    if len(told.place.epci) > 1:
        bodies += " ; réunion d'EPCI : hypothèse à confirmer"
    roads = "Routes : réseau de substitution"
    if _is_osm(told):
        roads = "Routes : © les contributeurs d'OpenStreetMap, ODbL"
    credit_of = {
        "communes": "© IGN – ADMIN EXPRESS (COG), populations INSEE, "
        "Licence Ouverte 2.0",
        "bodies": f"{bodies} (Licence Ouverte 2.0)",
        "places": "Villes : communes et mairies d'ADMIN EXPRESS (IGN)",
        "outlets": "Exutoires : Géorisques, SINOE (ADEME), Licence Ouverte",
        "sites": sites[0],
        "roads": roads,
        "elevation": "Relief : Copernicus GLO-30 (© DLR, Airbus, fourni par l'Union "
        "européenne et l'ESA)",
        "flows": "Gisements potentiels estimés et synergies : ratios et règles de "
        "travail du paquet eitgeo (classe H)",
    }
    counted = [credit for use, (_, credit) in _COUNTS.items() if told.paths(use)]
    if counted:
        credit_of["counts"] = f"Activité comptée : {' ; '.join(counted)}"
    return credit_of


def _is_osm(told: RealText) -> bool:
    return bool(told.paths("osm") or told.paths("osmnx"))


def _territory(told: RealText, root: str) -> dict[str, Any]:
    return {
        "perimeters": _declared(told),
        "root_epci": root,
        "root_commune": told.place.epci["seat"].iloc[0],
        "on_date": told.wanted.edition,
        "buffer_km": told.buffer_km,
    }


def _network(told: RealText) -> dict[str, Any]:
    if not _is_osm(told):
        return {"reader": "surrogate"}
    extracts, graphs = told.paths("osm"), told.paths("osmnx")
    reader = "osmnx" if graphs else "osm"
    path = (graphs or extracts)[0]
    if len(extracts) > 1:
        path = extracts[0].rpartition("/")[0]
    return {
        "reader": reader,
        "path": path,
        "vintage": told.vintage,
        "elevation": told.paths("relief")[0].rpartition("/")[0],
    }


def _zones(told: RealText) -> dict[str, Any]:
    extracts = told.paths("osm")
    if not extracts:
        return {}
    return {
        "official": [
            {"reader": "osm", "path": path, "vintage": told.vintage}
            for path in extracts
        ],
        "credit": f"Zones comparées : © les contributeurs d'OpenStreetMap "
        f"({told.vintage}), ODbL ; dessinées, pas un inventaire",
    }
