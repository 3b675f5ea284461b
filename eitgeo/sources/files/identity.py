"""Who a row is about: names, SIRET and postcodes of establishments and places."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import pandas as pd

from eitgeo.sources.files.loaded import Note
from eitgeo.sources.files.rows import faulty

ARTICLES = ("L", "LA", "LE", "LES")
_ORGANISATIONS = (
    r"\b(?:AGGLOMERATION|CC|CCI|CHU|COMMUNAUTE|COMMUNE|COOPERATIVE|CUMA|DEPARTEMENT"
    r"|EARL|EURL|GAEC|GFA|GIE|GIP|GROUPE|INDUSTRIES?|MAIRIE|METROPOLE|MINISTERE|REGIE"
    r"|SA|SAEML?|SARL|SAS|SASU|SCA|SCEA|SCEV|SCI|SCIC|SCOP|SCP|SELARL|SELAS|SEML?"
    r"|SICA|SIVOM|SMTD|SNC|SOCIETE|SPL|STE|SYNDICAT|USINE)\b"
)
"""Words that tell a legal person from somebody's name."""

_OF_A_PERSON = (
    r"\b(?:DE|DA|DI|DOS) (?:SA|SAS|SEM|SICA|STE)\b|\bSTE-"
    r"|^(?:MR?\.|MLLE|MME|MADAME|MONSIEUR)\s.*"
)
"""Somebody's name in the same letters: « DE SA João », « Mme X, commune de Y »."""

_FIRST_NAME = r"(?<=[A-ZÀ-Ý]{2} )(?:Sa|Sas|Sem|Ste)\b(?! [A-Z])|^\s*[^\s.]+ SEM\s*$"
"""A first name written as a legal form is: « UNTEL Sem »; « UNTEL SEM » may be one."""


def _names_an_organisation(names: pd.Series) -> pd.Series:
    """Tell names with a word that only an organisation bears.

    Examples
    --------
    >>> import pandas as pd
    >>> names = pd.Series(["Société X", "UNTEL Jean", "S.A. X", "DE SÁ João"])
    >>> _names_an_organisation(names).tolist()
    [True, False, True, False]
    >>> names = pd.Series(["UNTEL Sem", "UNTEL SEM", "SEM du Val", "VAL SA"])
    >>> _names_an_organisation(names).tolist()
    [False, False, True, True]
    """
    named = names.str.replace(_FIRST_NAME, " ", regex=True)
    words = named.map(_plain).str.strip().str.replace(_OF_A_PERSON, " ", regex=True)
    words = words.str.replace(".", "", regex=False)
    return words.str.contains(_ORGANISATIONS, regex=True)


def may_be_shown(
    names: pd.Series, sirets: pd.Series, *, companies: Collection[str] = ()
) -> pd.Series:
    """Tell rows whose name and SIRET are surely not a natural person's.

    `companies`: SIREN of legal persons that another register tells as such.

    Examples
    --------
    >>> import pandas as pd
    >>> names = pd.Series(["SYNDICAT", "UNTEL Jean", "ACIERS DU VAL"])
    >>> sirets = pd.Series(["25310217200017", "", "39931827800021"])
    >>> may_be_shown(names, sirets, companies={"399318278"}).tolist()
    [True, False, True]
    """
    public = sirets.str.fullmatch(r"[12]\d{13}")
    of_a_company = sirets.str.fullmatch(r"\d{14}") & sirets.str[:9].isin(
        list(companies)
    )
    return _names_an_organisation(names) | public | of_a_company


def folded(names: pd.Series) -> pd.Series:
    """Strip names of accent, case, article and sign: « L'Isle » = « ISLE ».

    Examples
    --------
    >>> import pandas as pd
    >>> folded(pd.Series(["L'Isle-en-Dodon", "Saint-Béat"])).tolist()
    ['ISLEENDODON', 'SAINTBEAT']
    """

    def fold(name: str) -> str:
        plain = _plain(name)
        words = "".join(sign if sign.isalpha() else " " for sign in plain).split()
        return "".join(words[1:] if words[:1] and words[0] in ARTICLES else words)

    return names.map(fold)


FORMER_MARK = " (ancienne commune)"
"""End of the name of a commune that is no more, beside those at hand."""


def own_names(communes: pd.DataFrame) -> pd.Series:
    """Fold the names of communes, those of former ones without their mark."""
    return folded(communes["nom"].str.removesuffix(FORMER_MARK))


def by_own_name(communes: pd.DataFrame) -> pd.Series:
    """Index the codes of communes by département and name.

    Examples
    --------
    >>> import pandas as pd
    >>> here = pd.DataFrame({"code_insee": ["31471", "31298"], "dep": "31",
    ...     "nom": ["Saint-Béat-Lez", "Lez (ancienne commune)"]})
    >>> by_own_name(here).to_dict()
    {'31SAINTBEATLEZ': '31471', '31LEZ': '31298'}
    """
    keyed = communes.assign(key=communes["dep"] + own_names(communes))
    is_former = communes["nom"].str.endswith(FORMER_MARK)
    present = keyed[~is_former]
    former = keyed[is_former & ~keyed["key"].isin(present["key"])]
    each = pd.concat(
        [part.drop_duplicates("key", keep=False) for part in (present, former)]
    )
    return each.set_index("key")["code_insee"]


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFD", name.upper().replace("Œ", "OE"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


_REGISTERS = r"(?:ICPE|IREP|S3IC)"
_INSTALLATION = (
    rf"{_REGISTERS}(?:(?P<whole>\d{{10}})|(?P<office>\d{{2,4}})\.(?P<rank>\d{{5}}))"
)


def installation_keys(ids: pd.Series) -> pd.Series:
    """Write the number of a classified installation as one register would.

    Examples
    --------
    >>> import pandas as pd
    >>> ids = pd.Series(["S3IC0068.02548", "IREP068.02548", "ICPE0006802548", "ANC1"])
    >>> installation_keys(ids).tolist()
    ['0006802548', '0006802548', '0006802548', 'ANC1']
    """
    parts = ids.str.extract(rf"^{_INSTALLATION}$").fillna("")
    number = (parts["whole"] + parts["office"] + parts["rank"]).str.zfill(10)
    has_number = (parts["whole"] != "") | (parts["rank"] != "")
    return ids.mask(has_number, number)


def siret_notes(file: str, sirets: pd.Series, subjects: pd.Series) -> list[Note]:
    """Tell the SIRET that are malformed, or borne by several rows."""
    good = sirets.str.fullmatch(r"\d{14}")
    notes: list[Note] = [
        (
            file,
            line,
            subjects[line],
            "siret_mal_forme",
            f"SIRET de {len(text)} caractères au lieu de 14 chiffres, laissé vide",
        )
        for line, text in faulty(sirets, ~good & (sirets != ""))
    ]
    repeated = sirets[good & sirets.duplicated(keep=False)]
    for _, group in repeated.groupby(repeated, sort=True):
        others = ", ".join(sorted(subjects[group.index]))
        notes += [
            (file, line, subjects[line], "siret_repete", f"même SIRET : {others}")
            for line in group.index
        ]
    return notes
