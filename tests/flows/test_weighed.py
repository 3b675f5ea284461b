"""What clients of weighbridges bring: by hand, by brute force, and two editions."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.answers import publishable_answers
from eitgeo.disclosure.publications import leaking_cells, make_publication
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
    answers = publishable_answers(told).table
    assert answers[["item", "n_firms", "t"]].to_numpy().tolist() == [
        ["professionnel|bois|2025", 4, 9.9]
    ]


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
    # A client that had a name keeps it, or its two sums would look like two clients.
    kept = client_names(tickets, known=["c:9"]).tolist()
    assert kept[3:5] == ["c:9", "c:9"]


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


def random_rows(rng: np.random.Generator, n_firms: int) -> pd.DataFrame:
    """Draw tickets of firms: a few large, many small, some corrected."""
    n = 6 * n_firms
    return pd.DataFrame(
        {
            "place": rng.choice([EPCI, "200000002"], n),
            "kind": "professionnel",
            "family": rng.choice(["bois", "papiers"], n, p=[0.8, 0.2]),
            "year": "2025",
            "firm": rng.choice([f"s:{k:09d}" for k in range(n_firms)], n),
            "mass_kg": np.round(
                rng.lognormal(6, 1.5, n) * rng.choice([1, -0.02], n), 1
            ),
        }
    )


def test_no_published_sum_lets_the_tonnes_of_one_client_be_had() -> None:
    rng = np.random.default_rng(31)
    n_told = 0
    for _ in range(80):
        told = weighed_contributions(random_rows(rng, int(rng.integers(3, 9))))
        cells = told["epci_siren"] + told["item"]
        clean = told[~cells.isin(set(cells[told["t"] < 0]))]
        keys = (clean["epci_siren"] + clean["item"]).tolist()
        brought = clean["t"].tolist()
        for row in publishable_answers(clean).table.to_dict("records"):
            name = f"{row['epci_siren']}{row['item']}"
            mine = [t for key, t in zip(keys, brought, strict=True) if key == name]
            n_told += 1
            assert len(mine) >= 3
            assert max(mine) <= 0.85 * sum(mine) * (1 + 1e-9)
            # Whoever knows its own cannot come within a tenth of another.
            for knower, other in itertools.permutations(mine, 2):
                rest = sum(mine) - knower - other
                assert rest >= 0.1 * other * (1 - 1e-9)
    assert n_told > 20


def test_two_editions_never_differ_by_fewer_than_three_clients() -> None:
    rng = np.random.default_rng(7)
    outcomes: set[bool] = set()
    for n_more in (0, 1, 2, 3, 6, 6, 9):
        first = random_rows(rng, 8).assign(place=EPCI, family="bois")
        first["mass_kg"] = first["mass_kg"].abs()
        more = pd.DataFrame(
            {
                "firm": [f"s:9{k:08d}" for k in range(n_more)],
                "mass_kg": rng.uniform(900, 1100, n_more),
            }
        )
        told = more.assign(place=EPCI, kind="professionnel", family="bois", year="2025")
        second = pd.concat([first, told], ignore_index=True)
        one, two = (weighed_contributions(rows) for rows in (first, second))
        before = make_publication(one, publishable_answers(one).table, day="2026-01-01")
        after = make_publication(two, publishable_answers(two).table, day="2026-06-01")
        assert before.cells
        refused = bool(leaking_cells([before], after))
        assert refused == (0 < n_more < 3)
        outcomes.add(refused)
    assert outcomes == {True, False}
