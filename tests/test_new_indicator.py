"""A new indicator is one row of the catalogue and one function, and reaches all."""

import io
import math
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from eitgeo.disclosure.guard import Guarded
from eitgeo.disclosure.published import publish_indicators
from eitgeo.dossier.whole import make_dossier
from eitgeo.errors import SchemaError, StudyError
from eitgeo.maps.comparator.payload import comparator_payload, indicator_lists
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference import shipped
from eitgeo.reference.indicators import (
    indicator_catalogue,
    indicators_in,
    point_kinds,
)
from eitgeo.reference.naf import in_divisions
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import Figures, figure
from eitgeo.scenarios.measures.indicators import (
    register_counts,
    unread_facts,
    unread_indicators,
)
from eitgeo.scenarios.measures.measures import (
    COUNTED_AS,
    FACTS,
    MEASURES,
    Inputs,
    counts_points,
    counts_sites,
    measures_indicator,
    registers_fact,
)
from eitgeo.steps.decision.activity import _in_cells
from eitgeo.steps.inputs.counts import _points_of
from eitgeo.study.project import open_project
from eitgeo.study.readers import PointSource
from eitgeo.study.sections import Comparison
from eitgeo.tables.schema import empty_table, validate
from tests.dossier.reading import all_runs
from tests.dossier.test_content import plain_run
from tests.dossier.toy import make_desk
from tests.maps.comparators import THRESHOLDS, make_choices
from tests.maps.comparators import make_tables as comparator_tables
from tests.maps.test_qgis import layers_of
from tests.maps.toy import (
    Toy,
    indicator,
    indicator_table,
    make_toy,
    released,
    squares,
)
from tests.scenarios.test_indicators import measured
from tests.scenarios.toy import ROOT, ROW, candidate, make_activity, make_sites
from tests.tables.conftest import unsaid

NAME, LABEL = "n_moulins", "Moulins à eau"
ROW_OF_CSV = {
    "indicator_id": NAME,
    "label": LABEL,
    "unit": "nombre",
    "decimals": "0",
    "direction": "up",
    "kind": "additive",
    "evidence": "O",
    "rests_on": "registers",
    "elipse_axis": "Gouvernance",
    "group": "Gouvernance",
    "first_screen": "oui",
    "shown_in": "brief;words;difference",
    "secrecy": "register",
    "recipe": "how=sum of=declare",
    "formula": "Moulins du périmètre.",
}
GUARDED = ("communes_public", "blocks_public", "exchanges_public", "block_draws_public")
N_MILLS = 6.0
NAMES = {NAME: "measure", "n_scieries": "sites", "n_etangs": "points"}
"""Indicators that are measured by hand, count sites, count points."""
LABELS = {NAME: LABEL, "n_scieries": "Scieries à eau", "n_etangs": "Étangs à truites"}
FACT_OF = {NAME: "declare", "n_scieries": "scierie", "n_etangs": "etang"}


def add_row(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    """Add a row to the catalogue that ships, after those added before."""
    before = shipped._parsed  # noqa: SLF001

    def with_row(name: str) -> pd.DataFrame:
        table = before(name)
        if name != "indicators.csv":
            return table
        return pd.concat([table, pd.DataFrame([ROW_OF_CSV | changes])])

    monkeypatch.setattr("eitgeo.reference.shipped._parsed", with_row)


UNREAD = "aucun fichier de moulins lu"


def declare(
    how: str, monkeypatch: pytest.MonkeyPatch, *, name: str = NAME, fact: str = "moulin"
) -> None:
    """Add the row and one declaration, and nothing else; both are taken out again."""
    for names in (MEASURES, COUNTED_AS):
        monkeypatch.setitem(names, name, None)
    monkeypatch.setitem(FACTS, fact, None)
    told = {"indicator_id": name, "label": LABELS[name]}
    if how == "measure":
        add_row(monkeypatch, **told)
        monkeypatch.delitem(COUNTED_AS, name)
        monkeypatch.delitem(FACTS, fact)

        @measures_indicator(name)
        def n_mills(inputs: Inputs) -> Figures:
            return {name: figure(inputs.held.sum(axis=1))}

        return
    add_row(monkeypatch, **told, rests_on=how, recipe=f"how=sum of={fact}")
    if how == "sites":

        @counts_sites(name, fact=fact)
        def mills(sites: pd.DataFrame) -> "pd.Series[bool]":
            return in_divisions(sites["naf"], ("10",))

    else:
        counts_points(name, fact=fact, absent=UNREAD)


@pytest.fixture
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add an indicator that is measured by hand, one of sites, one of points."""
    for name, how in NAMES.items():
        fact = "moulin" if how == "measure" else FACT_OF[name]
        declare(how, monkeypatch, name=name, fact=fact)


@pytest.fixture
def toy(_added: None) -> Toy:
    """Release the tables of the toy study, the new indicators among them."""
    made = make_toy()
    told = indicator_table()
    mine = [
        indicator(key, name, N_MILLS, evidence="O")
        for key in told["perimeter_id"].unique()
        for name in NAMES
    ]
    return replace(made, indicators=released(pd.concat([told, pd.DataFrame(mine)])))


def test_it_is_measured_with_what_its_row_says(monkeypatch) -> None:
    declare("measure", monkeypatch)
    row = measured(candidate("tout", *ROW)).loc["tout", NAME]
    assert row["value"] == N_MILLS
    assert (row["unit"], row["direction"], row["evidence"]) == ("nombre", "up", "O")
    assert row["hypothesis_share_pct"] == 0.0


@pytest.mark.usefixtures("_added")
def test_it_is_released() -> None:
    tout = candidate("tout", *ROW)
    rows = measured(tout).reset_index().query("indicator_id in @NAMES")
    public = publish_indicators(
        rows,
        Guarded(*map(empty_table, GUARDED)),
        candidates=[tout],
        catalogue=indicator_catalogue(),
        synthetic_pct=pd.Series(dtype=float),
    )
    validate(public, table="indicators_public")
    told, measured_there = (
        table.set_index("indicator_id")["value"].to_dict() for table in (public, rows)
    )
    assert told == measured_there
    assert set(told) == set(NAMES)


def test_it_is_in_the_cards_and_the_words_of_the_maps(toy: Toy) -> None:
    cards = card_rows(
        toy.indicators, toy.catalogue, perimeter_id="aval", first_screen=True
    )
    told = {(row.label, row.text) for row in cards}
    assert told >= {(label, "6") for label in LABELS.values()}
    row = toy.perimeters.table.iloc[0]
    said = " ".join(perimeter_sentences(row, cards, demonstration=True))
    plain = said.replace("\N{NO-BREAK SPACE}", " ").lower()
    assert [one for one in LABELS.values() if f"{one.lower()} : 6" not in plain] == []


def test_it_is_in_the_comparator_which_sums_it(toy: Toy) -> None:
    payload = comparator_payload(
        toy.ground,
        comparator_tables(toy),
        catalogue=toy.catalogue,
        choices=make_choices(),
        sheet=toy.sheet,
    )
    by_id = {one["id"]: one for one in payload["indicators"]}
    for name, fact in FACT_OF.items():
        mine = by_id[name]
        assert (mine["label"], mine["star"]) == (LABELS[name], True)
        assert mine["recipe"] == {"how": "sum", "of": fact}


def test_it_is_in_the_dossier(toy: Toy) -> None:
    desk = make_desk(toy)
    runs = [plain_run(run) for run in all_runs(make_dossier(desk))]
    # Compared first, in brief, in the chapter of its group, in the annex on hypotheses;
    # the rest in cards of EPCI.
    n_cards = 2 * len(desk.terms.governance.epci_names)
    for name, label in LABELS.items():
        assert runs.count(label) == 4 + n_cards
        assert desk.indicator("aval", name).text == "6"


def test_it_is_in_the_workbook(toy: Toy) -> None:
    content = comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=toy.sheet
    )
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = list(book["Comparaison"].iter_rows(values_only=True))
    values = list(book["Valeurs"].iter_rows(values_only=True))
    for label in LABELS.values():
        (mine,) = (row for row in rows if row[0] == label)
        assert N_MILLS in mine
        assert any(label in row and N_MILLS in row for row in values)


def test_it_is_in_the_project_of_qgis(toy: Toy) -> None:
    layers = {one.name: one for one in layers_of(toy).layers}
    rows = layers["indicateurs"].rows
    for label in LABELS.values():
        mine = rows[rows["label"] == label]
        assert set(mine["value"]) == {N_MILLS}


@pytest.mark.parametrize("rests_on", ["", "sites;on_dit"])
def test_what_does_not_say_what_it_rests_on_is_refused(
    rests_on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing passes for observed because somebody forgot to say so."""
    add_row(monkeypatch, rests_on=rests_on)
    met = f"« {NAME} » : repose sur « {rests_on.rpartition(';')[2]} », inconnu"
    with pytest.raises(SchemaError, match=met):
        indicator_catalogue()


def test_a_place_that_nothing_shows_is_refused(monkeypatch) -> None:
    add_row(monkeypatch, shown_in="brief;summari:2")
    with pytest.raises(SchemaError, match=r"montré dans « summari ».*summary"):
        indicator_catalogue()


@pytest.mark.parametrize(
    "recipe",
    ["how=sum of=moulin", "how=distinct of=moulin", "how=blocks of=moulins_t"],
)
def test_a_sum_of_what_nobody_counts_is_refused(recipe, monkeypatch) -> None:
    """The page would show 0 for every composition."""
    declare("measure", monkeypatch)
    add_row(monkeypatch, recipe=recipe)
    with pytest.raises(
        SchemaError, match=f"la page en somme « {recipe[recipe.rindex('=') + 1 :]}"
    ):
        measured(candidate("tout", *ROW))


def test_what_nothing_counted_yet_is_listed_beside_its_measure(monkeypatch) -> None:
    """A new fact: one row, one file; what is hidden in the register is in no count."""
    add_row(monkeypatch, recipe="how=sum of=moulin")
    monkeypatch.setitem(MEASURES, NAME, None)
    monkeypatch.setitem(FACTS, "moulin", None)

    @registers_fact("moulin")
    def mills(activity: Activity) -> pd.DataFrame:
        return activity.sites[activity.sites["naf"].eq("10.61A")]

    @measures_indicator(NAME)
    def n_mills(inputs: Inputs) -> Figures:
        by_commune = inputs.activity.by_commune(mills(inputs.activity))
        return {NAME: figure(inputs.held @ by_commune)}

    mills_there = make_sites({ROW[0]: 2, ROW[1]: 1}).assign(naf="10.61A")
    others = make_sites({ROW[2]: 1}).assign(site_id="autre")
    sites = pd.concat([mills_there, others]).assign(**unsaid("sites"))
    facts = make_activity(sites=sites)
    found = measured(candidate("tout", *ROW), activity=facts)
    assert found.loc[("tout", NAME), "value"] == len(mills_there)
    free = facts.sites[["site_id"]].assign(diffusible=True, natural_person=False)
    free.loc[free["site_id"].eq("t1"), "diffusible"] = False
    told = register_counts(facts, free).query("fact == 'moulin'")
    assert dict(zip(told["code_insee"], told["n"], strict=True)) == {
        ROW[0]: 1,
        ROW[1]: 1,
    }
    validate(told, table="register_counts")


ALL = candidate("tout", *ROW)
FREE = {"diffusible": True, "natural_person": False}


@pytest.mark.parametrize(
    ("n_mills", "drawn", "share", "evidence"),
    [
        (4, 0, 0.0, "O"),
        (4, 1, 25.0, "H"),
        (0, 0, 0.0, "O"),
        (0, 1, 50.0, "H"),  # drawn without a mill: one of the two sites there are
    ],
)
def test_a_count_of_sites_is_as_sure_as_they_or_the_table_of_sites_are(
    n_mills, drawn, share, evidence, monkeypatch
) -> None:
    declare("sites", monkeypatch)
    others = make_sites({ROW[2]: 2}).assign(naf="47.11F")
    rows = make_sites({ROW[0]: n_mills}) if n_mills else others
    sites = rows.assign(synthetic=rows.index < drawn)
    row = measured(ALL, activity=make_activity(sites=sites)).loc["tout", NAME]
    assert row["value"] == n_mills
    assert row["synthetic_share_pct"] == pytest.approx(share)
    assert row["evidence"] == evidence


def test_a_count_of_sites_counts_what_cells_hold_one_by_one(monkeypatch) -> None:
    """Three mills in one cell, two in another: five, of any size, not two cells."""
    declare("sites", monkeypatch)
    cells = pd.DataFrame(
        {"site_id": ["c1", "c2"], "n_establishments": [3, 2], "employees": 7}
    )
    sites = make_sites({ROW[0]: 1, ROW[1]: 1}).assign(site_id=cells["site_id"])
    held = _in_cells(make_activity(), sites, cells, Comparison())
    counted = register_counts(held, held.sites.assign(**FREE))
    mills = counted[counted["fact"] == "moulin"]
    assert dict(zip(mills["code_insee"], mills["n"], strict=True)) == {
        ROW[0]: 3,
        ROW[1]: 2,
    }
    assert measured(ALL, activity=held).loc[("tout", NAME), "value"] == 5


def test_points_of_a_file_are_counted_and_a_study_without_one_counts_none(
    tmp_path, monkeypatch
) -> None:
    declare("points", monkeypatch)
    assert "moulin" in point_kinds()
    whole = open_project(ROOT / "study.yaml", out=tmp_path)
    path = tmp_path / "moulins.csv"
    path.write_text("point_id,name,code_insee\na,A,31001\nb,B,31002\nc,C,99999\n")
    source = PointSource(reader="moulin", path=path)
    loaded = _points_of(whole, source, communes=squares())
    assert len(loaded.dropped) == 1
    area = make_activity(points=loaded.table)
    row = measured(ALL, activity=area).loc["tout", NAME]
    inside = loaded.table["code_insee"].isin(ROW).sum()
    assert (row["value"], row["evidence"]) == (inside, "O")
    counted = register_counts(area, make_sites({ROW[0]: 1}).assign(**FREE))
    assert counted[counted["fact"] == "moulin"]["n"].sum() == len(loaded.table)
    assert unread_facts(whole.study)["moulin"] == UNREAD
    none = make_activity(unread=unread_facts(whole.study))
    unread = measured(ALL, activity=none).loc["tout", NAME]
    assert math.isnan(unread["value"])
    assert unread["note"] == UNREAD
    told = register_counts(none, make_sites({ROW[0]: 1}).assign(**FREE))
    assert "moulin" not in set(told["fact"])
    limits = THRESHOLDS._replace(unread=unread_indicators(whole.study))
    bodies = pd.DataFrame({"body_id": [], "kind": []})
    lists = indicator_lists(indicator_catalogue(), limits, bodies)
    recipes = {one["id"]: one["recipe"] for one in lists}
    assert recipes[NAME] == {"how": "unread", "note": UNREAD}


def test_points_that_no_indicator_counts_are_refused(tmp_path) -> None:
    whole = open_project(ROOT / "study.yaml", out=tmp_path)
    source = PointSource(reader="moulin", path=tmp_path / "moulins.csv")
    with pytest.raises(StudyError, match="aucun indicateur ne compte « moulin »"):
        _points_of(whole, source, communes=squares())


def test_five_figures_open_the_dossier() -> None:
    assert len(indicators_in(indicator_catalogue(), "summary")) == 5


def test_what_no_function_measures_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add_row(monkeypatch)
    with pytest.raises(SchemaError, match=f"« {NAME} » : aucune fonction ne le mesure"):
        measured(candidate("tout", *ROW))


def test_every_function_measures_what_the_catalogue_lists() -> None:
    overall = {"hypothesis_share_pct"}  # made of the other ones
    assert set(MEASURES) | overall == set(indicator_catalogue().index)
