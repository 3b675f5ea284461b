"""Match sheets in words: what each declared resource is, and who to call about it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any, Final

import pandas as pd

from eitgeo.dossier.animator import MatchSheet, Partner
from eitgeo.flows.arisings.declared import declared_masses, place_of_firm
from eitgeo.flows.exchanges.synergies import (
    N_NEAREST,
    Resource,
    nearest_partners,
)
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.survey import survey_choices, survey_natures
from eitgeo.tables.columns import OD_REACHED
from eitgeo.words import NBSP, figure_text, french_number, typographic

_WORDS: Final[dict[str, Any]] = tomllib.loads(
    (resources.files("eitgeo.cli.survey") / "sheets.toml").read_text(encoding="utf-8")
)
_WHOLE_T = 10.0
"""From so many tonnes on, a mass that a firm gave is written whole [t]."""

_WAY_COLUMNS = ["origin_id", "destination_id", "length_m", "time_s"]


@dataclass(frozen=True)
class SurveyTables:
    """The tables that match sheets are drawn from.

    ``declarations``, ``sites``, ``od_matrix``: tables of the same names.
    ``commune_names``: name by INSEE code.
    """

    declarations: pd.DataFrame = field(repr=False)
    sites: pd.DataFrame = field(repr=False)
    od_matrix: pd.DataFrame = field(repr=False)
    commune_names: dict[str, str] = field(repr=False)


def match_sheets(tables: SurveyTables) -> list[MatchSheet]:
    """Write one sheet a declared resource."""
    declared = tables.declarations
    placed = declared.assign(commune=place_of_firm(declared, tables.sites))
    known = replace(
        tables,
        declarations=placed,
        od_matrix=_ways_of(set(placed["commune"]), tables.od_matrix),
    )
    reach = set(known.od_matrix["origin_id"]) | set(known.od_matrix["destination_id"])
    masses = declared_masses(placed)
    rules = synergy_rules()
    rows = placed[placed["resource_id"] != ""]
    return [
        _sheet(row, mass, _Around(known, rules, is_reached=row["commune"] in reach))
        for row, mass in zip(
            rows.to_dict("records"), masses.to_dict("records"), strict=True
        )
    ]


def _ways_of(codes: set[str], od_matrix: pd.DataFrame) -> pd.DataFrame:
    """Keep the usable pairs by truck of a few communes: the matrix has millions."""
    usable = od_matrix["profile"].eq("truck") & od_matrix["status"].isin(OD_REACHED)
    is_end = od_matrix["origin_id"].isin(codes) | od_matrix["destination_id"].isin(
        codes
    )
    ways = od_matrix.loc[usable & is_end, [*_WAY_COLUMNS, "profile", "status"]]
    return ways.reset_index(drop=True)


@dataclass(frozen=True)
class _Around:
    """What a sheet is held against.

    ``tables``: placed declarations, sites, usable ways. ``rules``: as `synergy_rules`
    returns them. ``is_reached``: whether a way leads from or to the place of the
    resource.
    """

    tables: SurveyTables = field(repr=False)
    rules: pd.DataFrame = field(repr=False)
    is_reached: bool


def _sheet(row: dict[Any, Any], mass: dict[Any, Any], around: _Around) -> MatchSheet:
    tables = around.tables
    nature = survey_choices("nature")[row["nature"]]
    resource = Resource(row["siret"], row["sens"], row["nature"], row["commune"])
    partners = nearest_partners(
        resource,
        tables.declarations,
        sites=tables.sites,
        rules=around.rules,
        od_matrix=tables.od_matrix,
    ).to_dict("records")
    title = f"{_WORDS[row['sens']]['title']} : {nature} – {row['raison_sociale']}"
    return MatchSheet(
        title=typographic(title),
        facts=_facts(row, mass, _name(row["commune"], tables)),
        partners=tuple(_partner(one, row, around) for one in partners),
        note=typographic(_note(row["nature"], len(partners), around)),
    )


def _note(nature: str, n_partners: int, around: _Around) -> str:
    """Say why there are fewer partners than a sheet has room for."""
    if n_partners == N_NEAREST:
        return ""
    if n_partners:
        return _WORDS["no_more"]
    if not around.is_reached:
        return _WORDS["nowhere"]
    return (
        _WORDS["nobody"]
        if survey_natures().loc[nature, "rule_ids"]
        else _WORDS["no_rule"]
    )


def quantity_text(row: dict[Any, Any], mass: dict[Any, Any]) -> str:
    """Write a quantity as declared, then as converted."""
    said = _said(row)
    weight = figure_text(
        float(mass["t_mid"]),
        bounds=(float(mass["t_low"]), float(mass["t_high"])),
        evidence=str(mass["evidence"]),
        unit="t" if mass["one_off"] else "t/an",
        decimals=0 if mass["t_mid"] >= _WHOLE_T else 1,
    )
    known = float(mass["t_mid"]) == float(mass["t_mid"])
    return f"{said}, soit {weight} [{mass['assumption']}]" if known else said


def _said(row: dict[Any, Any]) -> str:
    """Write a quantity as declared."""
    said = f"{french_number(row['quantite'])} {survey_choices('unite')[row['unite']]}"
    if row["periode"] == "une_fois":
        return f"{said}, une seule fois"
    return f"{said} par {survey_choices('periode')[row['periode']]}"


def _facts(
    row: dict[Any, Any], mass: dict[Any, Any], commune: str
) -> tuple[tuple[str, str], ...]:
    outcome = survey_choices("devenir").get(row["devenir"], "")
    agreements = _WORDS["agreements"].items()
    ask = _WORDS[row["sens"]]["ask"]
    if str(mass["waste_code"]).endswith("*"):
        ask = f"{ask} {_WORDS['hazardous']}"
    pairs = (
        ("Entreprise", f"{row['raison_sociale']}, {commune}"),
        ("Accords", _listed(*(said[not row[name]] for name, said in agreements))),
        ("Précisions", row["nature_precision"]),
        ("Quantité", quantity_text(row, mass)),
        ("Disponible", _when(row)),
        ("État, qualité", _listed(_choice("etat", row), row["qualite"])),
        ("Stockage", _choice("stockage", row)),
        ("Code déchet", str(mass["waste_code"])),
        ("Aujourd'hui", _listed(outcome, row["devenir_precision"])),
        ("Coût ou recette", _choice("prix", row)),
        ("Fin du contrat", french_day(row["contrat_fin"])),
        ("À demander à chacun", ask),
    )
    return tuple(
        (typographic(label), typographic(text)) for label, text in pairs if text
    )


def _choice(name: str, row: dict[Any, Any]) -> str:
    return survey_choices(name).get(row[name], "")


def _listed(*texts: str) -> str:
    return " ; ".join(filter(None, texts))


def _when(row: dict[Any, Any]) -> str:
    months = survey_choices("mois")
    season = (
        f"de {months[row['mois_debut']]} à {months[row['mois_fin']]}"
        if row["mois_debut"] and row["mois_fin"]
        else ""
    )
    day = french_day(row["disponible_des"])
    return _listed(season, f"à partir du {day}" if day else "")


def french_day(iso: str) -> str:
    """Write a day as French readers do.

    Examples
    --------
    >>> french_day("2027-12-31")
    '31/12/2027'
    """
    return "/".join(reversed(iso.split("-")))


def _partner(one: dict[Any, Any], row: dict[Any, Any], around: _Around) -> Partner:
    by_survey = one["origin"] == "enquete"
    rule, permit, ask = (
        _of_survey(one, row, around.tables)
        if by_survey
        else _of_rule(one, row["sens"], around.rules)
    )
    way = f"{one['time_s'] / 60:.0f}{NBSP}min ; {one['length_m'] / 1000:.0f}{NBSP}km"
    return Partner(
        name=one["name"] or (_WORDS["unnamed"] if one["synthetic"] else one["siret"]),
        commune=_name(one["code_insee"], around.tables),
        activity=typographic(_activity(one["naf"])),
        way=typographic(way),
        rule=typographic(rule),
        permit=typographic(permit),
        question=typographic(ask),
    )


def _of_rule(
    one: dict[Any, Any], sens: str, rules: pd.DataFrame
) -> tuple[str, str, str]:
    """Return rule, condition and question about a firm of a register."""
    row = rules.set_index("rule_id").loc[one["rule_id"]]
    rule = f"{row['byproduct']} → {row['use']} (confiance {row['confidence']})"
    permit = str(row["regulatory_gate"])
    asks = [_WORDS[sens]["rule_ask"].format(use=row["use"], byproduct=row["byproduct"])]
    return (
        rule,
        permit,
        " ".join([*asks, *([_WORDS["condition_ask"]] if permit else [])]),
    )


def _of_survey(
    one: dict[Any, Any], row: dict[Any, Any], tables: SurveyTables
) -> tuple[str, str, str]:
    """Return the same about a firm that declared the other way, and shares it."""
    declared = tables.declarations
    own = declared[
        (declared["siret"] == one["siret"])
        & (declared["sens"] != row["sens"])
        & (declared["nature"] == row["nature"])
    ]
    quantities = _listed(*(_said(other) for other in own.to_dict("records")))
    return (
        f"Enquête : {_WORDS[row['sens']]['declared']} {quantities}",
        "",
        _WORDS["survey_ask"],
    )


def _activity(naf: str) -> str:
    labels = naf_divisions()["label"]
    label = labels.get(naf[:2], "").partition(" ; ")[0].partition(", à l'excep")[0]
    return f"{naf} – {label}" if label else naf


def _name(code: str, tables: SurveyTables) -> str:
    return tables.commune_names.get(code, "commune inconnue ou hors du territoire")
