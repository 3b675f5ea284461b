"""Words that no published file may say, and sentences that prefer a named body."""

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.disclosure.scan import texts_of

FORBIDDEN = {
    "périmètre préféré": (
        r"meilleurs? périmètres?|périmètres? optima(?:l|ux)|gagnante?s?\b"
    ),
    "périmètre qui porte": (
        r"port[ée]e?s? par (?:le |la |un |une )?"
        r"(?:Territoire d.industrie|bassin de vie|zone d.emploi|SCoT)"
    ),
    "attendu": r"gisements? attendus?|tonnages? attendus?|sera détourné",
    "date non prouvée": r"SYSTOM 2025|sortie de Saint-Gaudens",
    "rumeur": r"fermeture de Fibre Excellence",
    "fautes du cahier des charges": r"System des Pyrénées|\bAGECE\b",
    "note inventée": r"score ELIPSE|ELIPSE\s*:\s*\d+\s*/\s*\d+",
}
"""What is forbidden → how it is written."""

SPECIALIST = {
    "jargon": (
        r"Polsby|Popper|\bReock\b|\bSMAA\b|PROMETHEE|\bTOPSIS\b|Dirichlet|"
        r"ε-contraintes|indice de Shannon"
    ),
}
"""Kept for the notebooks and the annex of the method: not for elected members."""

PREFERENCE = re.compile(
    r"préférable|recommand|à privilégier|mieux placée?|le plus adapté|plus pertinente?|"
    r"\bmeilleure?s?\b|\bidéale?\b|devrait porter|en tête|✔ favorable|l.emporte",
    re.IGNORECASE,
)
"""What a sentence says when it prefers."""

_SENTENCE = re.compile(r'[.;!?]\s|[\n\r\t]|</?[a-z][^>]*>|"[,:\]}]')
"""Each text of a JSON is a sentence apart."""


class Said(NamedTuple):
    """Something that a file should not say."""

    file: str
    what: str
    text: str


def spoken(
    folder: Path, patterns: dict[str, str], *, kinds: Iterable[str] = ()
) -> list[Said]:
    """Read every file of a folder; return what it should not say."""
    found = []
    heard = {what: lowered(pattern) for what, pattern in patterns.items()}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or (kinds and path.suffix not in set(kinds)):
            continue
        for text in readings(path):
            small = text.lower()
            for what, pattern in heard.items():
                found += [
                    Said(path.name, what, met[0]) for met in pattern.finditer(small)
                ]
    return found


def lowered(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern for small letters: far faster than to ignore the case.

    Classes in capitals (``\W``) would change their meaning.
    """
    assert re.search(r"\\[A-Z]", pattern) is None, pattern
    return re.compile(pattern.lower())


def readings(path: Path) -> Iterator[str]:
    """Return the texts of a file with plain spaces and apostrophes, tags kept."""
    for text in texts_of(path):
        yield plain(html.unescape(text))


def plain(text: str) -> str:
    """Make spaces and apostrophes those of a keyboard."""
    spaced = re.sub(r"[\u00a0\u202f\u2009]", " ", text)
    return spaced.replace("’", "'")


def preferences(folder: Path, names: Iterable[str]) -> list[Said]:
    """Return the sentences that prefer a body by its name."""
    known = [plain(name) for name in names]
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        for text in readings(path):
            if not PREFERENCE.search(text):
                continue
            for sentence in _SENTENCE.split(text):
                met = PREFERENCE.search(sentence)
                if met and any(name in sentence for name in known):
                    found.append(Said(path.name, met[0], sentence.strip()))
    return found
