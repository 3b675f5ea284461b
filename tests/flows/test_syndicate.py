"""The syndicate's part, on the five sites on paper, by hand.

The landfill of the syndicate stands in P and is the only outlet of the wood: gate 40 €,
tax 69 € in 2026, 5 € more above 45 000 t, and it takes 48 500 t of households. The
optimum (test_on_paper) sends 300 t elsewhere.

    firms pay it      300 × (40 + 69)        = 32 700 €   the rate of the year
    tax no longer due 300 × (69 + 5)         = 22 200 €
    half of its costs 300 × 40 ÷ 2           =  6 000 €
    syndicate         22 200 + 6 000 − 32 700 = −4 500 €  = 300 × (5 + 20 − 40)
"""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.flows.exchanges.lever_terms import lever_terms
from eitgeo.flows.exchanges.levers import levers
from eitgeo.flows.outlets.legal_outlets import allowed_outlets, unplaced_by_stream
from eitgeo.flows.outlets.syndicate import (
    with_public_collection,
    with_public_service,
)
from eitgeo.study.project import open_project
from eitgeo.study.sections import PublicService, Study, Syndicate
from tests.flows.test_lever_terms import VALUES
from tests.flows.test_on_paper import (
    AT_KM,
    LORRY,
    RULES,
    allocation,
    five_sites,
    haul,
    pairs,
)
from tests.flows.toy import P, Q, R

STUDY = Path(__file__).resolve().parents[2] / "study.yaml"
GATE, RATE, PREMIUM = 40.0, 69.0, 5.0
SERVICE = {
    "ewc_stats": ["W075"],
    "share": 0.25,
    "fee_eur_per_t": 150.0,
    "cost_eur_per_t": 120.0,
    "source": "compte administratif",
    "on_date": "2026-01-01",
}


def prices(
    *, is_public: bool = True, premium: float = PREMIUM, lot_t: float = 1_000.0
) -> pd.DataFrame:
    """Return what a tonne of wood costs at the landfill of P."""
    public = float(is_public)
    return pd.DataFrame(
        {
            "disposal_eur_per_t": GATE + RATE + premium,
            "haul_eur_per_t": haul([AT_KM[code] for code in (P, Q, R)]),
            "length_m": [1000 * AT_KM[code] for code in (P, Q, R)],
            "tax_eur_per_t": RATE + premium,
            "premium_eur_per_t": public * premium,
            "landfill_share": 1.0,
            "landfill_tax_eur_per_t": RATE,
            "public_share": public,
            "lot_t": lot_t,
        },
        index=pd.MultiIndex.from_product(
            [[P, Q, R], ["W075"]], names=["code_insee", "ewc_stat"]
        ),
    )


def terms(table: pd.DataFrame) -> pd.DataFrame:
    """Return what each exchange of the optimum saves."""
    return lever_terms(
        allocation().assign(is_composted=False),
        rules=RULES.assign(vehicle="lorry"),
        prices=table,
        values=VALUES,
        freights={"lorry": LORRY},
        outlet_freight=LORRY,
    )


def told(one: pd.DataFrame) -> Any:
    """Return the levers at mid value."""
    return levers(
        allocation().join(one).assign(used_share=0.0, secondary_share=0.0),
        {},
    )["mid"]


def test_firms_spare_gate_and_tax() -> None:
    found = told(terms(prices()))
    assert found["syndicate_t"] == found["landfill_t"] == pytest.approx(300)
    # 15 600 € on paper, where a tonne costs 40 €: the tax of 69 € comes on top.
    assert found["eur_firms"] == pytest.approx(15_600 + 300 * RATE)
    assert found["eur_tax"] == pytest.approx(300 * RATE)


def test_no_more_leaves_the_syndicate_than_it_takes() -> None:
    """P gives 200 t and R 100 t, but each throws 50 t away."""
    found = told(terms(prices(lot_t=50.0)))
    assert found["syndicate_t"] == pytest.approx(100)
    nothing = told(terms(prices(lot_t=0.0)))
    assert nothing["syndicate_t"] == 0


def test_a_landfill_of_others_leaves_the_syndicate_as_it_is() -> None:
    found = told(terms(prices(is_public=False)))
    assert found["syndicate_t"] == 0
    assert found["eur_firms"] == pytest.approx(15_600 + 300 * (RATE + PREMIUM))


def test_a_quarter_that_the_public_service_collects() -> None:
    """Only R is a member, and gives 100 t: 25 t by the service, at a fee of 150 €.

    Firms of R spare 25 × 150 rather than 25 × (109 + 6): 875 € more.
    """
    table = allocation()
    before = terms(prices())
    after = with_public_collection(
        before,
        table,
        collection=PublicService.model_validate(SERVICE),
        member_codes={R},
        rate_eur_per_t=RATE,
    )
    found, usual = told(after), told(before)
    assert found["eur_firms"] - usual["eur_firms"] == pytest.approx(25 * (150 - 115))
    assert found["syndicate_t"] == pytest.approx(300)
    untouched = with_public_collection(
        before,
        table,
        collection=PublicService.model_validate(SERVICE | {"ewc_stats": ["W102"]}),
        member_codes={P, R},
        rate_eur_per_t=RATE,
    )
    pd.testing.assert_frame_equal(untouched, before)


def outlets(**changes: Any) -> pd.DataFrame:
    """Return the landfill of P."""
    usual = {
        "outlet_id": ["isdnd"],
        "kind": ["isdnd"],
        "icpe_headings": ["2760-2"],
        "capacity_t": [60_000.0],
        "household_t": [48_500.0],
    }
    return pd.DataFrame(usual | changes)


def placed(public_ids: tuple[str, ...], **changes: Any):
    """Place 300 t of sludge of P and R in the landfill of P, in 2026."""
    sites = five_sites()
    waste = pd.DataFrame(
        {
            "site_id": ["scie", "scie2"],
            "waste_code": "W11",
            "stream": "NDNI",
            "ewc_stat": "W11",
            "t_mid": [200.0, 100.0],
        }
    )
    line = pairs()
    ways = line[line["destination_id"] == P].assign(destination_id="isdnd")
    return allowed_outlets(
        outlets(**changes),
        waste,
        sites=sites,
        od_matrix=ways,
        year=2026,
        public_ids=public_ids,
    )


def test_the_step_prices_tax_and_premium_apart() -> None:
    """105 € of gate in the shipped table, 69 € of tax, 5 € above 45 000 t."""
    found: Any = placed(("isdnd",)).prices.loc[(P, "W11")]
    assert found["disposal_eur_per_t"] == pytest.approx(105 + 74)
    assert found["tax_eur_per_t"] == pytest.approx(74)
    assert found["premium_eur_per_t"] == pytest.approx(5)
    below: Any = placed(("isdnd",), household_t=[30_000.0]).prices.loc[(P, "W11")]
    assert below["premium_eur_per_t"] == 0
    private: Any = placed(()).prices.loc[(P, "W11")]
    assert private[["premium_eur_per_t", "public_share"]].tolist() == [0, 0]


def test_an_outlet_that_is_not_there_is_refused() -> None:
    with pytest.raises(StudyError, match=r"exutoire « autre » inconnu.*isdnd"):
        placed(("autre",))


def test_a_full_landfill_is_told_with_its_stream_and_tonnes() -> None:
    found = placed(("isdnd",), capacity_t=[48_492.0])
    left = unplaced_by_stream(found.placed).to_dict("records")
    assert [(one["stream"], one["ewc_stat"], one["t"]) for one in left] == [
        ("NDNI", "W11", pytest.approx(300))
    ]


def study(**syndicate: Any) -> Study:
    """Return the default study with another syndicate."""
    made = open_project(STUDY, out=Path("unused")).study
    known = {"source": "une page", "on_date": "2026-01-01", "outlets": ["isdnd"]}
    one = Syndicate.model_validate(known | syndicate)
    flows = made.flows.model_copy(update={"syndicate": one})
    return made.model_copy(update={"flows": flows})


def test_a_study_may_tell_its_public_collection() -> None:
    table, before = allocation(), terms(prices())
    after = with_public_service(
        before,
        table,
        study=study(public_collection=SERVICE),
        legal=placed(("isdnd",)).legal,
        member_codes={R},
    )
    spared = told(after)["eur_firms"] - told(before)["eur_firms"]
    assert spared == pytest.approx(25 * (150 - 115))
    with pytest.raises(StudyError, match="aucun des exutoires du syndicat"):
        with_public_service(
            before,
            table,
            study=study(public_collection=SERVICE),
            legal=placed(()).legal,
            member_codes={R},
        )
    assert PublicService.model_validate(SERVICE).status == "a_confirmer"


def test_a_cost_is_that_of_an_outlet_of_the_syndicate() -> None:
    costs = {"source": "compte", "on_date": "2026-01-01"}
    own = study(costs=costs | {"eur_per_t": {"isdnd": 110.0}}).flows.syndicate
    assert own is not None
    assert own.costs is not None
    assert own.costs.status == "a_confirmer"
    with pytest.raises(ValueError, match="absent de « outlets » : compost"):
        study(costs=costs | {"eur_per_t": {"compost": 50.0}})
