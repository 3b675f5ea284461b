"""Match sheets in words: what each declared resource is, and who to call about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eitgeo.dossier import MatchSheet, Partner
from eitgeo.flows import Resource, declared_masses, nearest_partners, site_of_firm
from eitgeo.maps import figure_text, french_number, typographic
from eitgeo.reference import survey_choices, survey_natures, synergy_rules

if TYPE_CHECKING:
    import pandas as pd

_OUTSIDE = "hors"
_TITLES = {"disponible": "Disponible", "recherchee": "Recherché"}
_ASKS = {
    "disponible": (
        "Prendriez-vous cette ressource ? Quelle qualité (humidité, mélanges, "
        "conditionnement), quel rythme, à quel prix ?"
    ),
    "recherchee": (
        "En avez-vous à céder ? Combien, sous quelle forme ; que devient-elle "
        "aujourd'hui, et jusqu'à quand êtes-vous engagé ?"
    ),
}
_HAZARDOUS = "Êtes-vous autorisé pour ce déchet dangereux (bordereau Trackdéchets) ?"
_WHOLE_T = 10.0
"""From so many tonnes on, a mass that a firm gave is written whole [t]."""

_UNNAMED = "Établissement synthétique (démonstration)"


@dataclass(frozen=True)
class SurveyTables:
    """The tables that match sheets are drawn from.

    Attributes
    ----------
    declarations, sites, od_matrix
        Tables of the same names.
    commune_names
        Name by INSEE code.
    """

    declarations: pd.DataFrame = field(repr=False)
    sites: pd.DataFrame = field(repr=False)
    od_matrix: pd.DataFrame = field(repr=False)
    commune_names: dict[str, str] = field(repr=False)


def match_sheets(tables: SurveyTables) -> list[MatchSheet]:
    """Write one sheet a declared resource.

    Parameters
    ----------
    tables
        What is known.

    Returns
    -------
    list of MatchSheet
        By firm, then resource. The firm of a sheet is the animator's own
        correspondent; partners are those of :func:`eitgeo.flows.nearest_partners`.
    """
    declared = tables.declarations
    rows = declared[declared["resource_id"] != ""]
    masses = declared_masses(declared)
    codes = tables.sites.set_index("site_id")["code_insee"]
    places = site_of_firm(rows, tables.sites).map(codes)
    own = rows["commune"].where(~rows["commune"].isin(["", _OUTSIDE]), "")
    places = places.where(places.notna(), own).astype("str")
    return [
        _sheet(row, mass, code, tables)
        for row, mass, code in zip(
            rows.to_dict("records"), masses.to_dict("records"), places, strict=True
        )
    ]


def _sheet(
    row: dict[Any, Any], mass: dict[Any, Any], code: str, tables: SurveyTables
) -> MatchSheet:
    nature = survey_choices("nature")[row["nature"]]
    resource = Resource(row["siret"], row["sens"], row["nature"], code)
    partners = nearest_partners(
        resource,
        tables.declarations,
        sites=tables.sites,
        rules=synergy_rules(),
        od_matrix=tables.od_matrix,
    )
    quantity = quantity_text(row, mass)
    hazardous = str(mass["waste_code"]).endswith("*")
    return MatchSheet(
        title=typographic(
            f"{_TITLES[row['sens']]} : {nature} – {row['raison_sociale']}"
        ),
        facts=_facts(row, quantity, str(mass["waste_code"]), _name(code, tables)),
        partners=tuple(
            _partner(one, row["sens"], tables, hazardous=hazardous)
            for one in partners.to_dict("records")
        ),
    )


def quantity_text(row: dict[Any, Any], mass: dict[Any, Any]) -> str:
    """Write a quantity as declared, then as converted.

    Parameters
    ----------
    row
        A row of table ``declarations``.
    mass
        The same row of :func:`eitgeo.flows.declared_masses`.

    Returns
    -------
    str
        French.
    """
    unit = survey_choices("unite")[row["unite"]]
    period = survey_choices("periode")[row["periode"]]
    said = f"{french_number(row['quantite'])} {unit}"
    said += ", une seule fois" if mass["one_off"] else f" par {period}"
    weight = figure_text(
        float(mass["t_mid"]),
        bounds=(float(mass["t_low"]), float(mass["t_high"])),
        evidence=str(mass["evidence"]),
        unit="t" if mass["one_off"] else "t/an",
        decimals=0 if mass["t_mid"] >= _WHOLE_T else 1,
    )
    known = float(mass["t_mid"]) == float(mass["t_mid"])
    return f"{said}, soit {weight} [{mass['assumption']}]" if known else said


def _facts(
    row: dict[Any, Any], quantity: str, waste_code: str, commune: str
) -> tuple[tuple[str, str], ...]:
    outcome = survey_choices("devenir").get(row["devenir"], "")
    if row["devenir_precision"]:
        outcome = f"{outcome} ({row['devenir_precision']})"
    months = survey_choices("mois")
    season = (
        f"de {months[row['mois_debut']]} à {months[row['mois_fin']]}"
        if row["mois_debut"] and row["mois_fin"]
        else ""
    )
    day = french_day(row["disponible_des"])
    since = f"à partir du {day}" if day else ""
    state = survey_choices("etat").get(row["etat"], "")
    told = (
        ("Entreprise", f"{row['raison_sociale']}, {commune}"),
        ("Précisions", row["nature_precision"]),
        ("Quantité", quantity),
        ("Disponible", " ; ".join(filter(None, [season, since]))),
        ("État, qualité", " ; ".join(filter(None, [state, row["qualite"]]))),
        ("Code déchet", waste_code),
        ("Aujourd'hui", outcome),
        ("Coût ou recette", survey_choices("prix").get(row["prix"], "")),
        ("Fin du contrat", french_day(row["contrat_fin"])),
        ("Famille", str(survey_natures().loc[row["nature"], "family"])),
    )
    return tuple(
        (typographic(label), typographic(text)) for label, text in told if text
    )


def french_day(iso: str) -> str:
    """Write a day as French readers do.

    Parameters
    ----------
    iso
        ``2027-12-31``, or empty.

    Returns
    -------
    str
        ``31/12/2027``, or empty.

    Examples
    --------
    >>> french_day("2027-12-31")
    '31/12/2027'
    """
    return "/".join(reversed(iso.split("-")))


def _partner(
    one: dict[Any, Any], sens: str, tables: SurveyTables, *, hazardous: bool
) -> Partner:
    rules = synergy_rules().set_index("rule_id")
    by_survey = one["origin"] == "enquete"
    rule, permit = "a déclaré l'inverse dans l'enquête", ""
    if not by_survey:
        about = rules.loc[one["rule_id"]]
        rule = (
            f"{about['byproduct']} → {about['use']} (confiance {about['confidence']})"
        )
        permit = str(about["regulatory_gate"])
    asks = [_ASKS[sens], _HAZARDOUS if hazardous else ""]
    if permit:
        asks.append("La condition ci-contre est-elle remplie ?")
    minutes, km = one["time_s"] / 60, one["length_m"] / 1000
    return Partner(
        name=one["name"] or (_UNNAMED if one["synthetic"] else one["siret"]),
        commune=_name(one["code_insee"], tables),
        activity=one["naf"],
        way=typographic(f"{minutes:.0f} min ; {km:.0f} km"),
        rule=typographic(rule),
        permit=typographic(permit),
        question=typographic(" ".join(filter(None, asks))),
    )


def _name(code: str, tables: SurveyTables) -> str:
    return tables.commune_names.get(code, "commune inconnue ou hors du territoire")
