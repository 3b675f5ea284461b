"""One source of a study: a reader, what it is given, what is declared of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from eitgeo.check import hint
from eitgeo.study.base import Section


class Keys(NamedTuple):
    """What a study gives a reader, by the names it takes, and what it makes of it.

    Attributes
    ----------
    needed
        Must be given.
    optional
        May be given.
    read_by
        Function, below ``eitgeo.sources``; empty where a step calls it by itself.
    credit
        Who its figures are credited to: counts, establishments (French).
    mute
        The file does not tell a person from a company: SIRENE does.
    """

    needed: tuple[str, ...] = ("path",)
    optional: tuple[str, ...] = ()
    read_by: str = ""
    credit: str = ""
    mute: bool = False


class Source(Section):
    """One source: a reader and its keys; a key that the reader ignores is refused."""

    keys: ClassVar[dict[str, Keys]]
    reader: str

    @model_validator(mode="after")
    def _keys_of_the_reader(self) -> Self:
        keys = self.declared
        known = (*keys.needed, *keys.optional)
        faults = [
            f"« {name} » est nécessaire au lecteur « {self.reader} »"
            for name in keys.needed
            if getattr(self, name) is None
        ]
        faults += [
            f"« {name} » ne sert pas au lecteur « {self.reader} » ({hint(name, known)})"
            for name in sorted(self.model_fields_set - {"reader", *known})
        ]
        if faults:
            raise ValueError(" ; ".join(faults))
        return self

    @property
    def declared(self) -> Keys:
        """Return what is declared of the reader."""
        return self.keys[self.reader]

    @property
    def given(self) -> dict[str, Any]:
        """Return what the study gives the reader: key → value, in their order."""
        keys = self.declared
        return {name: getattr(self, name) for name in (*keys.needed, *keys.optional)}

    @property
    def files(self) -> list[Path]:
        """Return what the reader opens, files and folders, as the study writes them."""
        return [value for value in self.given.values() if isinstance(value, Path)]

    @model_serializer(mode="wrap")
    def _keys_that_serve(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        keys = self.declared
        told = ("reader", *keys.needed, *keys.optional)
        return {name: value for name, value in handler(self).items() if name in told}


class PointSource(Section):
    """A file of points of one kind, which an indicator counts."""

    reader: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Their kind: the fact that counts them (« counts_points »)."""
    path: Path
