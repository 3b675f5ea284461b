"""Two editions: what did not change between them has the same unknowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eitgeo.audit.published import Published, read_published
from eitgeo.audit.registers import TONNES, Registers, read_registers
from eitgeo.audit.unknowns import Shared, summed

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_AMOUNTS = ["value", "low", "high"]


class Edition(NamedTuple):
    """An edition of a study: what it publishes, and who was where.

    Attributes
    ----------
    published
        What was read.
    registers
        Who was where; those of the audited edition where its own are not at hand.
    """

    published: Published
    registers: Registers


def read_edition(folder: Path, current: Registers) -> Edition:
    """Read another edition."""
    published = read_published(folder)
    root = folder if (folder / "maps").is_dir() else folder.resolve().parent
    processed = root / "data" / "processed"
    if (processed / "sites.parquet").is_file():
        return Edition(published, read_registers(processed))
    return Edition(published, current)


def shared_with(current: Registers, other: Registers) -> Shared:
    """Say what two editions have in common."""
    sites = {
        name: _same_rows(rows, other.amounts[name])
        for name, rows in current.amounts.items()
        if name in other.amounts
    }
    return Shared(sites, _same_givers(current, other), _same_draws(current, other))


def _same_rows(here: pd.DataFrame, there: pd.DataFrame) -> frozenset[str]:
    keys = ["site_id", "firm_id", "code_insee"]
    a = here.groupby(keys)[_AMOUNTS].sum()
    b = there.groupby(keys)[_AMOUNTS].sum()
    both = a.index.intersection(b.index)
    a, b = a.loc[both], b.loc[both]
    near = (a - b).abs() <= 1e-9 * a.abs()
    return frozenset(str(key[0]) for key in both[near.all(axis=1)])


def _same_givers(current: Registers, other: Registers) -> frozenset[str]:
    def gifts(registers: Registers) -> dict[str, dict[tuple[str, str], float]]:
        names = "site_id", "donor_id", "receiver_id"
        found: dict[str, dict[tuple[str, str], float]] = {}
        for (site, *pair), t in summed(registers.ends, "donor", names).items():
            found.setdefault(site, {})[pair[0], pair[1]] = round(t, 9)
        return found

    here, there = gifts(current), gifts(other)
    sites = set(current.amounts[TONNES]["site_id"]) | set(here)
    return frozenset(one for one in sites if here.get(one) == there.get(one))


def _same_draws(current: Registers, other: Registers) -> frozenset[str]:
    a, b = current.draws, other.draws
    both = a.index.intersection(b.index)
    if list(a.columns) != list(b.columns):
        return frozenset()
    a, b = a.loc[both], b.loc[both]
    near = (a - b).abs() <= 1e-9 * a.abs()
    return frozenset(str(code) for code in both[near.all(axis=1)])
