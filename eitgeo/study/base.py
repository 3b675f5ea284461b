"""What every section of a study is made of: strictness, and the forms of values.

A study can note what is read of it, key by key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)

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


class Section(BaseModel):  # noqa: PLW1641 - frozen: pydantic gives it its hash
    """A part of the study: strict, frozen, no unknown key."""

    model_config = ConfigDict(
        allow_inf_nan=False, extra="forbid", frozen=True, strict=False
    )
    _source: Any = PrivateAttr(None)
    """The part that this one stands for, where what is read of it is noted."""
    _noted: set[str] | None = PrivateAttr(None)
    _place: str = PrivateAttr("")
    """Where it is in the study that notes, with a dot at the end."""

    if not TYPE_CHECKING:  # every name would do for mypy, with any argument

        def __getattr__(self, name: str) -> Any:
            """Read a key of a part that notes: once, then it is there."""
            if name not in type(self).model_fields or self._noted is None:
                return super().__getattr__(name)
            value, place = getattr(self._source, name), f"{self._place}{name}"
            if isinstance(value, Section):
                if get_args(type(self).model_fields[name].annotation):  # or None
                    self._noted.add(f"{place}?")
                value = noting(value, self._noted, f"{place}.")
            else:
                self._noted.add(place)
            self.__dict__[name] = value
            return value

        def model_copy(self, *, update: Any = None, deep: bool = False) -> Self:
            """Copy; what a part that notes has not read yet, its copy notes."""
            if self._noted is None:
                return super().model_copy(update=update, deep=deep)
            copied = noting(self._source, self._noted, self._place)
            copied.__dict__.update({**self.__dict__, **(update or {})})
            return copied

        def model_dump(self, **options: Any) -> dict[str, Any]:
            """Write as values: all is read, or what is included."""
            whole = self._whole(options.get("include"))
            return super(Section, whole).model_dump(**options)

        def model_dump_json(self, **options: Any) -> str:
            """Write as JSON: all is read."""
            return super(Section, self._whole()).model_dump_json(**options)

        def __eq__(self, other: object) -> bool:
            """Compare: all is read."""
            other = other._whole() if isinstance(other, Section) else other
            return super(Section, self._whole()).__eq__(other)

        def __reduce_ex__(self, protocol: int) -> Any:
            """Leave the process, or be copied: all is read."""
            return super(Section, self._whole()).__reduce_ex__(protocol)

    def _whole(self, names: Iterable[str] | None = None) -> Self:
        """Return the part without notes, once all of it is read, or some keys."""
        if self._noted is None:
            return self
        copied: Self = self._source.model_copy()
        for name in names or type(self).model_fields:
            value = getattr(self, name)
            is_part = isinstance(value, Section)
            copied.__dict__[name] = value._whole() if is_part else value  # noqa: SLF001
        return copied

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


def noting[Part: Section](part: Part, noted: set[str], place: str = "") -> Part:
    """Return a part that notes what is read of it, as names with dots.

    ``roads.network.reader``: the value of a key. ``survey?``: that a part which may be
    absent is there.
    """
    noting_part = part.model_copy()
    object.__setattr__(noting_part, "__dict__", {})
    noting_part._source = part  # noqa: SLF001 - of the same folder
    noting_part._noted, noting_part._place = noted, place  # noqa: SLF001
    return noting_part


def setting(study: Section, name: str) -> Any:
    """Return what a noted name stands for, JSON-ready; None where there is no such."""
    *parents, key = name.split(".")
    part: Any = study
    for parent in parents:
        part = getattr(part, parent, None)
    if key.endswith("?"):
        return getattr(part, key.removesuffix("?"), None) is not None
    if not isinstance(part, Section) or key not in type(part).model_fields:
        return None
    # A source keeps no key that its reader ignores.
    return part.model_dump(mode="json", include={key}).get(key)
