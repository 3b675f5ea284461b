"""The YAML of a study, read in bounded time: what it holds is small and printable."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

from eitgeo.errors import SourceError, StudyError, unread_reason

MAX_BYTES = 1_000_000
"""No study is so long: that of a hundred communes takes 12 kB."""

MAX_VALUES = 50_000
"""Keys and values, what an anchor stands for counted each time it is used."""

MAX_DIGITS = 60
"""Of a number; beyond, its conversion alone may take minutes."""

MAX_CHARACTERS = 5_000
"""Of a text; DOCX, XLSX and maps take no more in one place."""

_NUMBERS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float")}


def load_yaml(path: Path) -> dict[Hashable, Any]:
    """Read a study file, without looking at what its keys mean."""
    text = _text(path)
    try:
        raw = _constructed(text)
    except yaml.YAMLError as error:
        message = f"{path.name} : {_yaml_fault(error)}"
        raise StudyError(message) from error
    except RecursionError:
        message = f"{path.name} : imbrication trop profonde → partir de l'exemple"
        raise StudyError(message) from None
    if not isinstance(raw, dict):
        message = f"{path.name} : fichier vide ou sans sections → partir de l'exemple"
        raise StudyError(message)
    return raw


class _Strict(SafeConstructor):
    """Safe YAML; a repeated key or an impossible value is a fault with its line."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        seen = set()
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        for key, _ in pairs:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise _fault(f"clé « {key.value} » répétée", key)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        if isinstance(node, yaml.ScalarNode):
            if node.tag in _NUMBERS and len(node.value) > MAX_DIGITS:
                raise _fault(f"nombre démesuré {_told(node)}", node)
            if len(node.value) > MAX_CHARACTERS:
                problem = f"texte de plus de {MAX_CHARACTERS} caractères {_told(node)}"
                raise _fault(problem, node)
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:
            # What PyYAML lets through for « !!int x », « !!timestamp x », « !!bool x ».
            kind = node.tag.rpartition(":")[2]
            kind = "date" if kind == "timestamp" else f"valeur « !!{kind} »"
            raise _fault(f"{kind} impossible {_told(node)}", node) from error


class _Plain(_Strict, yaml.SafeLoader):
    """What judges a text, and says what is wrong."""


class _Quick(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same in C, where PyYAML has it: a tenth of the time, other words."""


def _constructed(text: str) -> Any:
    # C lets tabulations through that the other refuses.
    if "\t" not in text:
        with suppress(yaml.YAMLError):
            return _loaded(_Quick, text)
    return _loaded(_Plain, text)


def _loaded(kind: Any, text: str) -> Any:
    # Derived from SafeLoader: no object is made of what the file says.
    loader = kind(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _require_few(node, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _told(node: Any) -> str:
    written = node.value if isinstance(node, yaml.ScalarNode) else "…"
    short = written if len(written) <= MAX_DIGITS else f"{written[:MAX_DIGITS]}…"
    return f"« {short} »"


def _fault(problem: str, node: Any) -> ConstructorError:
    return ConstructorError(None, None, problem, node.start_mark)


def _require_few(node: Any, sizes: dict[int, int]) -> int:
    """Count what a node holds, anchors unfolded; refuse what is too much."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) in sizes:
        if not sizes[id(node)]:
            raise _fault("une ancre se contient elle-même", node)
        return sizes[id(node)]
    sizes[id(node)] = 0  # not known yet: whoever meets it again is inside of it
    is_map = isinstance(node, yaml.MappingNode)
    parts = [one for pair in node.value for one in pair] if is_map else node.value
    size = 1 + sum(_require_few(part, sizes) for part in parts)
    if size > MAX_VALUES:
        problem = f"plus de {MAX_VALUES} valeurs, ancres dépliées"
        raise _fault(problem, node)
    sizes[id(node)] = size
    return size


def _text(path: Path) -> str:
    try:
        if path.is_file():
            if path.stat().st_size > MAX_BYTES:
                message = (
                    f"{path.name} : fichier de plus de {MAX_BYTES / 1e6:.0f} Mo "
                    "→ partir de l'exemple, mettre les listes dans des fichiers CSV"
                )
                raise StudyError(message)
            return path.read_text(encoding="utf-8")
        is_special = path.exists() and not path.is_dir()
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path.name} : encodage illisible → enregistrer en UTF-8"
        raise StudyError(message) from error
    if is_special:  # a pipe or a device may have no end
        message = f"{path.name} : ce n'est pas un fichier → donner un fichier ordinaire"
    else:
        message = f"{path} : fichier absent"
    raise SourceError(message)


def _yaml_fault(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"ligne {mark.line + 1} : " if mark is not None else ""
    problem = getattr(error, "problem", None) or "structure illisible"
    if "\\t" in problem:
        return f"{line}tabulation → décaler avec des espaces"
    return f"{line}YAML invalide ({problem}) → corriger cette ligne"
