"""Members of EPCI as the authority lists them; the package never reads these files."""

import json
from pathlib import Path

import pytest

COG = Path(__file__).resolve().parents[3] / "shared" / "data" / "cog"


def official_lists() -> dict[str, frozenset[str]]:
    """Return the members of each EPCI of four départements by SIREN, or skip."""
    if not COG.is_dir():
        pytest.skip("official lists absent: ../shared/data/cog")
    rows = json.loads((COG / "epci_09_31_32_65.json").read_text(encoding="utf-8"))
    return {
        one["code"]: frozenset(member["code"] for member in one["membres"])
        for one in rows
    }
