"""Bodies of several sources: the first wins, and what it hides is told."""

import pandas as pd

from eitgeo.sources.files.loaded import dropped_rows, note_rows
from eitgeo.sources.territory.bodies import BodyTables, merge_bodies


def tables(source: str, bodies: dict[str, list[str]], also: str = "") -> BodyTables:
    """Return bodies with their members, all described by one source."""
    names = [*bodies, *([also] if also else [])]
    described = pd.DataFrame(
        {
            "body_id": names,
            "kind": "petr",
            "name": [f"{name} ({source})" for name in names],
            "legal_person": True,
            "economic_competence": False,
            "waste_competence": False,
            "status": "publie",
            "source": source,
        }
    )
    pairs = [(body, code) for body, codes in bodies.items() for code in codes]
    members = pd.DataFrame(pairs, columns=["body_id", "code_insee"], dtype="str")
    members = members.assign(
        from_date="2025-01-01", to_date="", status="publie", source=source
    )
    return BodyTables(
        table=members, bodies=described, dropped=dropped_rows([]), notes=note_rows([])
    )


def test_each_body_is_told_by_one_source() -> None:
    first = tables("A", {"x": ["31001", "31002"]}, also="z")
    then = tables("B", {"x": ["31001", "31003"], "y": ["31004"], "z": ["31005"]})
    merged = merge_bodies([first, then])
    assert merged.bodies["name"].tolist() == ["x (A)", "y (B)", "z (A)"]
    members = merged.table[["body_id", "code_insee", "source"]].to_numpy().tolist()
    # The first source describes « z » and gives it no member: the next does.
    assert members == [
        ["x", "31001", "A"],
        ["x", "31002", "A"],
        ["y", "31004", "B"],
        ["z", "31005", "B"],
    ]
    described = "structure décrite par une source qui précède"
    given = "membres donnés par une source qui précède"
    assert merged.dropped.to_numpy().tolist() == [
        ["B", "x", "x (B)", described],
        ["B", "z", "z (B)", described],
        ["B", "31001", "x", given],
        ["B", "31003", "x", given],
    ]


def test_rows_in_are_rows_out_and_rows_told() -> None:
    parts = [tables(name, {"x": ["31001"], name.lower(): ["31002"]}) for name in "ABC"]
    merged = merge_bodies(parts)
    kept = len(merged.table) + len(merged.bodies)
    assert kept + len(merged.dropped) == sum(
        len(p.table) + len(p.bodies) for p in parts
    )
    assert len(merge_bodies(parts[:1]).table) == 2
