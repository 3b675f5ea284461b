"""The package knows no territory: names of the default study stay in the study."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(
    r"systom|comminges|pihourc|saint-gaudens|c(œ|oe)ur et coteaux|lannemezan|nestes\b"
    r"|200072643|31483(?<!\d31483)(?!\d)|barousse|boussens|haut-garonnais"
)
"""In small letters; each begins by a letter or a digit, which is sought fast."""
TEXT = {
    ".csv",
    ".css",
    ".html",
    ".j2",
    ".js",
    ".json",
    ".py",
    ".qgs",
    ".qml",
    ".typ",
    ".xml",
}
CITED = {
    # File → (what may stand there, why). A source is cited as it is named.
    "reference/landfill_tax.csv": (
        ["22/02/2026 (bilan des tonnages du SYSTOM des Pyrénées)"],
        "the press article that gives the national rates",
    ),
    "reference/synergies.csv": (
        [
            "sivom-haut-comminges.fr",
            "vivreencomminges.org",
            "ccplateaudelannemezan.fr",
        ],
        "addresses of the pages that a rule comes from",
    ),
    "reference/process_sheets.csv": (
        ["Plateau de Lannemezan : démarche d’échange de chaleur"],
        "an example of a process, with its source, as any in France",
    ),
}

NOMENCLATURES = {"reference/epci.csv": 1200}
"""Lists of all of France, and how many rows one has at least: none is chosen in it."""


def named(text: str) -> list[str]:
    """Return the places that a text names."""
    return [found[0] for found in NAMES.finditer(text.lower())]


def test_a_name_is_seen() -> None:
    assert named("le Pihourc, à Saint-Gaudens (31483)") == [
        "pihourc",
        "saint-gaudens",
        "31483",
    ]
    assert named("l'honnêteté des voisins, 131483 t") == []


def test_nothing_in_the_package_names_the_territory_of_the_default_study() -> None:
    found = {}
    for path in sorted((ROOT / "eitgeo").rglob("*")):
        name = path.relative_to(ROOT / "eitgeo").as_posix()
        if path.suffix in TEXT and name not in NOMENCLATURES:
            text = path.read_text(encoding="utf-8")
            for allowed in CITED.get(name, ([], ""))[0]:
                assert allowed in text, f"{name}: « {allowed} » is no longer there"
                text = text.replace(allowed, "")
            if named(text):
                found[name] = named(text)
    assert found == {}


def test_a_nomenclature_holds_all_of_france() -> None:
    for name, least in NOMENCLATURES.items():
        rows = (ROOT / "eitgeo" / name).read_text(encoding="utf-8").splitlines()
        assert len(rows) > least
        assert len(set(rows)) == len(rows)
        assert named("\n".join(rows))  # without it, nothing is to be allowed
