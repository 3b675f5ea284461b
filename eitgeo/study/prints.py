"""Section ``prints``: on what paper maps are drawn, and in which kinds of files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from eitgeo.study.base import Section

PaperFormat = Literal["A4", "A4_portrait", "A3", "A3_portrait"]
MapFile = Literal["pdf", "png", "svg"]


class Prints(Section):
    """Formats of paper, ``A4`` first of all, and kinds of files."""

    formats: Annotated[tuple[PaperFormat, ...], Field(min_length=1)] = ("A4",)
    files: Annotated[tuple[MapFile, ...], Field(min_length=2)] = ("pdf", "png")

    @field_validator("formats", "files")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            message = "une valeur y figure deux fois"
            raise ValueError(message)
        return value

    @field_validator("formats")
    @classmethod
    def _a4_always(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "A4" not in value:
            message = "« A4 » doit y figurer : le dossier et les fiches en viennent"
            raise ValueError(message)
        return value

    @field_validator("files")
    @classmethod
    def _pdf_and_png_always(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        absent = [name for name in ("pdf", "png") if name not in value]
        if absent:
            message = f"« {absent[0]} » doit y figurer : d'autres fichiers en viennent"
            raise ValueError(message)
        return value
