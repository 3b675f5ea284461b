"""Two communes, side by side, and a writer of small files.

y = 6 210 000 ┌───────────┬───────────┐
              │   09001   │   31002   │
              │   seat ·  │  · seat   │
y = 6 200 000 └───────────┴───────────┘
        x = 500 000   510 000      520 000
"""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    """Return the two communes with their seats, EPSG:2154."""
    return gpd.GeoDataFrame(
        {
            "code_insee": ["09001", "31002"],
            "nom": ["L'Œuvre-Basse", "Saint-Élix"],
            "dep": ["09", "31"],
            "population": [100, 300],
            "area_km2": [100.0, 100.0],
            "seat_x": [505_000.0, 515_000.0],
            "seat_y": [6_205_000.0, 6_205_000.0],
            "in_area": [True, True],
        },
        geometry=[
            box(500_000, 6_200_000, 510_000, 6_210_000),
            box(510_000, 6_200_000, 520_000, 6_210_000),
        ],
        crs="EPSG:2154",
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file and gives its path."""

    def to_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    return to_file


@pytest.fixture
def raw() -> Path:
    """Return the folder of the default data."""
    return ROOT / "data" / "raw"


@pytest.fixture
def shared() -> Path:
    """Return the folder of the official files, or skip."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("official files absent: ../shared/data")
    return folder
