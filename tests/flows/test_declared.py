"""Declared quantities as arisings, needs, outlets; observed beats estimated."""

import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import estimate_arisings
from eitgeo.flows.arisings.declared import (
    available_months,
    declared_masses,
    named_outlets,
    place_of_firm,
    prefer_observed,
    site_of_firm,
    survey_arisings,
    survey_needs,
    used_outlets,
)
from eitgeo.reference.tables import waste_ratios
from eitgeo.tables.schema import validate
from tests.flows.survey_toy import NAN, SAWMILL, declared, sites
from tests.flows.toy import P, Q, make_pairs


def arisings_of(rows: pd.DataFrame, where: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the arisings of declarations, validated."""
    found = survey_arisings(
        rows, declared_masses(rows), sites=sites() if where is None else where
    )
    validate(found, table="arisings")
    return found


def test_tonnes_a_year_come_as_they_are() -> None:
    (row,) = arisings_of(declared()).to_dict("records")
    assert row == {
        "site_id": "scie",
        "waste_code": "15 01 03",
        "stream": "NDNI",
        "ewc_stat": "W075",
        "t_low": 20.0,
        "t_mid": 20.0,
        "t_high": 20.0,
        "evidence": "O",
        "method": "survey",
    }


def test_skips_a_month_in_winter_become_tonnes_with_an_interval() -> None:
    """3 × 12 × 15 m³ × 0.85 × 0.10 t/m³ × 5/12 = 19.125 t."""
    skips = {"quantite": 3.0, "unite": "benne_15m3", "periode": "mois"}
    rows = declared(skips | {"mois_debut": "11", "mois_fin": "03"})
    (row,) = arisings_of(rows).to_dict("records")
    assert row["t_mid"] == pytest.approx(19.125)
    assert row["t_low"] < 19.125 < row["t_high"]
    assert row["evidence"] == "H"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("", "", 12),
        ("01", "12", 12),
        ("11", "03", 5),
        ("06", "06", 1),
        ("03", "", 12),
        ("07", "06", 12),
    ],
)
def test_months_go_round_the_year(start, end, months) -> None:
    assert available_months(start, end) == months


@pytest.mark.parametrize(
    "row",
    [
        {"periode": "une_fois"},
        {"sens": "recherchee"},
        {"nature": "chaleur", "unite": "mwh"},
        {"nature": "eau"},
        {"nature": "autre"},
        {"nature": "solvants"},
        {"code_dechet": "15 01 10*"},
        {"resource_id": "", "sens": "", "nature": ""},
        {"siret": "99999999999999"},
    ],
)
def test_what_makes_no_arising(row) -> None:
    found = arisings_of(declared(row))
    assert found.empty
    assert found["evidence"].dtype == found["site_id"].dtype


def test_resources_of_one_code_add_up_and_the_class_is_the_worst() -> None:
    rows = declared({}, {"quantite": 10.0, "unite": "balle"}, {"nature": "gravats"})
    found = arisings_of(rows).set_index("waste_code")
    # 10 bales × 0.45 t.
    assert found.loc["15 01 03", "t_mid"] == pytest.approx(24.5)
    assert found.loc["15 01 03", "evidence"] == "H"
    assert found.loc["17 01 07", "stream"] == "INERT"


def test_a_waste_code_of_the_firm_goes_before_that_of_the_nature() -> None:
    own = declared({"code_dechet": "03 01 05"}, {"code_dechet": "20 01 38"})
    found = arisings_of(own).set_index("waste_code")
    assert found["ewc_stat"].to_dict() == {"03 01 05": "W075", "20 01 38": "W075"}


def test_a_firm_of_several_sites_is_that_of_its_commune() -> None:
    where = sites(("b", SAWMILL, Q), ("c", SAWMILL, P), ("a", SAWMILL, Q), ("x", "", P))
    rows = declared({}, {"commune": Q}, {"commune": ""}, {"siret": "0"})
    rows.index = pd.Index([7, 3, 9, 1])
    found = site_of_firm(rows, where)
    assert found.to_dict() == {7: "c", 3: "a", 9: "a", 1: ""}


def test_the_survey_stands_in_place_of_the_ratio_of_its_category_alone() -> None:
    firms = pd.DataFrame(
        {
            "site_id": ["scie", "autre"],
            "siret": [SAWMILL, ""],
            "code_insee": [P, P],
            "naf": ["16.10A", "16.10A"],
            "headcount_low": [10.0, 10.0],
            "headcount_mid": [14.0, 14.0],
            "headcount_high": [19.0, 19.0],
        }
    )
    ratio = estimate_arisings(firms, waste_ratios())
    irep = ratio.iloc[:1].assign(site_id="autre", t_mid=7.0, method="irep")
    irep["ewc_stat"] = "W075"
    found = prefer_observed([arisings_of(declared(), firms), irep, ratio])
    validate(found, table="arisings")
    wood = found[found["ewc_stat"] == "W075"].set_index("site_id")
    assert wood["method"].to_dict() == {"scie": "survey", "autre": "irep"}
    assert wood["t_mid"].to_dict() == {"scie": 20.0, "autre": 7.0}
    other = found[found["ewc_stat"] != "W075"]
    expected = ratio[ratio["ewc_stat"] != "W075"]
    assert len(other) == len(expected) > 0
    pd.testing.assert_frame_equal(prefer_observed([ratio]), ratio)
    pd.testing.assert_frame_equal(prefer_observed([irep.iloc[:0], ratio]), ratio)


def test_needs_keep_what_has_no_mass() -> None:
    wanted = {"sens": "recherchee", "devenir": ""}
    rows = declared(
        wanted,
        wanted | {"quantite": 5.0},
        wanted | {"nature": "chaleur", "unite": "mwh"},
        wanted | {"nature": "cartons", "periode": "une_fois"},
        {},
    )
    needs = survey_needs(rows, declared_masses(rows), sites=sites())
    validate(needs, table="needs")
    mid = needs.set_index("resource")["t_mid"]
    assert mid["palettes"] == 25.0
    assert mid[["chaleur", "cartons"]].isna().all()
    assert needs["method"].unique().tolist() == ["survey"]


OUTLETS = pd.DataFrame(
    {
        "outlet_id": ["isdnd_x", "tri_y", "tri_z"],
        "name": ["Installation de stockage du Pihourc", "Tri Essai", "Autre"],
        "aliases": ["25310217200017;Site de Pihourc", "", "tri essai"],
        "kind": ["isdnd", "centre_tri", "centre_tri"],
    }
)


def flows_of(rows: pd.DataFrame, outlets: pd.DataFrame = OUTLETS) -> pd.DataFrame:
    """Return the outlets in use, validated."""
    pairs = make_pairs().assign(profile="truck")
    to_outlet = pairs[pairs["destination_id"] == Q].assign(destination_id="isdnd_x")
    found = used_outlets(
        rows,
        declared_masses(rows),
        sites=sites(),
        outlets=outlets,
        od_matrix=pd.concat([pairs, to_outlet]),
    )
    validate(found, table="outlet_flows")
    return found


def test_an_outlet_in_use_is_known_by_name_or_alias() -> None:
    by_alias = {"devenir_precision": "SITE DE PIHOURC."}
    rows = declared(by_alias, by_alias | {"quantite": 10.0, "distance_km": 50.0})
    (row,) = flows_of(rows).to_dict("records")
    assert (row["outlet_id"], row["kind"], row["t"]) == ("isdnd_x", "used", 30.0)
    # 20 t × 10 km by the model, 10 t × 50 km as the firm says.
    assert row["tkm"] == pytest.approx(700.0)
    assert pd.isna(row["cost_eur"])


@pytest.mark.parametrize(
    "row",
    [
        {"devenir_precision": "Inconnu"},
        {"devenir_precision": ""},
        {"devenir_precision": "Tri Essai"},  # two outlets bear it
        {"devenir_precision": "Site de Pihourc", "devenir": "interne"},
        {"devenir_precision": "Site de Pihourc", "nature": "autre"},
    ],
)
def test_what_names_no_outlet_stays_in_the_private_table(row) -> None:
    assert flows_of(declared(row)).empty


def test_a_flow_without_mass_is_known_without_tonnes() -> None:
    rows = declared({"devenir_precision": "isdnd_x", "periode": "une_fois"})
    (row,) = flows_of(rows).to_dict("records")
    assert pd.isna(row["t"])
    assert pd.isna(row["tkm"])


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    found = named("site-de  PIHOURC", "25310217200017", "", "!", "autre")
    assert found == ["isdnd_x", "isdnd_x", "", "", "tri_z"]


def named(*texts: str, devenir: str = "repris") -> list[str]:
    """Return the outlets that texts name."""
    rows = declared(*({"devenir_precision": one, "devenir": devenir} for one in texts))
    return named_outlets(rows, OUTLETS).tolist()


def test_a_landfill_is_known_by_the_word_that_it_alone_bears() -> None:
    # What firms write, read in their own forms; « stockage » says what, not which.
    written = ("Le Pihourc", "décharge du Pihourc", "centre de stockage", "Essai")
    assert named(*written, devenir="enfoui") == ["isdnd_x", "isdnd_x", "", ""]
    assert named(*written, devenir="repris") == ["", "", "", ""]


def test_a_word_of_two_landfills_names_none() -> None:
    second = OUTLETS.iloc[[0]].assign(outlet_id="isdi_w", name="Inertes du Pihourc")
    rows = declared({"devenir_precision": "Le Pihourc", "devenir": "enfoui"})
    both = pd.concat([OUTLETS, second.assign(aliases="")])
    assert named_outlets(rows, both).tolist() == [""]


def test_a_firm_stands_where_its_site_is_then_where_it_says() -> None:
    rows = declared(
        {"commune": ""},
        {"commune": Q},
        {"siret": "1", "commune": Q},
        {"siret": "1", "commune": "hors"},
        {"siret": "1", "commune": ""},
    )
    assert place_of_firm(rows, sites()).tolist() == [P, P, Q, "", ""]


def test_inputs_are_left_alone() -> None:
    rows = declared({}, {"sens": "recherchee", "quantite": NAN, "unite": "unite"})
    before = rows.copy()
    arisings_of(rows)
    pd.testing.assert_frame_equal(rows, before)
