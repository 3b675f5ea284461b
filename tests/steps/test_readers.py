"""What one register tells the readers of another."""

import pandas as pd

from eitgeo.steps.inputs.readers import company_sirens


def test_only_sirene_tells_which_siren_are_companies() -> None:
    sites = pd.DataFrame(
        [
            ("11111111100011", "INSEE, SIRENE (2026-10)", True, False),
            (
                "22222222200011",
                "Géorisques, IREP 2019 ; aussi : INSEE, SIRENE",
                True,
                False,
            ),
            ("33333333300011", "Géorisques, IREP 2019", True, False),
            ("44444444400011", "INSEE, SIRENE", False, False),
            ("55555555500011", "INSEE, SIRENE", True, True),
            ("", "INSEE, SIRENE", True, False),
        ],
        columns=["siret", "source", "diffusible", "natural_person"],
    )
    assert company_sirens(sites) == {"111111111", "222222222"}
