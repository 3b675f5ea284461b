"""Activities in plain words, and what they must sort."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.reference.naf import (
    activity_labels,
    activity_words,
    naf_subclasses,
    sorting_duties,
)

OFFICIAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "waste"


def test_labels_are_those_of_insee() -> None:
    path = OFFICIAL / "stg_naf_2008.csv"
    if not path.is_file():
        pytest.skip("../shared/data is absent")
    naf = pd.read_csv(path, dtype=str).set_index("code_sous_classe")
    theirs = naf["libelle_sous_classe"].str.replace("'", "’", regex=False)
    assert activity_labels() == dict(theirs.sort_index())


def test_every_activity_has_a_label_and_words_name_activities() -> None:
    assert set(activity_labels()) == naf_subclasses()
    words = activity_words()
    assert set(words) <= naf_subclasses()
    for word, code in {
        "scierie": "16.10A",
        "restaurant": "56.10A",
        "menuiserie": "43.32A",
        "garage": "45.20A",
        "camping": "55.30Z",
    }.items():
        assert word in words[code].split(), word


def test_duties_say_where_they_were_read_or_that_they_were_not() -> None:
    duties = sorting_duties()
    assert duties["duty_id"].is_unique
    assert set(duties["status"]) == {"source", "memoire"}
    is_read = duties["status"].eq("source")
    assert set(duties.loc[is_read, "evidence"]) == {"S"}
    assert set(duties.loc[~is_read, "evidence"]) == {"H"}
    # A page that was read has its host.
    assert duties.loc[is_read, "source"].str.contains(r"\w\.(?:fr|com|net)").all()
    assert duties.loc[~is_read, "source"].eq("connaissance générale").all()
    named = {code for held in duties["naf"] for code in held.split(";")}
    assert named - naf_subclasses() == {"*"}
    for name, naf in {"vaisselle": "56.10A", "chantier": "43.99C"}.items():
        (held,) = duties.loc[duties["duty_id"] == name, "naf"]
        assert naf in held.split(";")
        assert "16.10A" not in held.split(";")
