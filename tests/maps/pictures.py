"""Every print map of the toy study, by name; reference pictures: rewrite them with
``python -m tests.maps.pictures`` and look at them before committing."""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from eitgeo.maps.paper.ground import Relief
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.body_map import body_map
from eitgeo.maps.prints.print_maps import territory_map
from tests.maps import (
    test_core_map,
    test_difference,
    test_flow_maps,
    test_print_maps,
    test_zone_maps,
    test_zone_potential_map,
)
from tests.maps.toy import CODES, SIDE_M, X0, Y0, Toy, make_toy, released

REFERENCES = Path(__file__).parent / "references"
DOTS_PER_INCH = 45


def relief() -> Relief:
    """Return a dome over the toy study, unknown in the east."""
    side = np.linspace(-1, 1, 80)
    z = 1_500 * np.exp(-2 * (side[:, None] ** 2 + side**2))
    z[:, 70:] = np.nan
    return Relief(z, (X0 - SIDE_M, Y0 - SIDE_M, X0 + 4 * SIDE_M, Y0 + 4 * SIDE_M))


def shaded(toy: Toy) -> Toy:
    """Return the toy study on its dome."""
    return replace(toy, ground=replace(toy.ground, relief=relief()))


def bodies() -> pd.DataFrame:
    """Return a PETR, two syndicates and a contract, beside the EPCI."""
    rows = [
        ("epci_200000001", "CA de l'Aval", "epci", True, True, True),
        ("petr_a", "PETR de l'Aval", "petr", True, False, False),
        ("petr_b", "PETR du Nord", "petr", True, False, False),
        ("tri", "Syndicat <b>du tri</b> $x$", "syndicat", True, False, True),
        ("ti", "Territoire d'industrie", "ti", False, False, False),
    ]
    names = ["body_id", "name", "kind", "legal_person"]
    names += ["economic_competence", "waste_competence"]
    return pd.DataFrame(rows, columns=names)


def memberships() -> pd.DataFrame:
    """Return who is in which, the syndicate « à confirmer »."""
    held = {"petr_a": CODES[:3], "petr_b": CODES[6:9], "tri": CODES[:6], "ti": CODES}
    rows = [
        (body, code, "a_confirmer" if body == "tri" else "publie")
        for body, codes in held.items()
        for code in codes
        if body != "ti" or code != "31005"
    ]
    return pd.DataFrame(rows, columns=["body_id", "code_insee", "status"])


def neighbours(*, none: bool = False) -> gpd.GeoDataFrame:
    """Return an initiative near by."""
    near = gpd.GeoDataFrame(
        {"name": ["Démarche voisine"], "status": ["a_verifier"]},
        geometry=[Point(X0 + 2.5 * SIDE_M, Y0 + 2.2 * SIDE_M)],
        crs=2154,
    )
    return near.iloc[:0] if none else near


def draw_bodies(toy: Toy) -> dict[str, bytes]:
    """Draw the map of structures of the toy study."""
    return body_map(
        toy.ground,
        released(bodies()),
        members=released(memberships()),
        neighbours=released(neighbours()),
        sheet=toy.sheet,
    )


def draw_difference(toy: Toy) -> dict[str, bytes]:
    """Draw what changes from the south row to the ring."""
    return test_difference.sheet_of(toy, test_difference.made(toy))


MAPS: dict[str, Callable[[Toy], dict[str, bytes]]] = {
    "coeur": test_core_map.draw,
    "ecart": draw_difference,
    "echanges": lambda toy: test_flow_maps.draw("echanges", toy),
    "gisements": lambda toy: test_flow_maps.draw("gisements", toy),
    "gisements_zones": test_zone_potential_map.draw,
    "perimetre": lambda toy: test_print_maps.draw(toy, "anneau"),
    "stabilite": test_zone_maps.draw_stability,
    "structures": draw_bodies,
    "territoire": lambda toy: compose(
        territory_map(toy.ground, toy.perimeters, members=toy.members), toy.sheet
    ),
    "zones": test_zone_maps.draw_zones,
}


def picture(pdf: bytes, path: Path) -> Path:
    """Rasterise the page of a PDF, as a reader's program does."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as page:
        page.write(pdf)
        page.flush()
        stem = str(path.with_suffix(""))
        subprocess.run(  # noqa: S603
            [  # noqa: S607
                "pdftoppm",
                "-r",
                str(DOTS_PER_INCH),
                "-png",
                "-singlefile",
                page.name,
                stem,
            ],
            check=True,
        )
    return path


def main() -> None:
    """Write every reference picture."""
    REFERENCES.mkdir(exist_ok=True)
    toy = shaded(make_toy())
    for name, draw in MAPS.items():
        picture(draw(toy)["pdf"], REFERENCES / f"{name}.png")


if __name__ == "__main__":
    main()
