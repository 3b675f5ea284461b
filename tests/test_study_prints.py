"""Section ``prints`` of a study: formats of paper and kinds of files."""

from pathlib import Path

import pytest

from eitgeo.errors import StudyError
from eitgeo.steps.files import printed_files
from eitgeo.study.prints import Prints
from eitgeo.study.project import open_project, read_study

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = (ROOT / "study.yaml").read_text(encoding="utf-8")


def written(tmp_path: Path, **keys: str) -> Path:
    """Write the default study with other formats or files."""
    text = DEFAULT
    for key, value in keys.items():
        old = next(line for line in text.splitlines() if line.startswith(f"  {key}: ["))
        text = text.replace(old, f"  {key}: {value}")
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_study_prints_a4_in_pdf_and_png() -> None:
    prints = read_study(ROOT / "study.yaml").prints
    assert prints.formats == ("A4",)
    assert prints.files == ("pdf", "png")


def test_files_are_named_after_their_format(tmp_path: Path) -> None:
    path = written(tmp_path, formats="[A4, A3_portrait]", files="[pdf, png, svg]")
    project = open_project(path, out=tmp_path)
    names = [one.name for one in printed_files(project, "carte_zones")]
    assert names == [
        f"DEMO_carte_zones_{paper}.{suffix}"
        for paper in ("A4", "A3_portrait")
        for suffix in ("pdf", "png", "svg")
    ]


def test_pages_have_an_address_where_the_study_gives_one() -> None:
    without = Prints()
    assert without.address("index.html", "epci-1") == ""
    for folder in ("https://exemple.fr", "https://exemple.fr:8443/a-b/eit/"):
        told = Prints(publish_url=folder).address("1_elus/é t.html", "epci-1")
        assert told == f"{folder.rstrip('/')}/1_elus/%C3%A9%20t.html#epci-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://exemple.fr/eit",
        "exemple.fr/eit",
        "https://exemple.fr/eit?x=1",
        "https://exemple.fr/#x",
        "https://a:b@exemple.fr",
        "https://exemple.fr/a b",
        'https://exemple.fr/"onload',
        "https://exemple.fr//x",
        "file:///eit",
    ],
)
def test_an_address_that_nobody_could_open_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="adresse d'un dossier requise"):
        Prints(publish_url=url)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("formats", "[A3]", "« A4 » doit y figurer"),
        ("formats", "[A4, A4]", "deux fois"),
        ("formats", "[A4, A5]", "vouliez-vous dire « A4 »"),
        ("files", "[pdf, svg]", "« png » doit y figurer"),
        ("files", "[pdf, png, jpg]", "vouliez-vous dire « png »"),
    ],
)
def test_what_cannot_be_printed_is_refused(
    tmp_path: Path, key: str, value: str, told: str
) -> None:
    with pytest.raises(StudyError, match=told):
        read_study(written(tmp_path, **{key: value}))
