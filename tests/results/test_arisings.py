"""The waste of the default study against what observatories publish."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import (
    arising_terms,
    draw_intervals,
    draw_law,
    group_draws,
)
from eitgeo.reference.tables import waste_ratios
from eitgeo.tables.files import read_table
from tests.rerun import run_step

PLAUSIBLE_KT = (40.0, 200.0)
"""Neither hazardous nor inert, a syndicate of 180 000 inhabitants. Nouvelle-Aquitaine
publishes 3 458 kt for 2023 (ORDEC), 0.57 t an inhabitant: about 100 kt here."""


@pytest.mark.results
def test_the_syndicate_throws_away_what_such_territories_do(project) -> None:
    run_step("sites", project)
    sites = read_table(project.processed, "sites")
    members = read_table(project.processed, "membership")
    codes = members.loc[members["body_id"] == "systom_7_epci", "code_insee"]
    here = sites[sites["code_insee"].isin(codes)]
    # The pulp mill is left out: its own declaration tells more than any ratio.
    others = here[here["naf"] != "17.11Z"]
    terms = arising_terms(others, waste_ratios()).query("stream == 'NDNI'")
    whole = pd.Series("syndicat", index=terms.index, name="body")
    draws = group_draws(terms, whole, law=draw_law(project.study))
    low, mid, high = (draw_intervals(draws).to_numpy() / 1000)[0]
    assert PLAUSIBLE_KT[0] < mid < PLAUSIBLE_KT[1], (low, mid, high)
    # Draws far apart would say that the band holds by luck.
    assert np.log(high / low) < np.log(PLAUSIBLE_KT[1] / PLAUSIBLE_KT[0])
