"""What perimeters carry along: what drew their contours, and what is to confirm."""

from __future__ import annotations

import pandas as pd

from eitgeo.study.sections import Study

TO_CONFIRM = "membres à confirmer par le maître d'ouvrage"
_BY_ROAD = ("temps_de_route", "ward")


def contour_stamps(
    study: Study, perimeters: pd.DataFrame
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say why these contours are a demonstration, and whose members are to confirm."""
    methods = perimeters["method"]
    drawn_by: tuple[str, ...] = ()
    if methods.eq("optimum").any():
        # What is kept of the exchanges stands on establishments too.
        drawn_by = study.demonstration_reasons
    elif methods.isin(_BY_ROAD).any():
        drawn_by = study.road_reasons
    doubtful = perimeters.loc[perimeters["membership_status"] == "a_confirmer", "name"]
    return drawn_by, tuple(f"{name} : {TO_CONFIRM}" for name in doubtful)
