"""The picture of participation: what leaves, what it says, on what it is stamped."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from eitgeo.disclosure.door.matter import participation
from eitgeo.disclosure.door.rules import release_derived
from eitgeo.flows.exchanges.participation import TakingPart
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.graphs import participation_figure
from eitgeo.study.governance import Governance
from tests.maps.test_print_maps import words
from tests.maps.toy import Toy
from tests.tables.conftest import frame_of, row_of

PART = TakingPart(0.02, 0.05, 30)
ANIMATION = animation_of(Governance())


def rows(**changes) -> pd.DataFrame:
    """Return two draws of 2 %, one of donors too, one of all; 123 and 345 t: 234."""
    told = [
        (0.02, 1.0, 0, 123.0, 40.0),
        (0.02, 1.0, 1, 345.0, 60.0),
        (0.02, 0.02, 0, 12.3, 40.0),
        (1.0, 1.0, 0, 8765.0, 6.0),
    ]
    return frame_of(
        "participation",
        *(
            row_of(
                "participation",
                share=s,
                donor_share=d,
                draw=n,
                t=t,
                median_km=km,
                **changes,
            )
            for s, d, n, t, km in told
        ),
    )


def test_what_leaves_is_a_mean_over_draws_of_two_figures() -> None:
    found = participation(None, rows(status="chiffre"))  # type: ignore[arg-type]
    table = found.table.set_index(["share", "donor_share"])
    assert table["t"].to_dict() == {
        (0.02, 0.02): 12.0,
        (0.02, 1.0): 230.0,
        (1.0, 1.0): 8800.0,
    }
    assert table["median_km"].tolist() == [40.0, 50.0, 6.0]
    assert not {"draw", "status"} & set(table)
    assert found.withheld == 0


def test_a_share_leaves_only_if_each_of_its_draws_may() -> None:
    secret = rows(status="chiffre")
    secret.loc[1, "status"] = "secret"
    found = participation(None, secret)  # type: ignore[arg-type]
    # The share of donors leaves on its own.
    assert found.table[["share", "donor_share"]].to_numpy().tolist() == [
        [0.02, 0.02],
        [1.0, 1.0],
    ]
    assert found.withheld == 1


def test_the_picture_says_what_the_study_keeps(printed: Toy, tmp_path: Path) -> None:
    table = participation(None, rows(status="chiffre")).table  # type: ignore[arg-type]
    shares = release_derived(table, sources=("une source",))
    sheet = replace(printed.sheet, demonstration=("essai",))
    drawn = participation_figure(shares, part=PART, animation=ANIMATION, nisp_km=32.8)
    files = compose(drawn, sheet)
    text = " ".join(words(files["pdf"], tmp_path).split())
    assert "si 2 à 5 % des donneurs et des preneurs prennent part" in text
    assert "DÉMONSTRATION" in text
    assert "33 km publiés" in text
    assert "la même part des donneurs donne" in text
    assert "ce qui pourrait être demandé" in text
    assert "Ce qu’un animateur en réalise en 3 ans" in text
    assert "Projection" not in text
    # No figure of one share alone is written: curves show them.
    assert "8 800" not in text
