"""A study read from its file, with the folders that it reads and writes."""

from __future__ import annotations

import os
import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from eitgeo.check import Faults, hint
from eitgeo.errors import SourceError, StudyError, unread_reason
from eitgeo.outlines import DRAWN_LAYER, drawn_names
from eitgeo.study.asked import PRIVATE_FOLDER
from eitgeo.study.prints import shelf_of
from eitgeo.study.sections import Study
from eitgeo.study.yaml import load_yaml

STAMPED = "DEMO_"
"""Before the name of a file that shows what is drawn."""


@dataclass(frozen=True)
class Project:
    """A study with the folder it reads from and the folder it writes to.

    Attributes
    ----------
    study
        The parameters.
    base
        Folder of ``study.yaml``: the paths of the study start here.
    out
        Folder under which ``data/processed`` and ``maps`` are written.
    """

    study: Study
    base: Path
    out: Path

    def __post_init__(self) -> None:
        """Let all that a private study prints know that it is one."""
        # Of a study that was narrowed to what a step declares, it may be left out.
        if self.private and "identity" in self.study.__dict__:
            identity = self.study.identity.with_answers()
            study = self.study.model_copy(update={"identity": identity})
            object.__setattr__(self, "study", study)

    @property
    def private(self) -> bool:
        """Say whether answers of firms may enter: it writes in ``private/`` alone."""
        return self.out.is_relative_to(self.base / PRIVATE_FOLDER)

    @cached_property
    def processed(self) -> Path:
        """Folder of the tables."""
        return self.out / "data" / "processed"

    @cached_property
    def maps(self) -> Path:
        """Folder of what is published."""
        return self.out / "maps"

    @property
    def cache(self) -> Path:
        """Folder of what is kept to go faster; it may be removed at any time."""
        return self.out / ".eitgeo"

    def published(self, stem: str, suffix: str) -> Path:
        """Say where a published file goes; one that shows what is drawn says so."""
        return self.maps / shelf_of(stem) / self.stamped(f"{stem}{suffix}")

    def stamped(self, name: str) -> str:
        """Say of a file, by its name, whether it shows what is drawn."""
        stem = name.partition(".")[0]
        return f"{STAMPED if self.study.reasons_of(stem) else ''}{name}"

    def picture(self, stem: str) -> Path:
        """Name the picture of a printed map, on the first paper of the study."""
        return self.published(f"{stem}_{self.study.prints.formats[0]}", ".png")

    def path(self, written: Path) -> Path:
        """Resolve a path of the study; what is drawn lies where the run writes."""
        if written == DRAWN_LAYER:
            return (self.out / DRAWN_LAYER).resolve()
        return (self.base / written).resolve()


PRIVATE_STUDY = f"{PRIVATE_FOLDER}/etude"
"""Where a study with the answers of firms inside is written."""


def open_project(
    path: str | os.PathLike[str], *, out: Path | None = None, private: bool = False
) -> Project:
    """Read a study and say where it reads and writes.

    Parameters
    ----------
    path
        The study file.
    out
        Where to write; by default the folder of the study file.
    private
        Write under ``private/etude``, with the answers of firms inside.

    Returns
    -------
    Project
        The study with its folders, and the perimeters that the user drew there.

    Raises
    ------
    SourceError
        When the study is absent, no disk takes the name of the folder, the current
        folder was removed, ``private`` is a link out of the study, or the layer of
        drawn perimeters cannot be read.
    SchemaError
        When a drawn perimeter has no name.
    StudyError
        When it is private, and a folder is given too; when two perimeters have the
        same identifier.
    """
    require_current_folder()
    path = Path(path)
    base = path.resolve().parent
    raw = load_yaml(path)
    study = validated(Study, raw, where=path.name)
    if private and out is not None:
        message = f"une étude privée s'écrit dans {PRIVATE_STUDY} → ôter --out"
        raise StudyError(message)
    written = (base / PRIVATE_STUDY if private else out or base).resolve()
    try:
        written.exists()
    except OSError as error:
        message = f"{written.name[:60]} : dossier impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    project = Project(study, base, written)
    if private and not project.private:
        message = (
            f"{PRIVATE_FOLDER} est un lien vers un autre dossier → en faire un dossier "
            "de l'étude"
        )
        raise SourceError(message)
    names = drawn_names(project.path(DRAWN_LAYER))
    if not names:
        return project
    drawn_perimeters = [
        {"name": name, "path": DRAWN_LAYER.as_posix()} for name in names
    ]
    brought = [*(raw.get("perimeters") or ()), *drawn_perimeters]
    widened = validated(Study, {**raw, "perimeters": brought}, where=DRAWN_LAYER.name)
    return Project(widened, base, written)


def require_current_folder() -> None:
    """Refuse to start from a folder that was removed: relative paths mean nothing."""
    try:
        Path.cwd()
    except OSError as error:
        message = (
            f"dossier courant : {unread_reason(error)} (effacé depuis ?) "
            "→ aller dans un autre dossier (cd), puis relancer"
        )
        raise SourceError(message) from error


def read_study(path: Path) -> Study:
    """Read and check a study file.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_study(Path("absent.yaml"))
    Traceback (most recent call last):
    eitgeo.errors.SourceError: absent.yaml : fichier absent
    """
    return validated(Study, load_yaml(path), where=path.name)


def validated[Asked: BaseModel](
    model: type[Asked], raw: object, *, where: str
) -> Asked:
    """Check what a file says against a model; tell every fault in French."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = Faults(where)
        for item in error.errors():
            met, remedy = _explain(item, model)
            faults.add(met, remedy=remedy)
        faults.raise_if_any(StudyError)
        raise


def _explain(item: Any, asked: type[BaseModel]) -> tuple[str, str]:
    place = ".".join(str(part) for part in item["loc"]) or "étude"
    if item["type"] in {"extra_forbidden", "invalid_key"}:
        *parents, key = item["loc"]
        return f"clé inconnue « {place} »", hint(str(key), _field_names(asked, parents))
    if item["type"] == "missing":
        return f"clé « {place} » absente", "l'ajouter"
    # A whole section is not repeated: it would hide the reason.
    is_section = isinstance(item["input"], dict)
    met = f"« {place} »" + ("" if is_section else f" = {_short(item['input'])}")
    context = item.get("ctx", {})
    if item["type"] == "literal_error":
        admitted = re.findall("'([^']+)'", context["expected"])
        return f"{met} : valeur inconnue", hint(
            str(item["input"])[:_LONGEST_TOLD], admitted
        )
    known = _FRENCH.get(item["type"])
    reason = _OTHER if known is None else known.format(**context)
    return f"{met} : {reason}", "corriger la valeur"


def _short(value: object) -> str:
    """Write a value so that a message stays a message."""
    written = reprlib.Repr()
    written.maxstring = written.maxother = written.maxlong = _LONGEST_TOLD
    return written.repr(value)


_LONGEST_TOLD = 100
_OTHER = "valeur d'une forme qui n'est pas admise ici"
_FRENCH = {
    "date_from_datetime_parsing": "date requise (AAAA-MM-JJ)",
    "date_from_datetime_inexact": "date requise (AAAA-MM-JJ)",
    "date_type": "date requise (AAAA-MM-JJ)",
    "date_parsing": "date requise (AAAA-MM-JJ)",
    "dict_type": "section de clés requise",
    "finite_number": "nombre fini requis",
    "float_parsing": "nombre requis",
    "float_type": "nombre requis",
    "greater_than": "doit être supérieur à {gt:g}",
    "greater_than_equal": "doit être au moins {ge:g}",
    "int_from_float": "nombre entier requis",
    "int_parsing_size": "nombre entier plus court requis",
    "int_parsing": "nombre entier requis",
    "int_type": "nombre entier requis",
    "less_than": "doit être inférieur à {lt:g}",
    "less_than_equal": "doit être au plus {le:g}",
    "list_type": "liste requise",
    "model_attributes_type": "section de clés requise",
    "model_type": "section de clés requise",
    "path_type": "chemin de fichier requis",
    "string_pattern_mismatch": "forme requise : {pattern}",
    "string_too_long": "au plus {max_length} caractères",
    "string_too_short": "texte requis (il est vide)",
    "string_type": "texte requis (mettre la valeur entre guillemets)",
    "too_long": "au plus {max_length} valeurs",
    "too_short": "au moins {min_length} valeur",
    "tuple_type": "liste requise",
    "value_error": "{error}",
}


def _field_names(asked: Any, location: Iterable[int | str]) -> list[str]:
    model = asked
    for part in location:
        if part not in model.model_fields:  # rank in a list, name of a vehicle
            continue
        inner = _model_of(model.model_fields[part].annotation)
        model = inner or model  # None: a vehicle that bears the name of a key
    return list(model.model_fields)


def _model_of(annotation: Any) -> Any:
    if get_origin(annotation) is None:
        return annotation
    return next(
        (
            argument
            for argument in get_args(annotation)
            if isinstance(argument, type) and issubclass(argument, BaseModel)
        ),
        None,
    )
