"""What every section of a study is made of: strictness, and the forms of values.

Of a study, some parts alone can be handed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)

from eitgeo.errors import UndeclaredError

BodyId = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=80)]
"""Files bear it in their names."""
Line = Annotated[str, Field(max_length=200)]
"""What maps, pages and the metadata of documents bear on one line (DOCX: 255)."""

CommuneCode = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
Departement = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])$")]
Siren = Annotated[str, Field(pattern=r"^\d{9}$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Divisions = Annotated[str, Field(pattern=r"^\d{2}(-\d{2})?$")]
"""NAF divisions: one (« 38 ») or a range, both ends included (« 05-39 »)."""

_LARGEST = 1e12
_FIRST_PRINTABLE = ord(" ")
_UNPRINTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML holds, thus neither DOCX nor XLSX; lone surrogates are in no file."""

_LONGEST_PATH, _LONGEST_NAME = 1000, 255


class Section(BaseModel):
    """A part of the study: strict, frozen, no unknown key."""

    model_config = ConfigDict(
        allow_inf_nan=False, extra="forbid", frozen=True, strict=False
    )
    _place: str = PrivateAttr("")
    """Where it is in a study that was narrowed, with a dot at the end."""

    if not TYPE_CHECKING:  # every name would do for mypy

        def __getattr__(self, name: str) -> Any:
            """Refuse a part that a narrowed study leaves out."""
            if name in type(self).model_fields:
                message = f"« {self._place}{name} » of the study is not declared"
                raise UndeclaredError(message)
            return super().__getattr__(name)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, value: object) -> object:
        # YAML reads « yes » as true, which pydantic would take for 1.
        if isinstance(value, bool):
            message = "ni oui ni non n'est admis ici"
            raise ValueError(message)  # noqa: TRY004
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_unwritable(cls, value: object, info: ValidationInfo) -> object:
        # An empty path would be the folder of the study.
        field = cls.model_fields[str(info.field_name)]
        written = value if isinstance(value, list | tuple) else [value]
        empty = any(isinstance(one, str) and not one.strip() for one in written)
        if empty and _is_path(field.annotation):
            message = "chemin vide : l'écrire, ou ôter la clé"
            raise ValueError(message)
        if _is_path(field.annotation) and any(_no_system_takes(o) for o in written):
            message = (
                "chemin qu'aucun disque n'admet (trop long, ou caractère interdit)"
            )
            raise ValueError(message)
        if any(isinstance(o, str) and _UNPRINTABLE.search(o) for o in written):
            message = "caractère qu'aucun document n'admet"
            raise ValueError(message)
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _no_measureless_number(cls, value: object) -> object:
        several = value.values() if isinstance(value, dict) else value
        values = several if isinstance(several, Iterable) else (value,)
        if any(isinstance(one, int | float) and abs(one) > _LARGEST for one in values):
            message = f"nombre démesuré : au plus {_LARGEST:g}"
            raise ValueError(message)
        return value


def _no_system_takes(written: object) -> bool:
    if not isinstance(written, str):
        return False
    parts = re.split(r"[/\\]", written)
    return (
        any(ord(one) < _FIRST_PRINTABLE for one in written)
        or len(written) > _LONGEST_PATH
        or any(len(one.encode(errors="replace")) > _LONGEST_NAME for one in parts)
    )


def _is_path(annotation: Any) -> bool:
    return annotation is Path or any(_is_path(one) for one in get_args(annotation))


def narrowed[Part: Section](
    part: Part, names: Collection[str], place: str = ""
) -> Part:
    """Keep what is named, dotted (``"roads.network"``): the rest raises when read."""
    values: dict[str, Any] = {}
    for name in {one.partition(".")[0] for one in names}:
        value = getattr(part, name)
        if name not in names and isinstance(value, Section):
            below = f"{name}."
            inner = {one.removeprefix(below) for one in names if one.startswith(below)}
            value = narrowed(value, inner, f"{place}{below}")
        values[name] = value
    kept_part = part.model_copy()
    object.__setattr__(kept_part, "__dict__", values)
    kept_part._place = place  # noqa: SLF001 - of the same folder
    return kept_part
