"""What the register of emissions tells is shown where it was read, and nowhere else."""

from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.dossier.chapters.matter import flows
from eitgeo.dossier.desk import Desk
from eitgeo.dossier.model import Paragraph, Section, Table, Value
from tests.dossier.toy import with_tables
from tests.maps.flow_toy import destination_rows
from tests.maps.toy import released

ALLOWED = "Exutoires autorisés (modèle)"
DECLARED = "Exutoires utilisés (déclarés)"
CHECK = "Ce que les déclarations disent du calcul"
TOTALS = "Le gisement et les totaux publiés"


def sections(desk: Desk, **tables: Any) -> dict[str, Section]:
    """Return the sections of the chapter on flows by title."""
    chapter = flows(with_tables(desk, **tables))
    found = [one for one in chapter.blocks if isinstance(one, Section)]
    return {"".join(map(str, one.title)): one for one in found}


def rows_of(section: Section) -> list[list[str]]:
    """Return the cells of the table of a section, with plain spaces."""
    (table,) = [one for one in section.blocks if isinstance(one, Table)]
    assert all(isinstance(one, Value) for line in table.rows for (one,) in line)
    return [
        [" ".join(one.text.split()) for (one,) in line if isinstance(one, Value)]
        for line in table.rows
    ]


def test_nothing_is_shown_where_nothing_was_read(desk: Desk) -> None:
    titles = sections(desk)
    assert DECLARED not in titles
    assert CHECK not in titles
    assert TOTALS not in titles


def test_outlets_in_use_follow_those_of_the_model(desk: Desk) -> None:
    told = destination_rows(
        ("03", False, "recuperation", "propre", "31", 30.0),
        ("03", False, "recuperation", "autre", "09", 2.0),
        ("03", False, "stockage", "autre", "65", 8.0),
        ("13", True, "recuperation", "etranger", "", 4.0),
    )
    found = sections(desk, declared_destinations=told)
    titles = list(found)
    assert titles[titles.index(ALLOWED) + 1] == DECLARED
    assert rows_of(found[DECLARED]) == [
        ["03 xx xx", "40 t/an", "75 %", "65, 09"],
        ["13 xx xx*", "4 t/an", "0 %", "–"],
    ]


def row(measure: str, item: str = "", **told: object) -> dict[str, Any]:
    """Return a row of table ``backtest``."""
    known = {"measure": measure, "item": item, "n_sites": 20, "declared_t": 9e4}
    years = {"first_year": 2018, "last_year": 2019, "verdict": "tenu"}
    names = ("observed", "expected", "low", "high", "law_low", "law_high")
    return dict.fromkeys(names, float("nan")) | known | years | told


def coverage(**told: object) -> dict[str, Any]:
    """Return the row of the share of sites."""
    bounds = {"low": 53.4, "high": 88.8, "law_low": 60.0, "law_high": 95.0}
    known = row("coverage_sites", observed=75.0, expected=80.0)
    return known | bounds | told


def test_the_check_of_the_calculation_says_its_verdict(desk: Desk) -> None:
    ratio = row("median_ratio", "16", observed=1.234, expected=1.0, law_low=0.0)
    aside = row("set_aside", "headcount_unknown", n_sites=3, verdict="")
    own = row("own_departement", "03", observed=66.7, expected=100.0)
    nothing = coverage(measure="coverage_tonnes", law_low=0.0, law_high=100.0)
    told = [coverage(verdict="indecis"), nothing, own | {"verdict": "non_tenu"}]
    found = sections(desk, backtest=released(pd.DataFrame([*told, ratio, aside])))
    first, unsure, rated, second = rows_of(found[CHECK])
    assert rated[0].endswith("(NAF 16)")
    assert rated[2:] == ["1,23", "1,00", "–", "tenu"]
    assert unsure[4] == "–"
    assert first[1:] == [
        *("20", "75 %", "80 % ± 5 points", "60 % à 95 %"),
        "trop peu pour conclure",
    ]
    assert second[2:] == ["67 %", "100 % ± 10 points", "–", "non tenu"]


def test_totals_stand_beside_published_ones_and_say_what_may_part_them(
    desk: Desk,
) -> None:
    own = {"t_low": 100_000.0, "t_mid": 130_000.0, "t_high": 150_000.0}
    by_head = {"by_inhabitants_low": 110_000.0, "by_inhabitants_high": 121_000.0}
    by_job = {"by_employees_low": 65_000.0, "by_employees_high": 65_000.0}
    unknown = dict.fromkeys([*own, *by_job], float("nan"))
    told = [
        {"reference_id": "ndni"} | own | by_head | by_job,
        {"reference_id": "farming"} | by_head | unknown,
    ]
    released_checks = release_derived(pd.DataFrame(told), sources=())
    section = sections(desk, arising_checks=released_checks)[TOTALS]
    first, second = rows_of(section)
    assert first[1:] == [
        "≈ 100 000 à 200 000 t/an",
        "110 000 à 120 000",
        "65 000",
        # 130 000 ÷ 121 000, ÷ 65 000; then 100 000 ÷ 121 000, 150 000 ÷ 65 000.
        "≈ 1 à 2 (0,8 à 2)",
        "en partie",
    ]
    assert second[1:] == ["–", "110 000 à 120 000", "–", "–", "en partie"]
    notes = [one for one in section.blocks if isinstance(one, Paragraph)]
    assert len(notes) == 1 + len(told)
    words = "".join(getattr(one, "text", str(one)) for one in notes[1].runs)
    assert "2022–2023 (AREC" in words


def test_a_sector_that_employs_nobody_here_gives_no_ratio_by_its_employees(
    desk: Desk,
) -> None:
    """Its published total, brought here by employees, is nothing: divided by none."""
    own = {"t_low": 2_000.0, "t_mid": 4_000.0, "t_high": 8_000.0}
    by_head = {"by_inhabitants_low": 2_000.0, "by_inhabitants_high": 4_000.0}
    nobody = {"by_employees_low": 0.0, "by_employees_high": 0.0}
    neither = dict.fromkeys(by_head, 0.0)
    told = [
        {"reference_id": "construction"} | own | by_head | nobody,
        {"reference_id": "trade"} | own | neither | nobody,
    ]
    released_checks = release_derived(pd.DataFrame(told), sources=())
    first, second = rows_of(sections(desk, arising_checks=released_checks)[TOTALS])
    # 4 000 ÷ 4 000, ÷ 2 000; then 2 000 ÷ 4 000, 8 000 ÷ 2 000.
    assert first[3:5] == ["0", "≈ 1 à 2 (0,5 à 4)"]
    assert second[2:5] == ["0", "0", "–"]
