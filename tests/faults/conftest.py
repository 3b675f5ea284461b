"""A small study: the 104 communes of Cœur et Coteaux, with the real files around."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.surrogate import without_roads

ROOT = Path(__file__).resolve().parents[2]
EPCI = "200072643"
BODIES = ("petr_comminges", f"epci_{EPCI}")


class Small:
    """A study in a folder of its own, whose files a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "study.yaml"
        self.raw = folder / "data" / "raw"

    def lines(self, name: str) -> list[str]:
        """Return the lines of a raw file."""
        return (self.raw / name).read_text(encoding="utf-8").splitlines()

    def rewrite(self, name: str, lines: list[str]) -> None:
        """Replace a raw file."""
        text = "\n".join(lines) + "\n"
        (self.raw / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one text of a raw file."""
        text = (self.raw / name).read_text(encoding="utf-8")
        assert old in text
        (self.raw / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def collection(self) -> dict[str, Any]:
        """Return the layer of communes."""
        text = (self.raw / "communes.geojson").read_text(encoding="utf-8")
        layer: dict[str, Any] = json.loads(text)
        return layer

    def save(self, collection: dict[str, Any]) -> None:
        """Replace the layer of communes."""
        text = json.dumps(collection, ensure_ascii=False)
        (self.raw / "communes.geojson").write_text(text, encoding="utf-8")

    def written(self) -> list[str]:
        """Return every file of « data/processed », partials too."""
        found = (self.folder / "data" / "processed").rglob("*")
        return sorted(path.name for path in found if path.is_file())


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """Write the small study once."""
    folder = tmp_path_factory.mktemp("small")
    source, raw = ROOT / "data" / "raw", folder / "data" / "raw"
    shutil.copytree(source, raw)
    layer = json.loads((source / "communes.geojson").read_text(encoding="utf-8"))
    kept = [f for f in layer["features"] if f["properties"]["epci_siren"] == EPCI]
    codes = {feature["properties"]["code_insee"] for feature in kept}
    small = Small(folder)
    small.save({**layer, "features": kept})
    for name, keep in (
        ("bodies.csv", lambda cells: cells[0] in BODIES),
        ("membership.csv", lambda cells: cells[0] in BODIES and cells[1] in codes),
    ):
        header, *lines = small.lines(name)
        small.rewrite(name, [header, *(one for one in lines if keep(one.split(",")))])
    study = without_roads(
        yaml.safe_load((ROOT / "study.yaml").read_text(encoding="utf-8"))
    )
    study["territory"]["perimeters"] = ["petr_comminges"]
    study["sources"]["counts"][0]["covers"] = ["petr_comminges"]
    study["comparison"]["waste_bodies"] = []
    for name in ("first_pair", "phased", "stress"):
        del study["comparison"][name]
    del study["governance"], study["flows"]["syndicate"]
    text = yaml.safe_dump(study, allow_unicode=True, sort_keys=False)
    small.path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def small(template, tmp_path) -> Small:
    """Return a copy of the small study."""
    folder = tmp_path / "étude"
    shutil.copytree(template, folder)
    return Small(folder)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many faults were played."""
    reports = terminalreporter.getreports("passed")
    counts = [
        value
        for one in reports
        for name, value in one.user_properties
        if name == "faults"
    ]
    if counts:
        told = f"{sum(counts)} faults in {len(counts)} series; others, one a test"
        terminalreporter.write_line(told)
