"""The label of an indicator stands in its row, and nowhere else: others quote it."""

from pathlib import Path

from eitgeo.reference import shipped
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.labels import epci_fact_labels, labels_of, with_labels
from eitgeo.reference.shipped import shipped_table

PACKAGE = Path(__file__).resolve().parents[2] / "eitgeo"
KINDS = {".py", ".js", ".toml", ".html", ".j2", ".csv"}
FEWEST_WORDS = 3
"""Fewer are common words: « Départements »."""
PROSE = {
    ("dossier/texts/annexes.toml", "Temps médian vers un exutoire autorisé"),
    ("dossier/texts/flows.toml", "Déchets des professionnels, hors inertes"),
    ("maps/workbooks/flow_table.py", "Déchets des professionnels, hors inertes"),
}
"""Sentences that tell what is counted, rather than name the indicator."""


def test_a_label_is_written_once() -> None:
    names = [
        str(label)
        for label in indicator_catalogue()["label"]
        if len(str(label).split()) >= FEWEST_WORDS
    ]
    found = {
        (path.relative_to(PACKAGE).as_posix(), label)
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in KINDS and path.name != "indicators.csv"
        for text in [path.read_text(encoding="utf-8").replace("’", "'")]
        for label in names
        if label in text
    }
    assert found == PROSE


def test_what_quotes_a_label_changes_with_it(monkeypatch) -> None:
    catalogue = shipped_table("indicators.csv").set_index("indicator_id")
    catalogue.loc[["target_sites", "tkm_avoided"], "label"] = ["Cibles", "Moins de km"]
    read = shipped._parsed  # noqa: SLF001 - where all files are read
    told = {"indicators.csv": catalogue.reset_index()}
    monkeypatch.setattr(shipped, "_parsed", lambda file: told.get(file, read(file)))
    assert with_labels("{target_sites} du périmètre") == "Cibles du périmètre"
    assert labels_of("lever")["tkm_avoided"] == "Moins de km"
    assert epci_fact_labels().loc["target_sites", "label"] == "Cibles"
