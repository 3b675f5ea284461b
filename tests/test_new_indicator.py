"""A new indicator is one row of the catalogue and one function, and reaches all."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pandas as pd
import pytest

from eitgeo.disclosure.published import publish_indicators
from eitgeo.dossier.whole import make_dossier
from eitgeo.errors import SchemaError
from eitgeo.maps.comparator.payload import comparator_payload
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference.indicators import indicator_catalogue, indicators_in
from eitgeo.reference.shipped import _parsed
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.counts import register_counts
from eitgeo.scenarios.measures.figures import Figures, figure
from eitgeo.scenarios.measures.measures import (
    FACTS,
    MEASURES,
    Inputs,
    counts,
    measures,
)
from eitgeo.tables.schema import validate
from tests.dossier.reading import all_runs
from tests.dossier.test_content import plain_run
from tests.dossier.toy import make_desk
from tests.maps.comparators import make_choices
from tests.maps.comparators import make_tables as comparator_tables
from tests.maps.test_qgis import layers_of
from tests.maps.toy import Toy, indicator, indicator_table, make_toy, released
from tests.scenarios.test_indicators import measured
from tests.scenarios.toy import ROW, candidate, make_activity, make_sites
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
N_MILLS = 6.0


def add_row(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    """Add a row to the catalogue that ships."""

    def with_row(name: str) -> pd.DataFrame:
        table = _parsed(name)
        if name != "indicators.csv":
            return table
        return pd.concat([table, pd.DataFrame([ROW_OF_CSV | changes])])

    monkeypatch.setattr("eitgeo.reference.shipped._parsed", with_row)


@pytest.fixture
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the row and its function, and nothing else."""
    add_row(monkeypatch)
    monkeypatch.setitem(MEASURES, NAME, None)  # taken out again at the end

    @measures(NAME)
    def n_mills(inputs: Inputs) -> Figures:
        return {NAME: figure(inputs.held.sum(axis=1))}


@pytest.fixture
def toy(_added: None) -> Toy:
    """Release the tables of the toy study, the new indicator among them."""
    made = make_toy()
    told = indicator_table()
    mine = [
        indicator(key, NAME, N_MILLS, evidence="O")
        for key in told["perimeter_id"].unique()
    ]
    return replace(made, indicators=released(pd.concat([told, pd.DataFrame(mine)])))


@pytest.mark.usefixtures("_added")
def test_it_is_measured_with_what_its_row_says() -> None:
    row = measured(candidate("tout", *ROW)).loc["tout", NAME]
    assert row["value"] == N_MILLS
    assert (row["unit"], row["direction"], row["evidence"]) == ("nombre", "up", "O")
    assert row["hypothesis_share_pct"] == 0.0


@pytest.mark.usefixtures("_added")
def test_it_is_released() -> None:
    tout = candidate("tout", *ROW)
    rows = measured(tout).reset_index().query("indicator_id == @NAME")
    guarded: Any = None  # of no use to a count of registers
    public = publish_indicators(
        rows,
        guarded,
        candidates=[tout],
        catalogue=indicator_catalogue(),
        synthetic_pct=pd.Series(dtype=float),
    )
    validate(public, table="indicators_public")
    assert public["value"].tolist() == [N_MILLS]


def test_it_is_in_the_cards_and_the_words_of_the_maps(toy: Toy) -> None:
    cards = card_rows(
        toy.indicators, toy.catalogue, perimeter_id="aval", first_screen=True
    )
    assert (LABEL, "6") in {(row.label, row.text) for row in cards}
    row = toy.perimeters.table.iloc[0]
    said = " ".join(perimeter_sentences(row, cards, demonstration=True))
    assert f"{LABEL} : 6" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_it_is_in_the_comparator_which_sums_it(toy: Toy) -> None:
    payload = comparator_payload(
        toy.ground,
        comparator_tables(toy),
        catalogue=toy.catalogue,
        choices=make_choices(),
        sheet=toy.sheet,
    )
    mine = {one["id"]: one for one in payload["indicators"]}[NAME]
    assert (mine["label"], mine["star"]) == (LABEL, True)
    assert mine["recipe"] == {"how": "sum", "of": "declare"}


def test_it_is_in_the_dossier(toy: Toy) -> None:
    desk = make_desk(toy)
    runs = [plain_run(run) for run in all_runs(make_dossier(desk))]
    # Compared first, in brief, in the chapter of its group, in the annex on hypotheses;
    # the rest in cards of EPCI.
    n_cards = 2 * len(desk.terms.governance.epci_names)
    assert runs.count(LABEL) == 4 + n_cards
    assert desk.indicator("aval", NAME).text == "6"


def test_it_is_in_the_workbook(toy: Toy) -> None:
    content = comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=toy.sheet
    )
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = list(book["Comparaison"].iter_rows(values_only=True))
    (mine,) = (row for row in rows if row[0] == LABEL)
    assert N_MILLS in mine
    values = list(book["Valeurs"].iter_rows(values_only=True))
    assert any(LABEL in row and N_MILLS in row for row in values)


def test_it_is_in_the_project_of_qgis(toy: Toy) -> None:
    layers = {one.name: one for one in layers_of(toy).layers}
    rows = layers["indicateurs"].rows
    mine = rows[rows["label"] == LABEL]
    assert set(mine["value"]) == {N_MILLS}
    assert len(mine)


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


@pytest.mark.usefixtures("_added")
@pytest.mark.parametrize(
    "recipe",
    ["how=sum of=moulin", "how=distinct of=moulin", "how=blocks of=moulins_t"],
)
def test_a_sum_of_what_nobody_counts_is_refused(recipe, monkeypatch) -> None:
    """The page would show 0 for every composition."""
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

    @counts("moulin")
    def mills(activity: Activity) -> pd.DataFrame:
        return activity.sites[activity.sites["naf"].eq("10.61A")]

    @measures(NAME)
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


def test_five_figures_open_the_dossier() -> None:
    assert len(indicators_in(indicator_catalogue(), "summary")) == 5


def test_what_no_function_measures_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add_row(monkeypatch)
    with pytest.raises(SchemaError, match=f"« {NAME} » : aucune fonction ne le mesure"):
        measured(candidate("tout", *ROW))


def test_every_function_measures_what_the_catalogue_lists() -> None:
    overall = {"hypothesis_share_pct"}  # made of the other ones
    assert set(MEASURES) | overall == set(indicator_catalogue().index)
