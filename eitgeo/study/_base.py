"""What every section of a study is made of: strictness, and the forms of values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

BodyId = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
CommuneCode = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
Departement = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])$")]
Siren = Annotated[str, Field(pattern=r"^\d{9}$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Divisions = Annotated[str, Field(pattern=r"^\d{2}(-\d{2})?$")]
"""NAF divisions: one (« 38 ») or a range, both ends included (« 05-39 »)."""


class Section(BaseModel):
    """A part of the study: strict, frozen, no unknown key."""

    model_config = ConfigDict(
        allow_inf_nan=False, extra="forbid", frozen=True, strict=False
    )

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
    def _no_empty_path(cls, value: object, info: ValidationInfo) -> object:
        # An empty path would be the folder of the study.
        field = cls.model_fields[str(info.field_name)]
        written = value if isinstance(value, list | tuple) else [value]
        empty = any(isinstance(one, str) and not one.strip() for one in written)
        if empty and _is_path(field.annotation):
            message = "chemin vide : l'écrire, ou ôter la clé"
            raise ValueError(message)
        return value


def _is_path(annotation: Any) -> bool:
    return annotation is Path or any(_is_path(one) for one in get_args(annotation))
