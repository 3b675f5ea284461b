"""The YAML of a study, read in bounded time: what it holds is small and printable."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from eitgeo.errors import SourceError, StudyError, unread_reason

MAX_BYTES = 1_000_000
"""No study is so long: that of a hundred communes takes 12 kB."""

MAX_DIGITS = 60
"""Of a number; beyond, its conversion alone may take minutes."""

MAX_CHARACTERS = 5_000
"""Of a text; DOCX, XLSX and maps take no more in one place."""

_NUMBERS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float")}


def load_yaml(path: Path) -> dict[Hashable, Any]:
    """Read a study file, without looking at what its keys mean."""
    text = _text(path)
    try:
        raw = yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader: no object is made
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


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML, without aliases; an impossible value is a fault with its line."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            events: Any = self
            mark = events.peek_event().start_mark
            problem = "un renvoi (« *nom ») n'est pas admis"
            raise ConstructorError(None, None, problem, mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise _fault(f"clé « {key.value} » répétée", key)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        written = node.value if isinstance(node, yaml.ScalarNode) else "…"
        short = f"« {written[:MAX_DIGITS]}{'…' if len(written) > MAX_DIGITS else ''} »"
        if node.tag in _NUMBERS and len(written) > MAX_DIGITS:
            raise _fault(f"nombre démesuré {short}", node)
        if len(written) > MAX_CHARACTERS:
            problem = f"texte de plus de {MAX_CHARACTERS} caractères {short}"
            raise _fault(problem, node)
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:
            # What PyYAML lets through for « !!int x », « !!timestamp x », « !!bool x ».
            kind = node.tag.rpartition(":")[2]
            kind = "date" if kind == "timestamp" else f"valeur « !!{kind} »"
            raise _fault(f"{kind} impossible {short}", node) from error


def _fault(problem: str, node: Any) -> ConstructorError:
    return ConstructorError(None, None, problem, node.start_mark)


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
