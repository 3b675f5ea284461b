"""The map and the workbook of what registers count: toy figures, read back."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd

from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.count_map import count_map
from eitgeo.maps.workbooks.activity_tables import counts_xlsx
from eitgeo.steps.files import count_product_files
from eitgeo.study.project import Project, open_project
from tests.maps.comparators import AREA
from tests.maps.test_print_maps import words
from tests.maps.toy import Toy, released

ROOT = Path(__file__).resolve().parents[2]
N = {code: 500.0 * place for place, code in enumerate(AREA[:8])}
"""The first has none, the last is not covered."""
WHEN = {"2025-12-31": "fin 2025", "2018-12-31": "fin 2018", "2018-01-01": "2018"}


def real(toy: Toy):
    """Return the sheet of what is observed."""
    return replace(toy.sheet, demonstration=())


def counted():
    """Release what the map draws, and a commune beyond the area."""
    rows = [
        ("salaries_industrie", code, n, "fin 2025")
        for code, n in (N | {"65001": 7e4}).items()
    ]
    names = ["fact", "code_insee", "n", "when"]
    return released(pd.DataFrame(rows, columns=names), demonstration=False)


def activity(sector: str, vintage: str, **measures: float):
    """Return a table of activity: the same figures in each commune told."""
    rows = [
        (code, sector, measure, n, vintage)
        for code in [*AREA[:8], "65001"]
        for measure, n in measures.items()
    ]
    names = ["code_insee", "sector", "measure", "value", "vintage"]
    return pd.DataFrame(rows, columns=names)


def test_the_map_says_what_is_counted_and_what_is_not_covered(
    printed: Toy, tmp_path
) -> None:
    drawn = compose(count_map(printed.ground, counted()), real(printed))
    assert drawn == compose(count_map(printed.ground, counted()), real(printed))
    text = words(drawn["pdf"], tmp_path).replace("\u202f", " ").replace("\xa0", " ")
    assert "3 communes sur 9 rassemblent la moitié des salariés" in text
    assert "Salariés de l’industrie, fin 2025" in text
    assert "14 000 salariés, dans 7 communes sur 8" in text
    assert "Sans chiffre dans la source : 1 communes" in text
    assert "3 500" in text
    assert "70 000" not in text
    assert "DÉMONSTRATION" not in text


def test_each_producer_has_its_sheet_and_its_licence(toy: Toy) -> None:
    urssaf = activity("industry", "2025-12-31", employers=2, employees=363)
    insee = pd.concat(
        [
            activity("all", "2018-12-31", establishments=11, establishments_10_plus=3),
            activity("all", "2018-01-01", jobs=163.4),
        ]
    )
    content = counts_xlsx(
        released(urssaf, demonstration=False),
        released(insee, demonstration=False),
        communes=released(
            toy.ground.area.reset_index(drop=True).assign(in_area=True),
            demonstration=False,
        ),
        when=WHEN,
        sheet=real(toy),
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Lisez-moi", "URSSAF (ODbL)", "INSEE"]
    first, second = (
        list(book[name].iter_rows(values_only=True)) for name in book.sheetnames[1:]
    )
    assert [one.replace("\xa0", " ") for one in first[1][2:]] == [
        "Établissements employeurs : industrie",
        "Salariés : industrie",
    ]
    assert first[2][2:] == (2, 363)
    assert len(first) == 2 + 8 + 2
    assert "ODbL" in str(first[-1][0])
    # The census is a sample: two figures.
    assert second[2][2:] == (11, 3, 160)
    assert "Licence Ouverte" in str(second[-1][0])


def test_a_study_that_reads_no_register_has_neither(tmp_path) -> None:
    project = open_project(ROOT / "study.yaml", out=tmp_path)
    names = [path.name for path in count_product_files(project)]
    assert names == [
        "activite_comptee.xlsx",
        "carte_salaries_industrie_A4.pdf",
        "carte_salaries_industrie_A4.png",
    ]
    kept = {True: [], False: names[:1]}
    for is_bare, expected in kept.items():
        counts = () if is_bare else project.study.sources.counts[1:]
        sources = project.study.sources.model_copy(update={"counts": counts})
        bare = project.study.model_copy(update={"sources": sources})
        found = count_product_files(Project(bare, project.base, project.out))
        assert [path.name for path in found] == expected
