"""Tables of sites and outlets laid out: who a row is, where, what is filled in."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.reference.naf import naf_divisions
from eitgeo.sources.files.loaded import Note
from eitgeo.sources.files.rows import faulty
from eitgeo.tables.schema import TABLES, validate

NOT_DIFFUSED = "[ND]"
NAF_COLUMNS = {"NAFRev2": "naf_rev2", "NAF2025": "naf_2025"}
"""Column that repeats ``naf``, by nomenclature."""

HEADCOUNT_BRACKETS: dict[str, tuple[float, float]] = {
    "00": (0, 0),
    "01": (1, 2),
    "02": (3, 5),
    "03": (6, 9),
    "11": (10, 19),
    "12": (20, 49),
    "21": (50, 99),
    "22": (100, 199),
    "31": (200, 249),
    "32": (250, 499),
    "41": (500, 999),
    "42": (1000, 1999),
    "51": (2000, 4999),
    "52": (5000, 9999),
}
"""INSEE headcount brackets: code → lowest, highest; other codes are unknown."""

_UNKNOWN = (np.nan, np.nan)


def at_seats(rows: pd.DataFrame, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Put each row at the seat of its commune."""
    seats = communes.set_index("code_insee").loc[
        rows["code_insee"], ["seat_x", "seat_y"]
    ]
    points = gpd.points_from_xy(seats["seat_x"], seats["seat_y"], crs=WORKING_EPSG)
    return gpd.GeoDataFrame(rows, geometry=points)


def tidy_sites(rows: pd.DataFrame, *, where: str) -> Any:
    """Return table ``sites``, the activity told in each nomenclature that is known.

    `rows`: columns of table ``sites`` that have no default, and points in EPSG:2154;
    without ``naf_rev2`` and ``naf_2025``, ``naf`` is written in the one that
    ``naf_version`` names, ``""`` in the other. `where`: the file, as the user names it.
    """
    whole = _filled(rows, "sites")
    told = {
        column: whole["naf"].where(whole["naf_version"] == version, "")
        for version, column in NAF_COLUMNS.items()
        if column not in rows
    }
    return validate(whole.assign(**told), table="sites", where=where)


def tidy_outlets(rows: pd.DataFrame, *, where: str) -> Any:
    """Return table ``outlets``, as :func:`tidy_sites`."""
    return validate(_filled(rows, "outlets"), table="outlets", where=where)


def _filled(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Write what the table declares where the source says nothing."""
    silent = {
        name: pd.Series(column.default, rows.index, column.dtype)
        for name, column in TABLES[table].columns.items()
        if column.default is not None and name not in rows
    }
    return rows.assign(**silent)


def named_rows(
    rows: pd.DataFrame, *, prefix: str, shown: pd.Series, masked: str
) -> pd.DataFrame:
    """Name the rows of a register: identifier, SIRET and name, masked unless `shown`.

    `rows`: ``code``, ``siret``, ``name``, ``code_insee``; the identifier is `prefix`
    and the code; `masked` stands for the name that may not be shown.
    """
    good = rows["siret"].str.fullmatch(r"\d{14}")
    return pd.DataFrame(
        {
            "site_id": prefix + rows["code"],
            "siret": rows["siret"].where(shown & good, ""),
            "name": rows["name"].where(shown, masked),
            "code_insee": rows["code_insee"],
        }
    )


def hidden_sirets(named: pd.DataFrame, sirets: pd.Series) -> dict[str, str]:
    """Return the SIRET of the rows of :func:`named_rows` that do not show theirs.

    Examples
    --------
    >>> import pandas as pd
    >>> named = pd.DataFrame({"site_id": ["A1", "A2"], "siret": ["", "39931827800021"]})
    >>> hidden_sirets(named, pd.Series(["12345678900011", "39931827800021"]))
    {'A1': '12345678900011'}
    """
    hidden = (named["siret"] == "") & sirets.str.fullmatch(r"\d{14}")
    return dict(zip(named["site_id"][hidden], sirets[hidden], strict=True))


def as_outlets(named: pd.DataFrame) -> pd.DataFrame:
    """Call named rows what table ``outlets`` calls them: the SIRET is an alias."""
    return named.rename(columns={"site_id": "outlet_id", "siret": "aliases"})


def headcounts(codes: Sequence[str] | pd.Series) -> dict[str, Any]:
    """Return low, mid (geometric mean) and high of INSEE brackets, or NaN."""
    bounds = [HEADCOUNT_BRACKETS.get(code, _UNKNOWN) for code in codes]
    low, high = np.array(bounds, dtype=float).reshape(-1, 2).T
    return {
        "headcount_low": low,
        "headcount_mid": np.sqrt(low * high),
        "headcount_high": high,
    }


def naf_from_ape(codes: pd.Series) -> pd.Series:
    """Write activity codes as NAF rév. 2 sub-classes.

    Examples
    --------
    >>> import pandas as pd
    >>> naf_from_ape(pd.Series(["1330Z", "17.11Z ", "241G"])).tolist()
    ['13.30Z', '17.11Z', '']
    """
    compact = codes.str.strip().str.upper().str.replace(".", "", regex=False)
    good = compact.str.fullmatch(r"\d{4}[A-Z]")
    dotted = compact.str[:2] + "." + compact.str[2:]
    return dotted.where(good, "").rename("naf")


def naf_or_division(codes: pd.Series) -> pd.Series:
    """Write activity codes as NAF rév. 2 sub-classes; a division stays one.

    Examples
    --------
    >>> import pandas as pd
    >>> naf_or_division(pd.Series(["38.32Z", "38", "04", "X"])).tolist()
    ['38.32Z', '38', '', '']
    """
    text = codes.str.strip()
    return naf_from_ape(codes).mask(text.isin(list(naf_divisions().index)), text)


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
