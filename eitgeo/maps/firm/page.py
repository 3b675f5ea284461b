"""« Mon entreprise »: what to sort, three calls to make, where to go, what to share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.check import require_columns
from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import commune_postcodes
from eitgeo.maps.firm.advice import SERVICES, Advice, Rulebook
from eitgeo.maps.firm.still import VALIDATE, WAYS_NOTE, duty_source, still_reading
from eitgeo.maps.form.page import BACK_LINK
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    fill_slots,
    html_text,
    notes,
    still_style,
    warning,
)
from eitgeo.maps.pages.policy import content_policy, font_face
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.sheet import require_released
from eitgeo.reference.exchange_terms import (
    LANDFILL,
    latest_tax_year,
    marginal_tax_eur_per_t,
)
from eitgeo.reference.naf import activity_labels, activity_words, naf_divisions
from eitgeo.words import (
    EVIDENCE_SYMBOLS,
    NBSP,
    french_number,
    name_key,
    round_significant,
    settled,
    typographic,
)

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.sheet import Sheet


TITLE = "Mon entreprise"
SUPPORTED = "◐ connu ailleurs"
TO_CHECK = "○ à vérifier"
UNCOUNTED = (
    "Combien d'établissements pourraient partager chaque service n'est pas dit : ceux "
    "de cette étude sont tirés au sort."
)
COUNTED = (
    "Établissements de votre intercommunalité qui pourraient le partager, d'après leur "
    "activité ; trois au moins, sinon rien n'est dit."
)
_DIVISION = 2
KINDS = {
    "decheterie": "petites quantités, si elle admet les professionnels",
    "centre_tri": "emballages et papiers triés, par votre collecteur",
    "compostage": "végétaux, bois broyé, biodéchets selon son autorisation",
    "methanisation": "biodéchets, effluents",
    "recuperation": "métaux, cartons, plastiques, bois",
    "isdi": "terres et gravats propres",
    "quai_de_transfert": "déchets en mélange, avant un long trajet",
    "isdnd": "en dernier recours : ce qui ne se trie pas",
}
"""Kinds of places that a firm may be sent to, by what it may take there."""
_HALF = Decimal("0.5")


@dataclass(frozen=True)
class FirmTables:
    """Released tables that the page shows."""

    # Communes with their EPCI, names of bodies, postcodes, outlets, nearest places
    communes: Released
    bodies: Released
    postcodes: Released
    outlets: Released
    ways: Released
    # Sites that could share a service, by EPCI; None where sites are drawn
    shared: Released | None

    @property
    def shown(self) -> list[Released]:
        """Return what the page must credit."""
        every = (
            self.communes,
            self.bodies,
            self.postcodes,
            self.outlets,
            self.ways,
            self.shared,
        )
        return [one for one in every if one is not None]


def firm_page(
    tables: FirmTables, *, sheet: Sheet, form: str, network: str, evidence: str
) -> bytes:
    """Make the page of one firm; `evidence`: the class of minutes, S or H."""
    book = Rulebook()
    payload = _payload(tables, book, sheet=sheet, form=form, evidence=evidence)
    ways_note = typographic(
        WAYS_NOTE.format(network=network, mark=EVIDENCE_SYMBOLS[evidence])
    )
    payload["ways_note"] = ways_note
    style = font_face() + _read("firm.css") + still_style()
    script = bundle(read_modules(), "firm")
    slots = {
        "policy": escape(content_policy(script, style, post_url="", first=AWAKE)),
        "title": TITLE,
        "subtitle": html_text(sheet.subtitle or sheet.title),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "banner": warning(sheet),
        "back": BACK_LINK,
        "still": still_reading(payload, _by_division(book), book=book),
        "notes": notes(sheet, greyed=False),
        "css": style,
        "awake": AWAKE,
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(_read("firm.html"), slots)


def _read(name: str) -> str:
    folder = resources.files("eitgeo.maps.firm")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _payload(
    tables: FirmTables, book: Rulebook, *, sheet: Sheet, form: str, evidence: str
) -> dict[str, Any]:
    area = _area(tables.communes)
    names = dict(zip(area["code_insee"], area["nom"].astype(str), strict=True))
    sirens = sorted(set(area["epci_siren"]) - {""})
    every = require_released(tables.communes, "communes").table
    named = dict(zip(every["code_insee"], every["nom"].astype(str), strict=True))
    ways = read_ways(tables.ways, tables.outlets, named, evidence=evidence)
    return {
        "study": {"title": sheet.subtitle or sheet.title},
        "communes": {
            "code": list(names),
            "name": list(names.values()),
            "epci": [sirens.index(s) if s else -1 for s in area["epci_siren"]],
        },
        "epci": [_epci_name(tables.bodies, siren) for siren in sirens],
        "postcodes": commune_postcodes(tables.postcodes, list(names)),
        "ways": _way_lists(ways, list(names)),
        "validate": VALIDATE,
        **_activities(book),
        "duties": _duties(book),
        "tax": _tax(sheet.edition.year),
        "services": [
            {"label": str(row["byproduct"]), "use": str(row["use"])}
            for row in book.services.values()
        ],
        "shared": _shared(tables.shared, sirens, list(book.services)),
        "shared_note": typographic(UNCOUNTED if tables.shared is None else COUNTED),
        "marks": [TO_CHECK, SUPPORTED],
        "most_services": SERVICES,
        "form": form,
    }


def _area(communes: Released) -> pd.DataFrame:
    table = require_released(communes, "communes").table
    columns = ["code_insee", "nom", "epci_siren", "in_area"]
    require_columns(table, columns, where="communes")
    return table.loc[table["in_area"], columns].sort_values("code_insee", kind="stable")


def _epci_name(bodies: Released, siren: str) -> str:
    table = require_released(bodies, "bodies").table
    names = table.loc[table["body_id"].eq(f"epci_{siren}"), "name"]
    return str(names.iloc[0]) if len(names) else siren


def _way_lists(ways: Ways, codes: list[str]) -> dict[str, Any]:
    empty: list[Any] = [None] * len(ways.kinds)
    return {
        "kinds": [
            {"label": kind_label(kind), "takes": KINDS[kind]} for kind in ways.kinds
        ],
        "about": ways.about,
        "places": [
            {"at": place.commune, "names": list(place.names)} for place in ways.places
        ],
        "by": [ways.by_commune.get(code, empty) for code in codes],
        "absent": [kind_label(kind) for kind in KINDS if kind not in ways.kinds],
    }


def _activities(book: Rulebook) -> dict[str, Any]:
    """List activities, their words, and what they are told: each text once."""
    labels, words = activity_labels(), activity_words()
    divisions = naf_divisions()["label"]
    advices = {code: book.advise([code]) for code in labels}
    kinds = list(dict.fromkeys(advices.values()))
    rank = {advice: place for place, advice in enumerate(kinds)}
    texts = Told(book)
    return {
        "activities": {
            "code": list(labels),
            "label": list(labels.values()),
            "words": [words.get(code, "") for code in labels],
            "advice": [rank[advices[code]] for code in labels],
        },
        "divisions": {str(code): str(label) for code, label in divisions.items()},
        "advice": [texts.ranks(advice) for advice in kinds],
        "lines": texts.lines,
    }


class Told:
    """Lines that several activities are told, written once."""

    def __init__(self, book: Rulebook) -> None:
        self.lines: list[list[Any]] = []
        self._ranks: dict[Any, int] = {}
        self._services, self._duties = list(book.services), list(book.duties)

    def ranks(self, advice: Advice) -> dict[str, Any]:
        """Return an advice as ranks of lines, services and duties."""
        return {
            "families": [
                [family.name, [self._rank(line) for line in family.lines]]
                for family in advice.families
            ],
            "services": [self._services.index(name) for name in advice.services],
            "duties": [self._duties.index(name) for name in advice.duties],
        }

    def _rank(self, line: Any) -> int:
        if line not in self._ranks:
            self._ranks[line] = len(self.lines)
            self.lines.append([int(line.offered), line.text, int(line.supported)])
        return self._ranks[line]


def _by_division(book: Rulebook) -> dict[str, tuple[str, Advice]]:
    """Return what each division is told, for who runs no script."""
    codes: dict[str, list[str]] = {}
    for code in activity_labels():
        codes.setdefault(code[:_DIVISION], []).append(code)
    labels = naf_divisions()["label"]
    return {
        division: (str(labels[division]), book.advise(activities))
        for division, activities in codes.items()
    }


def _duties(book: Rulebook) -> list[dict[str, Any]]:
    duties = [
        {
            "heading": str(row["heading"]),
            "text": str(row["statement"]),
            "source": str(row["source"]),
            "read": row["status"] == "source",
            "all": row["naf"] == "*",
        }
        for row in book.duties.values()
    ]
    return [one | {"told": duty_source(one)} for one in duties]


def _tax(year: int) -> str:
    """Say what a landfilled tonne pays in tax."""
    known = latest_tax_year(year)
    rate_eur = marginal_tax_eur_per_t(known, heading=LANDFILL, landfilled_t=0)
    rate = french_number(rate_eur, decimals=0)
    return (
        f"Chaque tonne enfouie paie une taxe (TGAP){NBSP}: {rate}{NBSP}€ en {known}, "
        "comprise dans le prix de votre collecteur."
    )


def _shared(
    shared: Released | None, sirens: list[str], services: list[str]
) -> list[list[int]] | None:
    """Lay sites out, EPCI × services; 0: nothing is said."""
    if shared is None:
        return None
    table = require_released(shared, "shared_services").table
    counts = table.set_index(["epci_siren", "rule_id"])["n_sites"]
    return [
        [int(counts.get((siren, name), 0)) for name in services] for siren in sirens
    ]


class Place(NamedTuple):
    """A commune that has a place of a kind, with the names of those that are there."""

    kind: str
    commune: str
    names: tuple[str, ...]


class Ways(NamedTuple):
    """The nearest place of each kind of each commune."""

    # Kinds that the study has a place of, in the order of :data:`KINDS`
    kinds: tuple[str, ...]
    places: tuple[Place, ...]  # The places that are nearest to some commune
    about: str  # What stands before minutes: « de l'ordre de » where they are assumed
    # Commune → for each kind, place and minutes by truck; None: not reached
    by_commune: dict[str, list[tuple[int, int] | None]]


def kind_label(kind: str) -> str:
    """Name a kind of place."""
    return outlet_symbol(kind).label


def read_ways(
    ways: Released, outlets: Released, names: dict[str, str], *, evidence: str
) -> Ways:
    """Lay out the nearest places; `names`: of communes, by code."""
    is_sure = evidence != "H"
    table = require_released(ways, "commune_outlets").table
    columns = ["code_insee", "kind", "at_code", "minutes"]
    require_columns(table, columns, where="commune_outlets")
    outlet_rows = require_released(outlets, "outlets").table
    kinds = [kind for kind in KINDS if kind in set(outlet_rows["kind"])]
    shown = table[table["kind"].isin(kinds)]
    keys = sorted(set(zip(shown["kind"], shown["at_code"], strict=True)))
    rank = {key: place for place, key in enumerate(keys)}
    by_commune: dict[str, list[Any]] = {}
    for code, kind, place_code, minutes in zip(
        *(shown[one] for one in columns), strict=True
    ):
        line = by_commune.setdefault(str(code), [None] * len(kinds))
        rounded = round_minutes(float(minutes), is_sure=is_sure)
        line[kinds.index(str(kind))] = (rank[str(kind), str(place_code)], rounded)
    return Ways(
        kinds=tuple(kinds),
        places=tuple(
            Place(kind, names.get(code, code), _names(outlet_rows, kind, code))
            for kind, code in keys
        ),
        about="" if is_sure else "de l’ordre de ",
        by_commune=by_commune,
    )


def round_minutes(minutes: float, *, is_sure: bool) -> int:
    """Round to whole minutes, halves up; to one figure what is assumed.

    Examples
    --------
    >>> round_minutes(12.5, is_sure=True), round_minutes(0.2, is_sure=True)
    (13, 0)
    >>> round_minutes(37.2, is_sure=False)
    40
    """
    known = settled(minutes) if is_sure else settled(round_significant(minutes, 1))
    return int(known + _HALF)


def _names(outlets: pd.DataFrame, kind: str, code: str) -> tuple[str, ...]:
    rows = outlets[outlets["kind"].eq(kind) & outlets["code_insee"].eq(code)]
    labels = [
        f"{row.name_}{'' if row.status == 'publie' else ' (à vérifier)'}"
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    return tuple(sorted(labels, key=name_key))
