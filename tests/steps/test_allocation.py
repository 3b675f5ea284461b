"""The step of the allocation on the five sites drawn on paper, with shipped terms."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from eitgeo.ledger import Place
from eitgeo.reference.exchange_terms import current_outlets
from eitgeo.steps.engine.contract import Facts
from eitgeo.steps.log_words import about
from eitgeo.study.project import Project, open_project
from eitgeo.study.sections import Participation, Syndicate
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from eitgeo.words import round_significant
from tests.flows.test_on_paper import five_sites, pairs
from tests.flows.toy import P, Q, R
from tests.rerun import run_step
from tests.tables.conftest import frame_of, row_of

AT = Place("allocation", "P", "flow_t")

STUDY = Path(__file__).resolve().parents[2] / "study.yaml"
WOOD_T = {"scie": 200.0, "scie2": 100.0}
BARK = row_of(
    "byproducts",
    site_id="scie",
    resource="03 01 01",
    ewc_stat="W075",
    unit="t",
    q_mid=50.0,
    in_ratio="oui",
)


def placed(table: str, *rows: Any) -> pd.DataFrame:
    """Return rows of a table of places, all at one point."""
    frame = pd.DataFrame([row_of(table, **row) for row in rows])
    points = [Point(550_500, 6_200_500)] * len(frame)
    return gpd.GeoDataFrame(frame.assign(geometry=points), crs=2154)


def all_pairs() -> pd.DataFrame:
    """Return table ``od_matrix``: communes, and the platform in P."""
    line = pairs()
    to_outlet = line[line["destination_id"] == P].assign(destination_id="plateforme")
    ways: Any = pd.concat([line, to_outlet]).to_dict("records")
    rows = [row_of("od_matrix", closure_id="", profile="truck", **way) for way in ways]
    return frame_of("od_matrix", *rows)


def with_syndicate(made: Project, *outlets: str, cost: float | None = None) -> Project:
    """Return the study with the outlets of its syndicate, or none; what each costs."""
    known: dict[str, Any] = {"source": "une page", "on_date": "2026-01-01"}
    told = known | {"outlets": outlets}
    if cost is not None:
        told["costs"] = known | {"eur_per_t": dict.fromkeys(outlets, cost)}
    one = Syndicate.model_validate(told) if outlets else None
    flows = made.study.flows.model_copy(update={"syndicate": one})
    return replace(made, study=made.study.model_copy(update={"flows": flows}))


def with_participation(made: Project, low: float, high: float, n_draws: int) -> Project:
    """Return the study with its own share of who takes part."""
    part = Participation(share=(low, high), n_draws=n_draws)
    flows = made.study.flows.model_copy(update={"participation": part})
    return replace(made, study=made.study.model_copy(update={"flows": flows}))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Project:
    """Write the default study, all receivers in, with the territory on paper."""
    made = with_syndicate(open_project(STUDY, out=tmp_path_factory.mktemp("ecrite")))
    made = with_participation(made, 1.0, 1.0, 1)
    known = five_sites()[["site_id", "naf", "code_insee", "siret"]]
    jobs = five_sites().filter(like="headcount_")
    rows: Any = pd.concat([known, jobs], axis=1).to_dict("records")
    wood = [
        row_of(
            "arisings",
            site_id=site,
            waste_code="W075",
            ewc_stat="W075",
            stream="NDNI",
            t_mid=tonnes,
        )
        for site, tonnes in WOOD_T.items()
    ]
    platform = {
        "outlet_id": "plateforme",
        "kind": "compostage",
        "icpe_headings": "2780",
        "capacity_t": 300.0,
        "household_t": 50.0,
    }
    tables = {
        "communes": placed(
            "communes", *({"code_insee": code, "in_area": True} for code in (P, Q, R))
        ),
        "sites": placed("sites", *rows),
        "site_cells": empty_table("site_cells"),
        "site_zone": empty_table("site_zone"),
        "outlets": placed("outlets", platform),
        "arisings": frame_of("arisings", *wood),
        "byproducts": frame_of("byproducts", BARK),
        "needs": frame_of("needs").iloc[:0],
        "od_matrix": all_pairs(),
        "road_places": empty_table("road_places"),
    }
    for name, table in tables.items():
        write_table(made.processed, table, table=name)
    return made


def copied(made: Project, folder: Path) -> Project:
    """Copy a study, for a test to write in."""
    shutil.copytree(made.out, folder, dirs_exist_ok=True)
    return replace(made, out=folder)


@pytest.fixture
def project(written: Project, tmp_path: Path) -> Project:
    """Return the study before its allocation."""
    return copied(written, tmp_path)


@pytest.fixture(scope="module")
def run_once(written: Project, tmp_path_factory) -> tuple[Project, Facts]:
    """Run the allocation once, for tests that start where it ended."""
    made = copied(written, tmp_path_factory.mktemp("affectee"))
    return made, run_step("allocation", made)


@pytest.fixture
def allocated(run_once: tuple[Project, Facts], tmp_path: Path) -> Project:
    """Return the study after its allocation."""
    return copied(run_once[0], tmp_path)


@pytest.fixture
def facts(run_once: tuple[Project, Facts]) -> Facts:
    """Return what the allocation told."""
    return run_once[1]


def test_each_tonne_goes_once_to_a_need_or_stays(allocated, facts) -> None:
    table = read_table(allocated.processed, "allocation")
    given = table.groupby("donor_id")["t"].sum()
    assert set(given.index) <= set(WOOD_T)
    assert all(given[site] <= WOOD_T[site] * (1 + 1e-9) for site in given.index)
    assert (table["donor_id"] != table["receiver_id"]).all()
    bark = table[table["resource"] == "03 01 01"]
    assert set(bark["donor_id"]) == {"scie"}
    assert 0 < bark["t"].sum() <= BARK["q_mid"] * (1 + 1e-9)
    told = str(facts["tonnes affectées (potentiel)"]).replace("\N{NO-BREAK SPACE}", "")
    (figure,) = re.findall(r"^de l’ordre de([1-9]0*)t/an$", told)
    assert float(figure) == round_significant(table["t"].sum(), 1)
    assert facts["écart du calcul à son majorant, au pire"] == "nul"
    # The boiler (2 jobs × 2 800 t × 0.3) and both board makers (jobs × 500 × 0.3).
    needs = read_table(allocated.processed, "receiver_needs").set_index("site_id")
    wood = needs[needs["resource"].isin(["combustible_bois", "fibre_bois"])]
    assert wood["t_mid"].to_dict() == pytest.approx(
        {"chaufferie": 1680, "panneau": 1500, "grand": 1200}
    )


def test_tonnes_out_of_the_extract_are_told_and_exchange_nothing(
    project, facts
) -> None:
    fact = "hors de l'extrait routier"
    assert facts[fact] == "aucune tonne"
    ways = all_pairs()
    off = ways["origin_id"].eq(R) | ways["destination_id"].eq(R)
    ways.loc[off, "status"] = "outside_extract"
    ways.loc[off, ["time_s", "length_m"]] = float("nan")
    write_table(project.processed, ways, table="od_matrix")
    far = {"profile": "truck", "place_id": R, "status": "outside_extract"}
    places = frame_of("road_places", row_of("road_places", **far))
    write_table(project.processed, places, table="road_places")
    told = run_step("allocation", project)[fact]
    sites = five_sites().set_index("site_id")["code_insee"]
    needs = read_table(project.processed, "receiver_needs")
    asked_t = needs.loc[needs["site_id"].map(sites).eq(R), "t_mid"].sum()
    assert WOOD_T["scie2"] == 100
    assert sites["scie2"] == R
    assert asked_t > 0
    asked = about(asked_t, "t/an", AT)
    assert told == f"résidus {about(100.0, 't/an', AT)}, besoins {asked}"
    table = read_table(project.processed, "allocation")
    assert not set(table["donor_id"].map(sites)) & {R}
    assert not set(table["receiver_id"].map(sites)) & {R}


def test_the_model_of_outlets_stays_apart_from_what_firms_use(allocated, facts) -> None:
    # Which stream, how many tonnes, and why; rules by name.
    assert str(facts["sans exutoire admis"]).replace("\N{NO-BREAK SPACE}", " ") == (
        "NDNI W075, de l’ordre de 50 t/an "
        "(les exutoires admis à portée n’ont plus de capacité)"
    )
    silent = str(facts["règles sans preneur à portée"])
    assert re.fullmatch(r"aucune|SYN\d{3}(, SYN\d{3})*", silent)
    flows = read_table(allocated.processed, "allowed_flows")
    assert set(flows["kind"]) == {"allowed"}
    # 250 t are free: P sends its 200 t next door, R the other 50.
    assert flows.set_index("site_id")["t"].to_dict() == pytest.approx(
        {"scie": 200, "scie2": 50}
    )
    left = read_table(allocated.processed, "unplaced_waste")
    assert left[["code_insee", "ewc_stat", "reason"]].to_numpy().tolist() == [
        [R, "W075", "capacite"]
    ]
    assert left["t"].tolist() == pytest.approx([50])
    assert (flows["kgco2e"] >= 0).all()
    per_tkm = (flows["kgco2e"] / flows["tkm"])[flows["tkm"] > 0]
    # A 26 t lorry with a skip: 0.1 to 1 kgCO2e a tonne and kilometre, way back counted.
    assert per_tkm.between(0.1, 1.0).all()


def told_levers(project: Project) -> Any:
    """Allocate, draw and sum up."""
    run_step("allocation", project)
    return summed(project)


def summed(project: Project) -> Any:
    """Draw and sum up what was allocated."""
    draws = [
        row_of("arising_draws", code_insee=code, draw=n, t=100.0 * (1 + n))
        for code in (P, R)
        for n in range(20)
    ]
    write_table(
        project.processed, frame_of("arising_draws", *draws), table="arising_draws"
    )
    run_step("levers", project)
    return read_table(project.processed, "lever_totals").set_index("lever")


@pytest.fixture
def thrown_away(monkeypatch) -> None:
    """Let no residue be sold today: the wood of the five sites goes to an outlet."""
    none = current_outlets().iloc[:0]
    where = "eitgeo.library.study_exchanges.current_outlets"
    monkeypatch.setattr(where, lambda: none)


def test_what_a_sawmill_sells_already_saves_nobody_a_euro(project) -> None:
    told = told_levers(with_syndicate(project, "plateforme"))
    assert told.loc["t", "mid"] > 0
    saved = ["eur_firms", "syndicate_t", "tco2e_avoided"]
    assert told.loc[saved, ["low", "mid", "high"]].eq(0).all(axis=None)
    assert read_table(project.processed, "allocation")["disposal_heading"].eq("").all()


@pytest.mark.usefixtures("thrown_away")
def test_the_syndicate_has_its_part_once_its_outlets_are_named(project) -> None:
    told = told_levers(with_syndicate(project, "plateforme"))
    mine = told.loc["syndicate_t"]
    assert mine["status"] == "chiffre"
    assert 0 < mine["mid"] <= told.loc["t", "mid"]
    assert "collecte publique" in mine["left_out"]
    shares = [name for name in told if name.startswith("variance_")]
    assert mine[shares].sum() == pytest.approx(100.0)


def told_account(project: Project) -> Any:
    """Write the account of the syndicate from its levers; two lists of members."""
    places = read_table(project.processed, "communes").assign(
        epci_siren=["200000001", "200000001", "200000002"], population=100
    )
    write_table(project.processed, places, table="communes")
    lists = {"systom_7_epci": (P, Q), "systom_8_epci": (P, Q, R)}
    bodies = [
        row_of("bodies", body_id=body, kind="syndicat", name=f"Syndicat – {body}")
        | {"waste_competence": True}
        for body in lists
    ]
    rows = [
        row_of("membership", body_id=body, code_insee=code, from_date="", to_date="")
        for body, codes in lists.items()
        for code in codes
    ]
    write_table(project.processed, frame_of("bodies", *bodies), table="bodies")
    write_table(project.processed, frame_of("membership", *rows), table="membership")
    run_step("syndicate_account", project)
    table = read_table(project.processed, "syndicate_account")
    return table.set_index(["line", "outlet_id", "ewc_stat", "member"])


@pytest.mark.usefixtures("thrown_away")
@pytest.mark.parametrize(("cost", "sign"), [(0.0, -1.0), (400.0, 1.0)])
def test_the_account_has_the_sign_of_what_is_entered(project, cost, sign) -> None:
    """Wood pays 40 €/t at a platform, which spends `cost` on it."""
    mine = with_syndicate(project, "plateforme", cost=cost)
    levers = told_levers(mine)
    table = told_account(mine)
    names = ["low", "mid", "high"]
    whole, plant = ("", "", ""), ("plateforme", "W075", "")
    balance = table.loc[("balance", *whole), names].tolist()
    assert [np.sign(one) for one in balance] == [sign] * 3
    left = table.loc[("out_t", *plant), names].tolist()
    assert left == pytest.approx(levers.loc["syndicate_t", names].tolist())
    # Nobody runs a landfill: no space, and why; 200 to 300 inhabitants share.
    space = table.loc[("landfill_t", *whole)]
    assert (space["mid"], space["status"]) == (0.0, "chiffre")
    assert "aucun stockage" in space["left_out"]
    assert table.loc[("ceiling_t", *whole), "status"] == "non_chiffre"
    # What the public service collects is unknown, which is not nothing.
    collected = table.loc[("tax_spared", *whole)]
    assert collected["status"] == "non_chiffre"
    assert "collecte publique" in collected["left_out"]
    ends = [balance[0] / n for n in (200, 300)] + [balance[2] / n for n in (200, 300)]
    low, _, high = table.loc[("per_inhabitant", *whole), names]
    assert (low, high) == pytest.approx((min(ends), max(ends)))
    member = table.loc[("member_eur", "", "", "200000002"), names]
    assert 0.0 in (member["low"], member["high"])
    assert member.abs().max() == pytest.approx(max(map(abs, balance)) / 3)


@pytest.mark.usefixtures("thrown_away")
def test_without_a_cost_the_account_has_no_result_and_says_whom_to_ask(project) -> None:
    mine = with_syndicate(project, "plateforme")
    told_levers(mine)
    table = told_account(mine).reset_index()
    euros = table[table["line"].isin(["fee_lost", "cost_spared", *WITHOUT_COST])]
    assert set(euros["status"]) == {"non_chiffre"}
    assert set(euros["line"]) == {"fee_lost", "cost_spared", *WITHOUT_COST}
    said = euros["left_out"]
    assert said.str.contains("flows.syndicate.costs", regex=False).all()
    assert said.str.contains("compte d'exploitation", regex=False).all()
    known = table[table["line"].eq("out_t")]
    assert set(known["status"]) == {"chiffre"}


WITHOUT_COST = ("balance", "per_inhabitant", "member_eur")


def test_no_outlet_of_the_syndicate_is_named_no_line_is_told(allocated) -> None:
    summed(allocated)
    table = told_account(allocated)
    assert table[["low", "mid", "high"]].isna().all(axis=None)
    assert set(table["status"]) == {"non_chiffre"}
    assert table["left_out"].str.contains("exutoires du syndicat", regex=False).all()


@pytest.mark.usefixtures("thrown_away")
def test_levers_are_told_with_their_interval(project) -> None:
    told = told_levers(project)
    for name in ("t", "eur_firms"):
        low, mid, high = told.loc[name, ["low", "mid", "high"]]
        assert 0 < low < mid < high, name
    # Nobody names the outlets of a syndicate: no number, rather than 0, and why.
    mine = told.loc["syndicate_t"]
    assert mine[["low", "mid", "high"]].isna().all()
    assert mine["status"] == "non_chiffre"
    assert "exutoires du syndicat" in mine["left_out"]
    lost = read_table(project.processed, "without_largest").set_index("measure")
    table = read_table(project.processed, "allocation")
    assert lost.loc["t", "with_it"] == pytest.approx(table["t"].sum())
    # Without « scie », the largest employer of the five, its tonnes are gone.
    given = table.groupby("donor_id")["t"].sum()
    assert lost.loc["t", "without_it"] <= given["scie2"] + 100.0
    assert lost.loc["eur", "without_it"] < lost.loc["eur", "with_it"]
    assert len(read_table(project.processed, "break_even"))


def test_the_same_tables_give_the_same_bytes(run_once, project) -> None:
    names = [
        "allocation",
        "allowed_flows",
        "missing_needs",
        "receiver_needs",
        "unplaced_waste",
    ]
    run_step("allocation", project)
    first, again = (
        [(one.processed / f"{name}.parquet").read_bytes() for name in names]
        for one in (run_once[0], project)
    )
    assert first == again


def test_tonnes_are_means_over_draws_of_who_takes_part(allocated) -> None:
    """Half of the receivers, four draws: each takes part in two of them."""
    whole = read_table(allocated.processed, "allocation")
    half = with_participation(allocated, 0.5, 0.5, 4)
    facts = run_step("allocation", half)
    assert facts["participation"] == (
        "si 50\N{NO-BREAK SPACE}% des donneurs et des preneurs prennent part"
    )
    table = read_table(half.processed, "allocation")
    assert set(table["participation_draw"]) <= set(range(4))
    by_receiver = table.groupby("receiver_id")["participation_draw"].nunique()
    assert by_receiver.le(2).all()
    assert 0 < table["t"].sum() < whole["t"].sum()
    made = table.groupby(["participation_draw", "donor_id"])["t"].sum() * 4
    most = made.groupby("donor_id").max()
    assert all(most[site] <= WOOD_T[site] * (1 + 1e-9) for site in most.index)
    assert facts["affectations"] == round(len(table) / 4)
    told = summed(half).loc["t"]
    assert told["variance_participation_pct"] > 0
    assert told["low"] < told["mid"] < told["high"]


def test_who_said_what_it_looks_for_takes_part_in_every_draw(allocated) -> None:
    table = read_table(allocated.processed, "allocation")
    receiver = str(table.groupby("receiver_id")["t"].sum().idxmax())
    givers = table.loc[table["receiver_id"].eq(receiver), "donor_id"].unique()
    # Without a mass, an estimated need stays: who answered takes part all the same,
    # and so do those who could give to it, if they answered too.
    unknown = {"t_low": np.nan, "t_mid": np.nan, "t_high": np.nan}
    answers = [
        row_of("needs", site_id=site, resource="plaquettes_bois") | unknown
        for site in (receiver, *map(str, givers))
    ]
    write_table(allocated.processed, frame_of("needs", *answers), table="needs")
    rare = with_participation(allocated, 0.01, 0.01, 5)
    run_step("allocation", rare)
    met = read_table(rare.processed, "allocation")
    mine = met[met["receiver_id"] == receiver]
    assert set(mine["participation_draw"]) == set(range(5))


def test_the_share_of_all_is_the_allocation_of_all(allocated, monkeypatch) -> None:
    monkeypatch.setattr("eitgeo.steps.flows.participation._SHARES", (0.1, 1.0))
    whole = read_table(allocated.processed, "allocation")
    run_step("participation", allocated)
    told = read_table(allocated.processed, "participation")
    both = told[told["donor_share"].lt(1)]
    assert both[["share", "donor_share", "draw"]].to_numpy().tolist() == [
        [0.1, 0.1, 0],
        [0.1, 0.1, 1],
    ]
    assert both["t"].le(whole["t"].sum()).all()
    table = told[told["donor_share"].eq(1)].set_index("share")
    everyone = table.loc[1.0]
    assert everyone["t"] == pytest.approx(whole["t"].sum())
    assert everyone["n_exchanges"] == len(whole)
    assert table.loc[0.1, "draw"].tolist() == [0, 1]
    # Two firms give: nothing may be told.
    assert set(table["status"]) == {"secret"}
