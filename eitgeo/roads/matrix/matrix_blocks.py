"""The table of distances written whole, or block by block where it is large."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eitgeo.store import write
from eitgeo.tables.files import put_rows, write_table
from eitgeo.tables.schema import validate
from eitgeo.words import french_number

BYTES_PER_PAIR = 600
"""Memory that a pair takes at the peak: 434 measured while a vehicle is computed
(2.2 million pairs), 147 a row that is kept, more while both are put together."""

TABLE = "od_matrix"
_progress = logging.getLogger("eitgeo.progress")


@dataclass(frozen=True)
class Part:
    """Pairs of one vehicle.

    ``profile``: ``truck`` or ``car``. ``compute``: from some of the origins, and the
    destinations, to rows of ``od_matrix``.
    """

    profile: str
    origins: pd.DataFrame = field(repr=False)
    destinations: pd.DataFrame = field(repr=False)
    compute: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame] = field(repr=False)

    @property
    def n_pairs(self) -> int:
        """How many pairs there are.

        Returns: origins × destinations.
        """
        return len(self.origins) * len(self.destinations)


def announced_gb(parts: Sequence[Part]) -> float:
    """Bound the memory that the whole table takes while it is computed.

    ``parts``: pairs of each vehicle. Returns: rows × columns × bytes [GB].
    """
    return sum(part.n_pairs for part in parts) * BYTES_PER_PAIR / 1e9


def write_matrix(
    folder: Path, parts: Sequence[Part], *, max_gb: float, cache: Path, key: str
) -> Counter[str]:
    """Compute the pairs and write ``od_matrix``.

    ``folder``: ``data/processed`` of the study. ``parts``: pairs of each vehicle, each
    vehicle once. ``max_gb``: above this announced size, blocks of origins are computed
    and written one after the other, then put together row group by row group [GB].
    ``cache``: folder of the blocks, made if needed and emptied at the end. ``key``:
    digest of all that the pairs depend on: a run that was cut takes up the blocks that
    bear the same one. Returns: pairs by status.
    """
    # In the order of the key: rows are then neither sorted nor searched for repeats.
    parts = sorted(parts, key=lambda one: one.profile)
    told_gb = french_number(announced_gb(parts), decimals=1)
    if announced_gb(parts) <= max_gb:
        _progress.info("distances : %s Go", told_gb)
        tables = [part.compute(part.origins, part.destinations) for part in parts]
        table = pd.concat(tables, ignore_index=True)
        write_table(folder, table, table=TABLE)
        return pairs_by_status(table)
    blocks = _blocks(parts, max_gb)
    files = []
    for rank, (part, origins) in enumerate(blocks, start=1):
        _progress.info("distances : %s Go, bloc %d sur %d", told_gb, rank, len(blocks))
        path = cache / f"{key[:32]}-{rank:05d}.parquet"
        if not _is_whole(path):
            _write_block(path, part.compute(origins, part.destinations))
        files.append(path)
    _gather(folder / f"{TABLE}.parquet", files)
    statuses = Counter[str]()
    for file in files:
        statuses += pairs_by_status(pd.read_parquet(file, columns=["status"]))
    for path in sorted(cache.glob("*.parquet")):
        path.unlink()
    return statuses


def _blocks(parts: Sequence[Part], max_gb: float) -> list[tuple[Part, pd.DataFrame]]:
    """Cut origins so that a block keeps within the limit, in the order of the key."""
    blocks = []
    for part in parts:
        row_gb = len(part.destinations) * BYTES_PER_PAIR / 1e9
        n_rows = max(1, int(max_gb / row_gb)) if row_gb else 1
        origins = part.origins.sort_values("place_id", kind="stable")
        blocks += [
            (part, origins.iloc[start : start + n_rows])
            for start in range(0, len(origins), n_rows)
        ]
    return blocks


def _is_whole(path: Path) -> bool:
    """Say whether a block was written to its end."""
    try:
        return path.is_file() and pq.read_metadata(path).num_rows >= 0
    except (OSError, pa.ArrowException):
        return False


def _write_block(path: Path, rows: pd.DataFrame) -> None:
    tidy = validate(rows, table=TABLE)
    write(path, lambda partial: put_rows(tidy, partial))


def _gather(final: Path, files: Sequence[Path]) -> None:
    def writer(partial: Path) -> None:
        schema = pq.read_schema(files[0])
        with pq.ParquetWriter(partial, schema, compression="zstd") as out:
            for file in files:
                out.write_table(pq.read_table(file, schema=schema))

    write(final, writer)


def pairs_by_status(table: pd.DataFrame) -> Counter[str]:
    """Count the pairs of a matrix that a way joins, and those that none does."""
    counts = table["status"].value_counts()
    return Counter({str(status): int(n) for status, n in counts.items()})
