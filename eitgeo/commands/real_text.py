"""The text of a study on real files: readers wired, what is missing said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eitgeo.commands.real_register import Wired, of_use
from eitgeo.commands.study_text import Wanted, filled
from eitgeo.words import month_words

if TYPE_CHECKING:
    from eitgeo.commands.real_choice import Place

_MAX_DECLARED = 6
_EMPLOYERS_PER_INHABITANT = 0.03


class RealText(NamedTuple):
    """What a study on real files is written from.

    ``wanted``: name, title, edition. ``place``: territory and ring. ``files``: the
    register. ``buffer_km``: width of the ring [km].
    """

    wanted: Wanted
    place: Place
    files: list[Wired]
    buffer_km: float

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
    rows, edition = told.place.epci, told.wanted.edition
    sirens = list(rows.index)
    union = [told.wanted.name] if len(sirens) > 1 else []
    people = int(rows["population"].sum())
    extracts, graphs = told.paths("osm"), told.paths("osmnx")
    roads = "" if not (graphs or extracts) else (graphs or extracts)[0]
    return filled(
        file=file,
        wanted=told.wanted,
        seed=f"{edition:%Y%m%d}",
        place=told.place,
        paths=told.paths,
        vintage=month_words(edition),  # of what is remade each day
        sirens=sirens,
        # The union, then no more than can be compared on a page.
        declared=union + [f"epci_{siren}" for siren in sirens[:_MAX_DECLARED]],
        n_employers=max(round(people * _EMPLOYERS_PER_INHABITANT, -1), 10),
        relief=told.paths("relief")[0].rpartition("/")[0],
        is_osm=bool(roads),
        roads_path=roads.rpartition("/")[0] if len(extracts) > 1 else roads,
        root_epci=str(rows.index[0]),
        epci=" ".join(str(rows["name"].iloc[0]).split()),
        seat=rows["seat"].iloc[0],
        on_date=edition,
        buffer_km=told.buffer_km,
        most=told.place.most,
        missing=missing_lines(told),
    )
