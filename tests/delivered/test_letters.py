"""No letter of a map is too small, on its own paper and in the dossier."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pypdf
import pytest

from eitgeo.maps.paper.charter import TEXT_PT
from eitgeo.maps.paper.formats import A4, MARGIN_MM
from eitgeo.study.project import Project
from tests.disclosure.scan import said_by

LEAST_PT = 7.0
SHOWN_MM = A4.width_mm - 2 * MARGIN_MM
"""Width of a map without its margins: what the dossier shows of it."""
MM_PER_INCH = 25.4


def letters(path: Path) -> Counter[float]:
    """Count the texts of a map by the size of their letters [pt].

    matplotlib sets each text once, at its size: no matrix scales it.
    """
    sizes: Counter[float] = Counter()
    for page in pypdf.PdfReader(path).pages:
        drawn = page.get_contents()
        assert drawn is not None
        sizes.update(map(float, re.findall(rb"/\S+ ([\d.]+) Tf\b", drawn.get_data())))
    return sizes


def printed_at(dossier: Path) -> list[float]:
    """Return at what scale each landscape page of a dossier prints its map."""
    turned = {
        number
        for number, page in enumerate(pypdf.PdfReader(dossier).pages, start=1)
        if page.mediabox.width > page.mediabox.height
    }
    rows = said_by("pdfimages", "-list", str(dossier), file=dossier).splitlines()[2:]
    told = [row.split() for row in rows]
    return [
        int(cells[3]) / float(cells[12]) * MM_PER_INCH / SHOWN_MM
        for cells in told
        if int(cells[0]) in turned and cells[2] == "image"
    ]


@pytest.mark.skipif(shutil.which("pdfimages") is None, reason="poppler absent")
def test_no_letter_of_a_map_is_under_seven_points_in_the_dossier(
    delivered: Project,
) -> None:
    maps = sorted((delivered.maps / "2_cartes").glob("*_A4.pdf"))
    assert len(maps) > 20
    small = {}
    for path in maps:
        drawn = letters(path)
        assert sum(drawn.values()) > 40, path.name
        # A reason of a stamp that crosses a graph is told whole above it.
        if min(drawn) < TEXT_PT and path.stem != "DEMO_graphique_participation_A4":
            small[path.name] = min(drawn)
    assert small == {}
    (dossier,) = (delivered.maps / "3_dossier").glob("*dossier.pdf")
    scales = printed_at(dossier)
    assert len(scales) > 12
    assert min(scales) * TEXT_PT >= LEAST_PT
    assert max(scales) < 1.0
