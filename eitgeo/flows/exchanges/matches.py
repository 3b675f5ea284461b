"""The nearest firms that could take, or give, what a firm declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from eitgeo.reference.survey import survey_natures
from eitgeo.tables.columns import OD_REACHED

N_NEAREST = 5
DECLARED, REGISTER = "enquete", "registre"
_OTHER_WAY = {"disponible": "recherchee", "recherchee": "disponible"}
_RULE_END = {"disponible": "target_naf", "recherchee": "source_naf"}
_ANY = "*"
_COLUMNS = ["site_id", "siret", "name", "naf", "code_insee", "rule_id", "origin"]


@dataclass(frozen=True)
class Resource:
    """A declared resource, as matching looks at it.

    ``siret``: the firm. ``sens``: ``disponible`` or ``recherchee``. ``nature``: of
    `survey_natures`. ``code_insee``: where it is.
    """

    siret: str
    sens: str
    nature: str
    code_insee: str


def nearest_partners(
    resource: Resource,
    declarations: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    od_matrix: pd.DataFrame,
    count: int = N_NEAREST,
) -> pd.DataFrame:
    """List the nearest firms at the other end of the rules of a resource.

    ``declarations``: table of the same name, ``commune`` as `place_of_firm` tells it:
    firms that declared the same nature the other way and share their form with other
    participants. ``sites``: table ``sites``: of public registers, by the activity that
    the rule names. Natural persons, non-diffusible establishments and those that the
    survey alone knows do not count. ``rules``: as `synergy_rules` returns them.
    ``od_matrix``: pairs of communes by truck. Returns: ``site_id``, ``siret``,
    ``name``, ``naf``, ``code_insee``, ``rule_id`` (empty: none), ``origin``
    (``enquete``, ``registre``), ``length_m``, ``time_s`` one way, ``synthetic``; firms
    that declared it, then those that a register makes possible, the nearest in time
    first. Firms of a register beyond the longest distance of the rule are left out; a
    firm is listed once.
    """
    asked = _rules_of(resource.nature, rules)
    firms = pd.concat(
        [
            _declared(resource, declarations),
            _registered(resource, sites, asked),
        ],
        ignore_index=True,
    )
    firms = firms[(firms["siret"] != resource.siret) | (firms["siret"] == "")]
    close = firms.merge(_ways(resource, od_matrix), on="code_insee")
    of_rule = asked.set_index("rule_id")["dist_max_km"]
    longest = close["rule_id"].map(of_rule).astype(float)
    close = close[(close["origin"] == DECLARED) | (close["length_m"] <= 1000 * longest)]
    who = close["siret"].where(close["siret"] != "", close["site_id"])
    # A firm that said so itself comes before what a register says of it.
    order = ["time_s", "length_m", "origin", "site_id", "rule_id"]
    first = close.assign(who=who).sort_values(["who", "origin", *order])
    once = first.drop_duplicates("who").sort_values(["origin", *order])
    columns = [*_COLUMNS, "length_m", "time_s", "synthetic"]
    return once[columns].head(count).reset_index(drop=True)


def _rules_of(nature: str, rules: pd.DataFrame) -> pd.DataFrame:
    names = str(survey_natures().loc[nature, "rule_ids"]).split(";")
    return rules[rules["rule_id"].isin(names)]


def _declared(resource: Resource, declarations: pd.DataFrame) -> pd.DataFrame:
    other = declarations[
        (declarations["sens"] == _OTHER_WAY[resource.sens])
        & (declarations["nature"] == resource.nature)
        & declarations["consent_partage"]
    ]
    names = {"raison_sociale": "name", "commune": "code_insee"}
    rows = other.rename(columns=names).assign(
        site_id="ENQ" + other["siret"], rule_id="", origin=DECLARED, synthetic=False
    )
    return rows[[*_COLUMNS, "synthetic"]].drop_duplicates("siret")


def _registered(
    resource: Resource, sites: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    end = _RULE_END[resource.sens]
    listed = rules[["rule_id", end]].assign(naf=rules[end].str.split(";"))
    wanted = listed.explode("naf")[["rule_id", "naf"]]
    open_ = sites[sites["diffusible"] & ~sites["natural_person"]]
    rows = open_.merge(wanted[wanted["naf"] != _ANY], on="naf")
    plain = pd.DataFrame(rows.assign(origin=REGISTER))
    return plain[[*_COLUMNS, "synthetic"]]


def _ways(resource: Resource, od_matrix: pd.DataFrame) -> pd.DataFrame:
    """Return time and length to each commune; back from it where only that is told."""
    usable = od_matrix[
        od_matrix["status"].isin(OD_REACHED) & od_matrix["profile"].eq("truck")
    ]
    columns = ["length_m", "time_s"]
    there = usable[usable["origin_id"] == resource.code_insee]
    back = usable[usable["destination_id"] == resource.code_insee]
    sides: Iterable[tuple[pd.DataFrame, str]] = (
        (there, "destination_id"),
        (back, "origin_id"),
    )
    ways = [
        side.rename(columns={name: "code_insee"})[["code_insee", *columns]]
        for side, name in sides
    ]
    return pd.concat(ways).drop_duplicates("code_insee")
