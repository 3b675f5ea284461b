"""The error tree: one class per noun of the domain, each a child of a builtin.

A message states what was met, what is needed and what to do; it is written in
French because analysts and study authors read it.
"""

import errno

_UNREAD = {
    errno.ENOENT: "absent",
    errno.ENOTDIR: "absent",
    errno.EACCES: "droits insuffisants",
    errno.EPERM: "droits insuffisants",
    errno.EISDIR: "c'est un dossier",
    errno.ENAMETOOLONG: "nom trop long",
}


class EitgeoError(Exception):
    """Root of every error that the package raises on purpose."""


class CrsError(EitgeoError, ValueError):
    """A layer has no CRS, or not the one that the computation needs."""


class SchemaError(EitgeoError, ValueError):
    """A table lacks a column, repeats a key or holds a value out of its domain."""


class StudyError(EitgeoError, ValueError):
    """The study file asks for something that does not exist or does not add up."""


class InfeasibleError(EitgeoError, ValueError):
    """Constraints that no perimeter can satisfy together."""


class SourceError(EitgeoError, OSError):
    """A file is absent, empty, unreadable or held open by another program."""


class UndeclaredError(RuntimeError):
    """A step reads or writes what it does not declare: a fault of the program."""


def unread_reason(error: OSError) -> str:
    """Say why the system could not read a file or a folder.

    Examples
    --------
    >>> unread_reason(FileNotFoundError(2, "No such file or directory"))
    'absent'
    """
    return _UNREAD.get(error.errno or 0, error.strerror or str(error))
