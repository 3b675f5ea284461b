"""What the three forms give is what the import takes: the whole way round."""

import io
from pathlib import Path

import openpyxl
import pytest

from eitgeo.flows.arisings.declared import declared_masses, survey_arisings
from eitgeo.maps.form.sheets import sign_up_xlsx
from tests.flows.survey_toy import sites
from tests.maps.forms import make_form
from tests.maps.test_form_browser import (
    address,
    fill_firm,
    fill_resource,
    page,
    saved,
    tab,
)
from tests.sources.survey_files import SIRET, bring, told

__all__ = ["address", "page", "tab"]  # fixtures

ANSWERS = {
    "date": "2026-11-25",
    "siret": SIRET,
    "raison_sociale": "Scierie d'essai",
    "commune": "=1+1 (09003)",  # the hostile name of a commune of the toy study
    "naf": "1610a",
    "effectif": "20 à 49 salariés",
    "interet:atelier": "oui",
    "besoin:collecte": "oui",
    "consent_traitement": "oui",
}
RESOURCE = {
    "sens": "disposez d'une ressource",
    "nature": "Palettes en bois",
    "quantite": 3.5,
    "unite": "bennes de 15 m³",
    "periode": "mois",
    "devenir": "Repris par un prestataire",
}


@pytest.mark.browser
def test_a_form_filled_in_a_browser_changes_the_results(page, tmp_path) -> None:
    page.check("#porte-rejoindre")
    page.check("#porte-ressources")
    fill_firm(page)
    fill_resource(page)
    hostile = tmp_path / saved(page, "#enregistrer")[0]
    hostile.write_text(saved(page, "#enregistrer")[1], encoding="utf-8")
    refused = bring(hostile)
    assert told(refused, "refusé")[0] == ("fiche", "raison_sociale", "balises HTML")
    assert refused.declarations.empty
    page.fill("#raison_sociale", "Scierie d'essai")
    files = []
    for button in ("#enregistrer", "#enregistrer-csv"):
        name, text = saved(page, button)
        files.append(tmp_path / name)
        files[-1].write_text(text, encoding="utf-8")
    by_json, by_csv = (bring(path).declarations for path in files)
    assert by_json.equals(by_csv)
    found = survey_arisings(
        by_json, declared_masses(by_json), sites=sites(("scie", SIRET, "09003"))
    )
    # 3.5 × 12 × 15 m³ × 0.85 × 0.10 t/m³.
    assert found["t_mid"].tolist() == [pytest.approx(53.55)]
    assert found["method"].tolist() == ["survey"]


def filled(path: Path, toy) -> Path:
    """Fill the workbook of the toy study as a firm does, by its labels."""
    book = openpyxl.load_workbook(io.BytesIO(sign_up_xlsx(make_form(toy))))
    for sheet in ("Établissement", "Consentements"):
        for row in book[sheet].iter_rows(max_col=3):
            if row[0].value in ANSWERS:
                row[2].value = ANSWERS[row[0].value]
    names = [cell.value for cell in book["Ressources"][1]]
    for name, value in RESOURCE.items():
        book["Ressources"].cell(3, names.index(name) + 1).value = value
    book.save(path)
    return path


def test_the_workbook_is_imported_by_its_labels(toy, tmp_path) -> None:
    done = bring(filled(tmp_path / "fiche.xlsx", toy))
    assert done.n_refused == 0
    (row,) = done.declarations.to_dict("records")
    kept = {name: row[name] for name in ("siret", "naf", "effectif", "commune")}
    assert kept == {
        "siret": SIRET,
        "naf": "16.10A",
        "effectif": "12",
        "commune": "09003",
    }
    assert (row["interet"], row["besoin"]) == ("atelier", "collecte")
    assert (row["nature"], row["unite"], row["quantite"]) == (
        "palettes",
        "benne_15m3",
        3.5,
    )
    assert row["devenir"] == "repris"


def test_an_empty_workbook_says_what_is_missing(toy, tmp_path) -> None:
    path = tmp_path / "vide.xlsx"
    path.write_bytes(sign_up_xlsx(make_form(toy)))
    done = bring(path)
    assert {field for _, field, _ in told(done, "refusé")} == {
        "consent_traitement",
        "date",
        "siret",
        "raison_sociale",
    }
