"""What clients of weighbridges bring: by hand, by brute force, and two editions."""

import math

import pandas as pd
import pytest

from eitgeo.disclosure.answers import may_tell, sums_of
from eitgeo.flows.arisings.declared import (
    Period,
    client_names,
    exact_t,
    outlets_in_use,
    weighed_contributions,
    weighed_flows,
    weighed_rows,
)
from eitgeo.sources.survey.weighings import read_weighings
from tests.sources.weighing_files import TOWN, A, B, C, D, layout, write_tickets

EPCI = "200000001"


def registered(*sirets: str) -> pd.DataFrame:
    """Return establishments of one commune."""
    return pd.DataFrame(
        {
            "site_id": [f"site {n}" for n in range(len(sirets))],
            "siret": sirets,
            "code_insee": "31001",
            "naf": "16.10A",
        }
    )


@pytest.fixture
def rows(tmp_path) -> pd.DataFrame:
    """The tickets made by hand; five clients of six are in the registers."""
    path = write_tickets(tmp_path / "p.csv")
    tickets = read_weighings(path, layout=layout()).table
    sites = registered(A, B, C, D, TOWN, "")
    return weighed_rows(tickets, sites=sites, epci_of={"31001": EPCI})


def test_sums_are_those_done_by_hand(rows) -> None:
    told = weighed_contributions(rows)
    wood = told[told["item"] == "professionnel|bois|2025"]
    assert dict(zip(wood["firm"].str[2:11], wood["t"], strict=True)) == {
        A[:9]: 2.3005,
        B[:9]: 2.00075,
        C[:9]: 3.0,
        D[:9]: 2.59925,
    }
    assert told.groupby("item")["t"].agg(math.fsum).round(9).to_dict() == {
        "collectivite|melange|2025": 8.0,
        "professionnel|bois|2025": 9.9005,
        "professionnel|melange|2025": 9.0,
        "professionnel|papiers|2025": 9.5,
    }
    assert rows["kind"].value_counts().to_dict() == {
        "professionnel": 17,
        "collectivite": 2,
        "inconnu": 2,
    }
    safe = [
        c.item for c, firms in sums_of(told).items() if may_tell(c, firms, known="")
    ]
    assert safe == ["professionnel|bois|2025"]


def test_totals_are_kept_whatever_the_sums_are_told_by(rows) -> None:
    for by, unknown in (("epci", 8000 + 700 + 450 + 120), ("naf", 8000 + 700)):
        again = weighed_rows(
            rows[[*rows.columns[:12]]],
            sites=registered(A, B, C, D, TOWN),
            epci_of={"31001": EPCI},
            by=by,
        )
        placed = again["place"] != ""
        assert math.fsum(again.loc[~placed, "mass_kg"]) == unknown
        assert math.fsum(again["mass_kg"]) == math.fsum(rows["mass_kg"])
        kept = placed & again["family"].ne("") & again["firm"].ne("")
        told = weighed_contributions(again)["t"]
        assert math.fsum(told) == pytest.approx(exact_t(again.loc[kept, "mass_kg"]))


def test_those_of_one_siren_or_one_number_are_one_client() -> None:
    tickets = pd.DataFrame(
        {
            "siret": [A, f"{A[:9]}99999", "", "", B, ""],
            "client": ["", "k7", "K7", "9", "9", ""],
        }
    )
    names = client_names(tickets).tolist()
    assert names == [*[f"s:{A[:9]}"] * 3, *[f"s:{B[:9]}"] * 2, ""]


def test_a_public_client_is_one_by_its_siren_its_activity_or_its_name() -> None:
    tickets = pd.DataFrame(
        {
            "day": "2025-01-02",
            "siret": [TOWN, "", "", "", ""],
            "naf": ["", "84", "", "16", ""],
            "client": ["", "x", "Mairie", "y", ""],
            "commune": "31001",
        }
    )
    found = weighed_rows(
        tickets,
        sites=registered(),
        epci_of={"31001": EPCI},
        public_clients=["MAIRIE"],
    )
    assert found["kind"].tolist() == [*["collectivite"] * 3, "professionnel", "inconnu"]
    assert set(found["place"]) == {EPCI}


def test_outlets_are_told_where_three_clients_weigh(rows) -> None:
    cell = (rows["place"] + "|" + rows["kind"] + "|" + rows["family"]).mask(
        rows["place"] == "", ""
    )
    used = outlets_in_use(rows, cell)
    assert used == {
        f"{EPCI}|professionnel|bois": ["quai_nord"],
        f"{EPCI}|professionnel|papiers": ["quai_nord"],
    }


def test_flows_of_half_a_year_have_no_tonnes_a_year(rows) -> None:
    half = weighed_flows(rows, whole_years=[])
    whole = weighed_flows(rows, whole_years=["2025"])
    assert half["t"].isna().all()
    assert half["outlet_id"].tolist() == whole["outlet_id"].tolist()
    key = ["site_id", "waste_code", "outlet_id"]
    t = whole.set_index(key)["t"].to_dict()
    assert t["site 0", "15 01 03", "quai_nord"] == 2.3005
    assert t["site 4", "20 03 01", "quai_sud"] == 8.0
    assert Period("2025-01-01", "2025-06-30").within("2025").is_year() is False
