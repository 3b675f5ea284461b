"""Answers to the sign-up form: brought in, put together, purged, located."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.sources.files.frames import at_seats, tidy_sites
from eitgeo.sources.survey.checks import Places, checked_date
from eitgeo.sources.survey.files import read_forms
from eitgeo.sources.survey.forms import (
    CheckedForm,
    StudyFacts,
    check_form,
    declared_row,
    empty_declarations,
)
from eitgeo.sources.survey.raw import (
    Level,
    RawForm,
    RefusedFileError,
    ReportLine,
    file_line,
    resource_fields,
)
from eitgeo.tables.schema import validate

SURVEY_SOURCE = "enquête"
"""Column ``source`` of a site that the survey alone knows."""

_REPEATED = ("resource_id", "declared_on", *resource_fields())


@dataclass(frozen=True)
class SurveyImport:
    """What an import makes of some files.

    ``declarations``: the table, what was there before and what came in. ``report``: the
    account, row by row, in the order of the files.
    """

    declarations: pd.DataFrame = field(repr=False)
    report: tuple[ReportLine, ...] = field(repr=False)

    @property
    def n_refused(self) -> int:
        """Count the lines of refusal."""
        return sum(line.level == "refusé" for line in self.report)


def import_survey(
    files: Sequence[Path],
    declarations: pd.DataFrame | None,
    *,
    facts: StudyFacts,
) -> SurveyImport:
    """Bring answers in, row by row; importing twice gives the same table.

    Notes
    -----
    Of two forms of one SIRET the later date gives the answers of the firm, consents
    and contacts among them; of two declarations of the same resource (same way, same
    nature and precision, same waste code) the later date stands, or the later in the
    order of the files. A withdrawn consent is a purge, not an import.
    """
    answers = _Declarations.of(declarations)
    report: list[ReportLine] = []
    for path in files:
        try:
            forms = read_forms(path)
        except RefusedFileError as error:
            report.append(file_line(path.name, error.met, error.remedy))
            continue
        for form in forms:
            checked = check_form(form, facts)
            report += checked.lines
            if checked.firm:
                report += answers.take(checked, form)
    return SurveyImport(answers.table(), tuple(report))


@dataclass
class _Declarations:
    """Firms by SIRET, and their resources."""

    firms: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, declarations: pd.DataFrame | None) -> _Declarations:
        answers = cls()
        if declarations is None:
            return answers
        for row in declarations.to_dict("records"):
            values = {str(name): value for name, value in row.items()}
            siret = values["siret"]
            firm = {n: v for n, v in values.items() if n not in _REPEATED}
            answers.firms[siret] = firm | {"date": firm.pop("form_date")}
            if values["resource_id"]:
                resource = {name: values[name] for name in _REPEATED}
                answers.resources[siret, values["resource_id"]] = resource
        return answers

    def take(self, checked: CheckedForm, form: RawForm) -> list[ReportLine]:
        """Put a form in; say of each of its rows what it changes."""
        firm = checked.firm
        lines: list[ReportLine] = []

        def note(level: Level, row: str, met: str, remedy: str = "") -> None:
            lines.append(ReportLine(level, form.file, row, "", met, remedy))

        earlier = self.firms.get(firm["siret"])
        if earlier is None or earlier["date"] <= firm["date"]:
            whole = declared_row(firm, {})
            kept = {name: whole[name] for name in whole if name not in _REPEATED}
            self.firms[firm["siret"]] = kept | {"date": kept.pop("form_date")}
        else:
            met = f"fiche plus ancienne que celle du {earlier['date']}"
            remedy = "accords et coordonnées de la plus récente gardés"
            note("averti", form.firm.place("date"), met, remedy)
        for row, answers in checked.resources:
            new = _complete(answers, str(firm["date"]))
            key = (firm["siret"], new["resource_id"])
            known = self.resources.get(key)
            # NaN differs from itself: as text it does not.
            if known and all(str(known[name]) == str(new[name]) for name in _REPEATED):
                note("accepté", row, "ressource déjà enregistrée")
            elif known and known["declared_on"] > new["declared_on"]:
                met = (
                    f"ressource déclarée à nouveau le {known['declared_on']} : laissée"
                )
                note("averti", row, met, "la plus récente est gardée")
                continue
            elif known:
                met = f"remplace la déclaration du {known['declared_on']}"
                note("averti", row, met, "la plus récente est gardée")
            else:
                note("accepté", row, "ressource enregistrée")
                if any(
                    k[0] == key[0] and _stem(k) == _stem(key) for k in self.resources
                ):
                    met = "même nature déjà déclarée avec d'autres précisions : "
                    met += "les deux comptent"
                    note("averti", row, met, "vérifier qu'elles diffèrent")
            self.resources[key] = new
        if not checked.resources:
            met = "inscription enregistrée, sans ressource"
            note("accepté", form.firm.row, met)
        return lines

    def table(self) -> pd.DataFrame:
        """Lay firms and resources out, one row a resource."""
        rows = [
            declared_row(self.firms[siret], resource)
            for (siret, _), resource in self.resources.items()
        ]
        busy = {siret for siret, _ in self.resources}
        rows += [
            declared_row(firm, {})
            for siret, firm in self.firms.items()
            if siret not in busy
        ]
        frame = pd.DataFrame(rows) if rows else empty_declarations()
        return _tidy(frame)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    blank = empty_declarations()
    typed = frame.astype({name: blank[name].dtype for name in blank})
    tidy: pd.DataFrame = validate(typed, table="declarations")
    return tidy


def _stem(key: tuple[str, str]) -> list[str]:
    """Return the way and the nature of a resource."""
    return key[1].split(":")[:2]


def _complete(answers: dict[str, Any], date: str) -> dict[str, Any]:
    """Give a resource its identifier and its date, every field present."""
    plain = unicodedata.normalize("NFKD", str(answers.get("nature_precision", "")))
    words = re.findall(
        r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().casefold()
    )
    parts = [
        answers["sens"],
        answers["nature"],
        str(answers.get("code_dechet", "")).replace(" ", ""),
        "-".join(words),
    ]
    row = declared_row({"date": date}, answers)
    kept = {name: row[name] for name in resource_fields()}
    return kept | {"resource_id": ":".join(parts), "declared_on": date}


def purge_survey(
    declarations: pd.DataFrame, *, before: str = "", sirets: Iterable[str] = ()
) -> pd.DataFrame:
    """Forget what is too old, and the firms that ask for it."""
    day = checked_date(before) if before else ""
    kept = declarations[~declarations["siret"].isin(set(sirets))]
    kept = kept[kept["form_date"] >= day]
    fresh = kept[(kept["declared_on"] >= day) | (kept["resource_id"] == "")]
    gone = kept[~kept["siret"].isin(fresh["siret"])].drop_duplicates("siret")
    blank = empty_declarations()
    bare = gone.assign(
        **{
            name: float("nan") if blank[name].dtype == float else ""
            for name in _REPEATED
        }
    )
    return _tidy(pd.concat([fresh, bare], ignore_index=True))


def survey_sites(
    declarations: pd.DataFrame, sites: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Put firms that no register at hand knows at the seat of their commune."""
    firms = declarations.drop_duplicates("siret")
    is_new = ~firms["siret"].isin(set(sites["siret"]))
    placed = firms["commune"].isin(communes["code_insee"])
    rows = firms.loc[is_new & placed, ["siret", "naf", "commune"]].reset_index(
        drop=True
    )
    nan = float("nan")
    table = rows.rename(columns={"commune": "code_insee"}).assign(
        site_id="ENQ" + rows["siret"],
        name="",
        naf_version="NAFRev2",
        headcount_low=nan,
        headcount_mid=nan,
        headcount_high=nan,
        position_quality="commune",
        diffusible=False,
        natural_person=False,
        source=SURVEY_SOURCE,
        evidence="O",
        synthetic=False,
    )
    if table.empty:
        return sites.iloc[:0].copy()
    tidy: gpd.GeoDataFrame = tidy_sites(
        at_seats(table, communes=communes), where="enquête"
    )
    return tidy


def survey_facts(
    name: str,
    *,
    communes: pd.DataFrame,
    sites: pd.DataFrame | None,
    received: str,
    last_day: str,
    former: pd.DataFrame | None = None,
) -> StudyFacts:
    """Gather what answers are held against."""
    codes = communes.set_index("code_insee")["in_area"]
    known = None
    if sites is not None:
        listed = sites[(sites["source"] != SURVEY_SOURCE) & (sites["siret"] != "")]
        places = listed.groupby("siret")["code_insee"]
        known = {str(siret): frozenset(codes) for siret, codes in places}
    now = {} if former is None else dict(former.set_index("old_code")["new_code"])
    return StudyFacts(
        name=name,
        places=Places(
            frozenset(codes.index[codes]), frozenset(codes.index[~codes]), now
        ),
        sirets=known,
        received=checked_date(received) if received else "",
        last_day=last_day,
    )
