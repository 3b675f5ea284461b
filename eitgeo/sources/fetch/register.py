"""The register of the files: what each row asks for, and where it may be put."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.fetch.content import KNOWN_SUFFIXES
from eitgeo.sources.files.rows import read_rows

COLUMNS = (
    "name",
    "version",
    "url",
    "path",
    "licence",
    "retrieved",
    "sha256",
    "crs",
    "note",
)
SIZE = "size_mb"
"""Optional column: size of a file, of the order of [MB]."""
RAW_FOLDER = "data/raw/"
MAX_BYTES = 50e9
"""No official file is so large: a body without end stops there."""

_SIZE_MARGIN, _LEAST_BYTES = 4, 100e6
"""Times its size in the register, or that many bytes, that a file may take."""

MAX_PATH_SIGNS = 150
"""Beyond, the folder of the study and the name pass the limit of Windows (260)."""

_PLACEHOLDERS = ("{dep}", "{dep3}")
_BRACES = re.compile(r"\{[^}]*\}|[{}]")
_SIZE = re.compile(r"([0-9]{1,6}(\.[0-9]{1,3})?)?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|97[1-8]")
_UNSAFE_SIGN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class RegisterRow:
    """One row of the register.

    Attributes
    ----------
    line
        Line of the file (header = 1).
    name, version, url, path, licence, sha256, note
        Its cells; ``{dep}`` and ``{dep3}`` stand for a département (``31``, ``031``).
    size_mb
        Of the order of [MB]; empty: not known.
    """

    line: int
    name: str
    version: str
    url: str
    path: str
    licence: str
    sha256: str
    note: str
    size_mb: str = ""

    @property
    def is_shipped(self) -> bool:
        """The file comes with the package."""
        return self.name.startswith(RAW_FOLDER)

    @property
    def is_by_hand(self) -> bool:
        """No address gives the file: the user downloads it from the page ``url``."""
        return not self.is_shipped and not self.path

    @property
    def is_template(self) -> bool:
        """One row stands for a file a département."""
        return any(sign in self.url for sign in _PLACEHOLDERS)


@dataclass(frozen=True)
class Download:
    """One file to bring in.

    Attributes
    ----------
    name, version, url, licence
        As in the register, the département filled in.
    path
        Target, from the folder of the study, ``/`` between folders.
    sha256
        64 hexadecimal digits, or empty: not known.
    most_bytes
        A body that goes on beyond is not the file.
    """

    name: str
    version: str
    url: str
    path: str
    licence: str
    sha256: str
    most_bytes: float = MAX_BYTES

    @property
    def file(self) -> str:
        """Name of the file without its folder."""
        return self.path.rpartition("/")[2]


def read_register(path: Path) -> list[RegisterRow]:
    """Read the register of the files.

    Parameters
    ----------
    path
        ``data/sources.csv``: UTF-8, comma, the columns of ``COLUMNS``, and ``size_mb``
        where there is one.

    Returns
    -------
    list of RegisterRow
        In the order of the file.
    """
    table = read_rows(path, columns=COLUMNS, optional=[SIZE])
    rows = [
        RegisterRow(
            line=int(line),
            name=row["name"],
            version=row["version"],
            url=row["url"],
            path=row["path"],
            licence=row["licence"],
            sha256=row["sha256"].lower(),
            note=row["note"],
            size_mb=row[SIZE],
        )
        for line, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    faults = Faults(path.name)
    _check_repeats(rows, faults)
    for row in rows:
        for met, remedy in _row_faults(row):
            faults.add(met, row=row.line, remedy=remedy)
    faults.raise_if_any(SchemaError)
    return rows


def _check_repeats(rows: Iterable[RegisterRow], faults: Faults) -> None:
    met: dict[str, int] = {}
    for row in rows:
        keys = [("nom", row.name)] + ([("cible", row.path)] if row.path else [])
        for kind, text in keys:
            # Windows and macOS fold the case of names.
            key = f"{kind} {text.casefold()}"
            if key in met:
                what = f"{kind} « {text} » déjà à la ligne {met[key]}"
                faults.add(what, row=row.line, remedy="garder une seule des deux")
            met.setdefault(key, row.line)


def _row_faults(row: RegisterRow) -> list[tuple[str, str]]:
    faults = []
    if not row.name:
        faults.append(("nom absent", "le compléter"))
    if row.sha256 and not _DIGEST.fullmatch(row.sha256):
        faults.append(("empreinte mal formée", "64 chiffres hexadécimaux, ou rien"))
    if not _SIZE.fullmatch(row.size_mb):
        faults.append(
            (f"{SIZE} = « {row.size_mb} »", "en Mo, par exemple 12.5, ou rien")
        )
    if row.path:
        faults += _download_faults(row)
    return faults


def _download_faults(row: RegisterRow) -> list[tuple[str, str]]:
    faults = []
    if not row.licence:
        faults.append(("licence absente", "l'indiquer : elle voyage avec les données"))
    if row.is_shipped:
        met = "une cible pour un fichier livré"
        faults.append((met, "laisser « path » vide, ou changer le nom"))
    if fault := _url_fault(row.url):
        faults.append((fault, "indiquer l'adresse directe du fichier (https://…)"))
    if fault := _path_fault(row.path):
        faults.append((f"cible « {row.path} » : {fault}", "par exemple data/raw/a.zip"))
    return faults + _template_faults(row)


def _url_fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return f"adresse « {url} » mal formée"
    if parts.scheme not in {"http", "https"} or not host:
        return f"adresse « {url} » qui n'est pas en http(s)"
    if parts.username is not None or parts.password is not None:
        return "identifiant ou mot de passe dans une adresse"
    return "blanc dans une adresse" if re.search(r"\s", url) else None


def _path_fault(path: str) -> str | None:
    if not path.startswith(RAW_FOLDER):
        return f"hors de {RAW_FOLDER}"
    if len(path) > MAX_PATH_SIGNS:
        return f"plus de {MAX_PATH_SIGNS} signes"
    plain = _BRACES.sub("00", path)
    for part in plain.split("/"):
        if fault := _name_fault(part):
            return fault
    if "." + plain.rpartition(".")[2].lower() not in KNOWN_SUFFIXES:
        return "type de fichier inconnu (" + ", ".join(KNOWN_SUFFIXES) + ")"
    return None


def _name_fault(name: str) -> str | None:
    if name.startswith(".") or not name:
        return "dossier vide, caché ou au-dessus"
    if _UNSAFE_SIGN.search(name) or name.endswith((".", " ")):
        return "signe interdit dans un nom de fichier"
    return "nom réservé par Windows" if _RESERVED.fullmatch(name) else None


def _template_faults(row: RegisterRow) -> list[tuple[str, str]]:
    texts = {"nom": row.name, "adresse": row.url, "cible": row.path}
    signs = {label: set(_BRACES.findall(text)) for label, text in texts.items()}
    unknown = sorted(set().union(*signs.values()) - set(_PLACEHOLDERS))
    if unknown:
        met = f"« {unknown[0]} » inconnu"
        return [(met, "seuls {dep} (31) et {dep3} (031) sont remplacés")]
    if len({bool(found) for found in signs.values()}) > 1:
        met = "{dep} dans le nom, l'adresse ou la cible seulement"
        return [(met, "le mettre dans les trois")]
    if row.is_template and row.sha256:
        met = "une empreinte pour plusieurs fichiers"
        return [(met, "laisser « sha256 » vide, ou une ligne par département")]
    return []


def select_rows(
    rows: Sequence[RegisterRow], *, only: Collection[str] = ()
) -> list[RegisterRow]:
    """Pick the rows that a user names."""
    faults = Faults("registre des sources")
    wanted = {name.casefold(): name for name in only}
    met = {key for row in rows for key in _keys(row)}
    for key, name in wanted.items():
        if key not in met:
            remedy = hint(name, [row.name for row in rows])
            faults.add(f"source « {name} » inconnue", remedy=remedy)
    faults.raise_if_any(SourceError)
    return [row for row in rows if not wanted or _keys(row) & wanted.keys()]


def _keys(row: RegisterRow) -> set[str]:
    texts = (row.name, row.path, row.path.rpartition("/")[2])
    return {text.casefold() for text in texts if text}


def expand_rows(
    rows: Iterable[RegisterRow], *, departements: Collection[str]
) -> list[Download]:
    """List the files that rows ask for, one a département where ``{dep}`` says so.

    Examples
    --------
    >>> row = RegisterRow(
    ...     line=2,
    ...     name="BD TOPO {dep}",
    ...     version="2026",
    ...     url="https://example.org/D{dep3}.7z",
    ...     path="data/raw/D{dep3}.7z",
    ...     licence="LO",
    ...     sha256="",
    ...     note="",
    ... )
    >>> [one.path for one in expand_rows([row], departements=["31", "09"])]
    ['data/raw/D009.7z', 'data/raw/D031.7z']
    """
    asked = [row for row in rows if row.path]
    faults = Faults("départements")
    for code in departements:
        if not _DEPARTEMENT.fullmatch(code):
            remedy = "deux signes, par exemple 09, 31 ou 2A"
            faults.add(f"code « {code} » mal formé", remedy=remedy)
    if not departements and any(row.is_template for row in asked):
        faults.add("aucun code", remedy="en donner (--dep 31 --dep 65)")
    faults.raise_if_any(SourceError)
    codes = sorted(set(departements))
    return [
        _download(row, code)
        for row in asked
        for code in (codes if row.is_template else [""])
    ]


def _download(row: RegisterRow, code: str) -> Download:
    name, url, path = (
        text.replace("{dep}", code).replace("{dep3}", code.zfill(3))
        for text in (row.name, row.url, row.path)
    )
    most_bytes = MAX_BYTES
    if row.size_mb:
        most_bytes = max(_SIZE_MARGIN * 1e6 * float(row.size_mb), _LEAST_BYTES)
    return Download(name, row.version, url, path, row.licence, row.sha256, most_bytes)
