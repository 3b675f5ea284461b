"""Which NAF rév. 2 code each site has."""

import pandas as pd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.activities import rev2_activities, unbridged_share_pct
from eitgeo.flows.arisings.arising_draws import estimate_arisings
from tests.flows.toy import RATIOS, make_sites


def sites(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return sites: nomenclature of ``naf``, code of rév. 2, code of 2025."""
    table = pd.DataFrame(rows, columns=["naf_version", "naf_rev2", "naf_2025"])
    naf = table["naf_rev2"].where(table["naf_version"] == "NAFRev2", table["naf_2025"])
    return table.assign(naf=naf, site_id=[f"s{n}" for n in range(len(table))])


def test_a_code_of_rev2_is_itself_and_an_unknown_one_is_none() -> None:
    codes = ["16.10A", "16.99Z", "", "16", "04"]
    table = pd.DataFrame({"naf": codes}, index=list("abcde"))
    found = rev2_activities(table)
    assert found.tolist() == ["16.10A", "", "", "16", ""]
    assert found.index.tolist() == list("abcde")
    assert unbridged_share_pct(table) == 0.0


def test_the_code_beside_serves_and_no_2025_code_passes_for_rev2() -> None:
    table = sites(
        ("NAFRev2", "47.76Z", ""),
        ("NAF2025", "45.20A", "95.31A"),
        ("NAF2025", "", "47.76Z"),  # of 2025, though it looks like rév. 2
    )
    assert rev2_activities(table).tolist() == ["47.76Z", "45.20A", ""]
    assert unbridged_share_pct(table) == pytest.approx(50.0)


def test_a_bridge_is_learnt_where_nearly_all_agree() -> None:
    agreed = [("NAF2025", "45.20A", "95.31A")] * 4 + [("NAF2025", "45.20B", "95.31A")]
    split = [("NAF2025", "47.19A", "47.12Y"), ("NAF2025", "47.19B", "47.12Y")]
    lone = [("NAF2025", "", "95.31A"), ("NAF2025", "", "47.12Y"), ("NAF2025", "", "")]
    table = sites(*agreed, *split, *lone)
    assert rev2_activities(table).tolist()[-3:] == ["45.20A", "", ""]
    assert unbridged_share_pct(table) == pytest.approx(20.0)


def test_what_is_not_bridged_has_no_waste() -> None:
    known = make_sites(("a", "47.76Z", 10, "31001"), ("b", "47.76Z", 10, "31001"))
    table = known.assign(
        naf_version="NAF2025", naf_rev2=["47.76Z", ""], naf_2025=["47.76Z", "47.77Y"]
    )
    assert set(estimate_arisings(table, RATIOS)["site_id"]) == {"a"}


def test_a_nomenclature_without_its_codes_is_refused() -> None:
    table = pd.DataFrame({"naf": ["47.76Z"], "naf_version": ["NAF2025"]})
    with pytest.raises(SchemaError, match=r"(?s)naf_rev2.*naf_2025"):
        rev2_activities(table)
