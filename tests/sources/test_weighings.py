"""Tickets of weighbridges: what is read, left out, doubtful and refused."""

import math

import openpyxl
import pytest
from pydantic import ValidationError

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.survey.published_weighings import (
    read_published_weighings,
    weighings_csv,
)
from eitgeo.sources.survey.weighings import read_weighings, united_weighings
from tests.sources.source import Source, plain
from tests.sources.weighing_files import (
    HEADER,
    N_KEPT,
    NORTH,
    TICKETS,
    TOTAL_KG,
    A,
    csv_of,
    layout,
    write_tickets,
)

PUBLISHED = (
    "lieu,nom,clients,famille,libelle,annee,du,au,nombre,tonnes,exutoires,publie_le\n"
    "200072643,CC été,professionnel,bois,Bois,2025,2025-01-01,2025-06-30,4,9.9,"
    "quai_nord;quai_sud,2026-11-24\n"
    "16,Bois,collectivite,melange,Mélange,2024,2024-01-01,2024-12-31,12,120,,"
    "2026-11-24\n"
)

SAMPLES = {
    "weighings": Source(
        "Pesées du syndicat (tickets d'un pont-bascule), CSV",
        ("read_weighings",),
        "pesees.csv",
        lambda path, _: read_weighings(path, layout=layout()),
        csv_of(),
        separator=";",
        encoding="cp1252",
        text="Client",
        needed="Poids net",
        number="Poids net",
        date="Date",
    ),
    "published_weighings": Source(
        "Sommes publiées des pesées, CSV",
        ("read_published_weighings",),
        "pesees.csv",
        plain(read_published_weighings),
        PUBLISHED.encode(),
        table="weighed_public",
        text="nom",
        needed="nombre",
        number="tonnes",
        date="publie_le",
    ),
}


def test_what_counts_adds_up_to_the_gram(tmp_path) -> None:
    found = read_weighings(write_tickets(tmp_path / "p.csv"), layout=layout())
    table = found.table
    assert (len(table), math.fsum(table["mass_kg"])) == (N_KEPT, TOTAL_KG)
    assert len(table) + len(found.dropped) == len(TICKETS)
    assert found.dropped["reason"].value_counts().to_dict() == {
        "produit qui n'est pas un déchet": 3,
        "ticket annulé": 2,
        "ticket déjà lu": 2,
    }
    groups = table.groupby("family")["mass_kg"]
    sums = {name: math.fsum(masses) for name, masses in groups}
    assert sums == {
        "": 600.0,
        "bois": 9900.5 + 700 + 450,
        "inertes": 8000.0,
        "melange": 9000.0 + 8000,
        "organiques": 120.0,
        "papiers": 9500.0,
    }
    assert found.notes["kind"].value_counts().to_dict() == {
        "siret_faux": 2,
        "produit_inconnu": 1,
        "site_inconnu": 1,
        "correction": 1,
    }
    wrong = table[["siret", "naf", "client"]].iloc[15]
    assert wrong.tolist() == ["", "25", "C-77"]
    assert table["outlet_id"].value_counts().to_dict() == {
        "quai_nord": 12,
        "quai_sud": 7,
        "": 2,
    }
    # Nothing of a client stands in what is told of the file.
    for told in (found.dropped, found.notes):
        assert A not in told.to_csv()


def test_a_workbook_tells_the_same(tmp_path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Export du pont-bascule"])
    page.append(HEADER)
    for ticket in TICKETS:
        mass = ticket[6].replace("\u202f", "").replace(" ", "").replace(",", ".")
        page.append([*ticket[:6], float(mass), *ticket[7:]])
    book.save(tmp_path / "p.xlsx")
    told = read_weighings(tmp_path / "p.xlsx", layout=layout())
    same = read_weighings(write_tickets(tmp_path / "p.csv"), layout=layout())
    assert told.table.equals(same.table)
    assert len(told.dropped) == len(same.dropped)


def test_tonnes_are_a_thousand_kilograms(tmp_path) -> None:
    ticket = ("1", "2025-03-01", A, "", "", "Bois B", "1.0005", NORTH, "")
    path = write_tickets(tmp_path / "p.csv", ticket)
    asked = layout(unit="t", decimal=".", date_format="%Y-%m-%d")
    assert read_weighings(path, layout=asked).table["mass_kg"].tolist() == [1000.5]


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({1: "31/02/2025"}, "« Date » = « 31/02/2025 » → date requise comme"),
        ({6: "1.5"}, "« Poids net » = « 1.5 » → écrire un nombre"),
        ({6: ""}, "« Poids net » = «  »"),
        ({6: "1000001"}, "ticket de 1000 t → vérifier la pesée, et l'unité"),
    ],
)
def test_what_is_no_ticket_is_refused(tmp_path, change, met) -> None:
    cells = [change.get(n, cell) for n, cell in enumerate(TICKETS[0])]
    path = write_tickets(tmp_path / "p.csv", tuple(cells), TICKETS[1])
    with pytest.raises(SchemaError) as refused:
        read_weighings(path, layout=layout())
    assert f"ligne 2 : {met}" in str(refused.value)


def test_two_loads_of_one_number_are_refused_in_one_file_or_two(tmp_path) -> None:
    other = (*TICKETS[0][:6], "1234", *TICKETS[0][7:])
    one = write_tickets(tmp_path / "a.csv", TICKETS[0])
    two = write_tickets(tmp_path / "b.csv", other, TICKETS[1])
    with pytest.raises(SchemaError, match="« 1 » pesé deux fois"):
        read_weighings(
            write_tickets(tmp_path / "c.csv", TICKETS[0], other), layout=layout()
        )
    loads = [read_weighings(path, layout=layout()) for path in (one, two)]
    with pytest.raises(SchemaError, match="« 1 » dans deux fichiers"):
        united_weighings(loads)
    again, n_twice = united_weighings([loads[0], loads[0]])
    assert (len(again), n_twice) == (1, 1)


def test_products_and_period_are_held_to_the_study(tmp_path) -> None:
    path = write_tickets(tmp_path / "p.csv")
    for code in ("W999", "99 99 99"):
        with pytest.raises(SchemaError, match=code):
            read_weighings(path, layout=layout(products={"Bois B": code}))
    late = layout(first_day="2025-02-01", last_day="2025-12-31")
    with pytest.raises(SchemaError, match="hors de la période déclarée"):
        read_weighings(path, layout=late)
    risky = layout(products={"Bois B": "20 01 37*"})
    families = read_weighings(path, layout=risky).table["family"]
    assert set(families) == {"", "dangereux"}


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({"paths": ["data/raw/pesees.csv"]}, "dossier « private »"),
        ({"paths": ["private/../pesees.csv"]}, "dossier « private »"),
        ({"published": "private/pesees.csv"}, "hors de « private »"),
        ({"date_format": "%d/%m"}, "jour, mois et année"),
        ({"first_day": "2025-02-01", "last_day": "2025-01-01"}, "vient après"),
    ],
)
def test_a_section_that_would_mislead_is_refused(change, met) -> None:
    with pytest.raises(ValidationError, match=met):
        layout(**change)


def test_published_sums_are_read_as_they_were_written(tmp_path) -> None:
    path = tmp_path / "pesees.csv"
    path.write_bytes(PUBLISHED.encode())
    table = read_published_weighings(path)
    path.write_bytes(weighings_csv(table, epci_names={"200072643": "=CC"}))
    assert read_published_weighings(path).equals(table)
    for old, new, met in (
        (",4,9.9,", ",2,9.9,", "moins de trois clients"),
        (",4,9.9,", ",4,9.91,", "deux chiffres significatifs"),
        ("2025-06-30", "2026-06-30", "hors de « annee »"),
        ("professionnel", "menage", "professionnel"),
    ):
        path.write_text(PUBLISHED.replace(old, new), encoding="utf-8")
        with pytest.raises(SchemaError, match=met):
            read_published_weighings(path)
    with pytest.raises(SourceError):
        read_published_weighings(tmp_path / "absent.csv")
