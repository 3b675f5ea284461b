"""The public folder: released tables on disk, and all that outputs may read.

The steps of release (``eitgeo.steps.release``) alone write there. A table is Parquet;
what it must carry along stands in the metadata of its file.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from eitgeo.errors import SourceError
from eitgeo.store import note_reading, write
from eitgeo.tables.files import put_rows, read_rows

PUBLIC = "public"
"""Folder of ``data/processed``."""
_STAMPS = b"eitgeo"


@dataclass(frozen=True)
class Released:
    """A table that may be published, with what it must carry along.

    ``table``: the rows. ``sources``: sources and licences to print, in French.
    ``demonstration``: why it is a demonstration; empty when every input is real.
    ``to_confirm``: what is « à confirmer », in French. ``withheld``: how many cells
    were held back. ``secrecy``: what secrecy merged and left out, in French.
    """

    table: pd.DataFrame = field(repr=False)
    sources: tuple[str, ...] = ()
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    withheld: int = 0
    secrecy: tuple[str, ...] = ()


type ReleasedTables = Mapping[str, Released]
"""Released tables by their name: those of a folder, or some of them."""


@cache
def output_tables() -> dict[str, tuple[str, ...]]:
    """Name the released tables of each output that `outputs.toml` declares."""
    path = resources.files("eitgeo.tables").joinpath("outputs.toml")
    outputs = tomllib.loads(path.read_text(encoding="utf-8"))
    return {output: tuple(names) for output, names in outputs.items()}


def tables_of(public: ReleasedTables, output: str) -> list[Released]:
    """Return the released tables that an output is made from, as it credits them."""
    return [public[name] for name in output_tables()[output]]


class PublicTables(Mapping[str, Released]):
    """The released tables of a study, by name, each read when it is first asked for."""

    def __init__(self, processed: Path) -> None:
        """Open the folder below ``data/processed``."""
        self._folder = processed / PUBLIC
        self._tables: dict[str, Released] = {}

    def __getitem__(self, name: str) -> Released:
        """Read a released table.

        Raises
        ------
        SourceError
            When it was never released, or its file was cut short.
        """
        if name not in self._tables:
            self._tables[name] = _read(self._folder / f"{name}.parquet")
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        """Name the tables of the folder."""
        return (path.stem for path in sorted(self._folder.glob("*.parquet")))

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)


def write_released(processed: Path, name: str, released: Released) -> Path:
    """Write a released table, the same bytes for the same rows and stamps."""
    rows = released.table
    index = [str(one) for one in rows.index.names if one is not None]
    rows = rows.reset_index(drop=not index)
    stamps = {
        "index": index,
        "sources": released.sources,
        "demonstration": released.demonstration,
        "to_confirm": released.to_confirm,
        "withheld": released.withheld,
        "secrecy": released.secrecy,
    }

    def put(place: Path) -> None:
        put_rows(rows, place)
        table = pq.read_table(place)
        said = {_STAMPS: json.dumps(stamps, ensure_ascii=False).encode()}
        known = table.schema.metadata or {}
        pq.write_table(
            table.replace_schema_metadata({**known, **said}), place, compression="zstd"
        )

    return write(processed / PUBLIC / f"{name}.parquet", put)


def _read(path: Path) -> Released:
    note_reading(path)
    if not path.is_file():
        message = f"{path.name} absent de {path.parent.name} → lancer « eitgeo run »"
        raise SourceError(message)
    try:
        metadata = pq.read_metadata(path).metadata
        stamps: dict[str, Any] = json.loads(metadata[_STAMPS])
        rows = gpd.read_parquet(path) if b"geo" in metadata else read_rows(path, None)
    except (OSError, KeyError, ValueError) as error:
        remedy = "la supprimer, puis relancer « eitgeo run »"
        message = f"{path.name} : table illisible → {remedy}"
        raise SourceError(message) from error
    index, withheld = stamps.pop("index"), stamps.pop("withheld")
    said = {name: tuple(texts) for name, texts in stamps.items()}
    return Released(rows.set_index(index) if index else rows, withheld=withheld, **said)


def gathered(parts: Sequence[Released]) -> Released:
    """Put the released rows of several studies together, with all that they carry."""
    return Released(
        table=pd.concat([part.table for part in parts], ignore_index=True),
        sources=_every(part.sources for part in parts),
        demonstration=_every(part.demonstration for part in parts),
        to_confirm=_every(part.to_confirm for part in parts),
        withheld=sum(part.withheld for part in parts),
        secrecy=_every(part.secrecy for part in parts),
    )


def _every(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({text for some in texts for text in some}))
