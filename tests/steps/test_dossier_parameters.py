"""The parameters in force, as the annex of the dossier prints them."""

from eitgeo.steps.documents.parameters import parameter_lines


def test_numbers_are_written_as_french_does() -> None:
    given = {
        "radius_m": 500.0,
        "share": 0.25,
        "min_sites": 3,
        "year": 2025,
        "weights": {"a": 12.5},
        "steps": [1500.0, 0.5],
        "listed": [{"perimeter": "un", "pct": 40.0}],
        "held": True,
        "none": None,
        "empty": [],
    }
    assert dict(parameter_lines("zones", given, {})) == {
        "zones.radius_m": "500",
        "zones.share": "0,25",
        "zones.min_sites": "3",
        "zones.year": "2025",
        "zones.weights.a": "12,5",
        "zones.steps": "1\N{NARROW NO-BREAK SPACE}500 ; 0,5",
        "zones.listed": "perimeter un, pct 40",
        "zones.held": "oui",
        "zones.empty": "aucun",
    }
