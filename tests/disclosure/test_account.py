"""The syndicate's account leaves without telling a firm: cells by hand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.account import syndicate_account
from eitgeo.disclosure.rule import Rows
from eitgeo.reference.exchange_terms import landfill_tax, syndicate_lines
from eitgeo.study.project import Project
from eitgeo.study.sections import PlantCosts, PublicService
from tests.tables.conftest import row_of

FIRMS = "abcdefgh"
FIGURES = ["low", "mid", "high"]


@pytest.fixture(scope="module")
def project(demonstration: Project) -> Project:
    """The delivered study: its syndicate takes no waste of firms by its own rounds."""
    return demonstration


def exchange(donor: str, taker: str, category: str, t: float) -> dict[str, Any]:
    """Return an exchange from P of waste that all goes to the syndicate."""
    return row_of(
        "allocation",
        donor_id=donor,
        receiver_id=taker,
        ewc_stat=category,
        donor_code="31001",
        t=t,
        syndicate_share=1.0,
    )


def released(
    project: Project,
    exchanges: list[dict[str, Any]],
    gates: dict[str, float],
    *,
    status: str = "chiffre",
    more: Sequence[tuple[str, str, str, float]] = (),
) -> Rows:
    """Release an account whose categories all go to one plant, at their gates.

    ``more``: other lines: name, outlet, category, mid.
    """
    allocation = pd.DataFrame(exchanges)
    lots = pd.DataFrame(
        {
            "code_insee": "31001",
            "ewc_stat": list(gates),
            "outlet_id": "plant",
            "share": 1.0,
            "fee_eur_per_t": list(gates.values()),
            "landfill_share": 0.0,
            "used_share": 0.0,
            "secondary_share": 0.0,
        }
    )
    keys = [("out_t", "plant", name) for name in gates]
    keys += [("out_t", "plant", ""), ("fee_lost", "plant", ""), ("balance", "", "")]
    keys += [("materials_lost", "", ""), *(one[:3] for one in more)]
    account = pd.DataFrame(keys, columns=["line", "outlet_id", "ewc_stat"]).assign(
        member="", low=1_234.0, mid=2_345.0, high=3_456.0, evidence="H"
    )
    account.loc[len(account) - len(more) :, "mid"] = [one[-1] for one in more]
    units = account["line"].map(syndicate_lines()["unit"])
    account = account.assign(unit=units, status="chiffre", left_out="")
    levers = pd.DataFrame({"lever": ["syndicate_t"], "status": status})
    sites = pd.DataFrame(
        [row_of("sites", site_id=one, siret=f"{ord(one):09d}00011") for one in FIRMS]
    )
    member = row_of("membership", body_id="x", status="publie", code_insee="31001")
    members = pd.DataFrame([member | {"from_date": "2020-01-01", "to_date": ""}])
    return syndicate_account(project, levers, account, allocation, lots, members, sites)


def told(*given: Any, **asked: Any) -> pd.DataFrame:
    """Return the lines of such an account."""
    return released(*given, **asked).table.set_index(["line", "outlet_id", "ewc_stat"])


def many(category: str, t: float = 10.0) -> list[dict[str, Any]]:
    """Return what four firms give four others."""
    pairs = zip("abcd", "efgh", strict=True)
    return [exchange(donor, taker, category, t) for donor, taker in pairs]


def test_what_many_make_leaves_with_two_figures(project) -> None:
    table = told(project, many("W091") + many("W092"), {"W091": 40.0, "W092": 40.0})
    assert set(table["status"]) == {"chiffre"}
    rows = table.reset_index()
    whole = rows.loc[rows["line"].eq("balance"), FIGURES].to_numpy()
    assert whole.tolist() == [[1_200.0, 2_300.0, 3_400.0]]


def test_a_category_of_one_firm_takes_the_smallest_other_with_it(project) -> None:
    """W032 is that of one firm: what is left of the plant would tell it."""
    exchanges = [*many("W091", 50.0), *many("W092"), exchange("a", "e", "W032", 5.0)]
    table = told(project, exchanges, dict.fromkeys(("W032", "W091", "W092"), 40.0))
    held = table.index[table["status"] == "secret"]
    assert set(held) == {("out_t", "plant", "W032"), ("out_t", "plant", "W092")}
    assert table.loc[("out_t", "plant", "W032"), FIGURES].isna().all()


def test_a_gate_of_its_own_would_tell_it_from_the_fees(project) -> None:
    """Fees less 40 €/t of the rest are 55 €/t of one firm: no line of the plant."""
    exchanges = [*many("W091"), exchange("a", "e", "W032", 5.0)]
    table = told(project, exchanges, {"W032": 55.0, "W091": 40.0})
    assert table.loc[("balance", "", ""), "status"] == "chiffre"
    plant = table[table.index.get_level_values("outlet_id") == "plant"]
    assert set(plant["status"]) == {"secret"}


def test_takers_count_as_givers_do(project) -> None:
    exchanges = [exchange(donor, "h", "W091", 10.0) for donor in "abcd"]
    table = told(project, [*exchanges, *many("W092")], {"W091": 40.0, "W092": 40.0})
    assert table.loc[("out_t", "plant", "W091"), "status"] == "secret"


def test_tonnes_that_the_levers_keep_in_stay_in(project) -> None:
    table = told(project, many("W091"), {"W091": 40.0}, status="secret")
    assert set(table.loc[["out_t"], "status"]) == {"secret"}


def test_euros_of_two_firms_stay_in(project) -> None:
    """Four firms give tonnes, two of them at a gate: no fee, hence no balance."""
    exchanges = [*many("W092"), *many("W091")[:2]]
    table = told(project, exchanges, {"W091": 40.0, "W092": 0.0})
    euros = table[table.index.get_level_values("line") != "out_t"]
    assert set(euros["status"]) == {"secret"}


def test_a_balance_that_hangs_on_one_firm_stays_in(project) -> None:
    """Fees and costs of four pass; what costs leave of fees is that of the first."""
    own = project.study.flows.syndicate
    costs = {"eur_per_t": {"plant": 40.0}, "source": "s", "on_date": "2026-01-01"}
    costed = own.model_copy(update={"costs": PlantCosts.model_validate(costs)})
    study = changed(project, flows={"syndicate": costed})
    exchanges = [*many("W091"), exchange("a", "e", "W092", 1.0)]
    table = told(study, exchanges, {"W091": 40.0, "W092": 41.0})
    assert table.loc[("balance", "", ""), "status"] == "secret"
    sure = told(study, many("W091"), {"W091": 30.0})
    assert sure.loc[("balance", "", ""), "status"] == "chiffre"


def test_what_is_sold_of_one_firm_keeps_the_balance_in(project) -> None:
    """Paper of four firms is told, with the balance; that of one keeps both in."""
    free = dict.fromkeys(("W072", "W091"), 0.0)
    table = told(project, many("W091") + many("W072"), free)
    assert table.loc[("balance", "", ""), "status"] == "chiffre"
    one = [*many("W091", 500.0), exchange("a", "e", "W072", 500.0)]
    alone = told(project, one, free)
    assert alone.loc[("balance", "", ""), "status"] == "secret"
    assert alone.loc[("materials_lost", "", ""), FIGURES].isna().all(axis=None)
    assert alone.loc[("fee_lost", "plant", ""), "status"] == "chiffre"


def changed(project: Project, **parts: dict[str, Any]) -> Project:
    """Change keys of some parts of the study."""
    study = project.study
    new = {
        name: getattr(study, name).model_copy(update=to) for name, to in parts.items()
    }
    return replace(project, study=study.model_copy(update=new))


def test_what_the_public_service_collects_is_that_of_the_landfill_it_spares_most(
    project,
) -> None:
    """Of « large » one firm makes W092: it is held with W093; what « small » is, is."""
    service = {"ewc_stats": ["W092", "W093"], "share": 1.0, "fee_eur_per_t": 100.0}
    service |= {"cost_eur_per_t": 80.0, "source": "s", "on_date": "2026-01-01"}
    own = project.study.flows.syndicate
    taken = PublicService.model_validate(service)
    study = changed(
        project,
        flows={"syndicate": own.model_copy(update={"public_collection": taken})},
        comparison={"waste_bodies": ("x",)},
    )
    spared = [("large", 9.0), ("small", 5.0), ("", 14.0)]
    lines = [("tax_spared", outlet, "", mid) for outlet, mid in spared]
    lines += [
        ("out_t", outlet, category, 2_345.0)
        for outlet in ("large", "small")
        for category in ("W092", "W093")
    ]
    exchanges = [*many("W091"), *many("W093"), exchange("a", "e", "W092", 5.0)]
    table = told(study, exchanges, {"W091": 40.0}, more=lines)
    held = table.index[table["status"] == "secret"]
    assert set(held) == {("out_t", "large", "W092"), ("out_t", "large", "W093")}


def test_outlets_of_the_syndicate_are_to_confirm_until_they_are_published(
    project,
) -> None:
    own = project.study.flows.syndicate
    sure = own.model_copy(update={"status": "publie"})
    found = [
        released(study, many("W091"), {"W091": 40.0}).to_confirm
        for study in (
            project,
            changed(project, flows={"syndicate": sure}),
            changed(project, flows={"syndicate": None}),
        )
    ]
    assert found == [("équipements du syndicat",), (), ()]


def test_the_tax_is_credited_to_the_source_of_its_year(project, monkeypatch) -> None:
    """An account of 2025 counts the tax of 2025, whatever is known of 2026."""
    tax = landfill_tax()
    sources = "loi de " + tax["year"].astype(str) + ", " + tax["heading"]
    monkeypatch.setattr(
        "eitgeo.disclosure.door.account.landfill_tax",
        lambda: tax.assign(source=sources),
    )
    for day in (dt.date(2025, 6, 1), dt.date(2026, 11, 24)):
        study = changed(project, identity={"edition": day})
        credits_ = released(study, many("W091"), {"W091": 40.0}).sources or ()
        credited = [one for one in credits_ if one.startswith("TGAP")]
        assert credited == [f"TGAP : loi de {day.year}, 2760-2"]
