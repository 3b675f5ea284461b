"""The sheet of the syndicate: its message is that of its figures."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from eitgeo.maps.cards.syndicate_sheet import syndicate_sheet
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.words.account_words import (
    ACCOUNT_QUESTION,
    account_answer,
    account_clauses,
    detail_of,
    lines_of,
    space_sentences,
)
from eitgeo.words import NBSP, typographic
from tests.disclosure.scan import said_by
from tests.maps.account_toy import (
    NAMED,
    WHY,
    account_rows,
    account_table,
    untold_rows,
)
from tests.maps.toy import Toy, released

ABOUT = "≈ 200 000 €/an"
CONDITION = "si 2 à 5 % des donneurs et des preneurs prennent part"


def plain(text: str) -> str:
    """Set all spaces alike."""
    return " ".join(
        text.replace(NBSP, " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split()
    )


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (
            (-500e3, -210e3, -36e3),
            "une perte, ≈ 200 000 €/an (40 000 à 500 000)",
        ),
        ((36e3, 210e3, 500e3), "un gain, ≈ 200 000 €/an (40 000 à 500 000)"),
        (
            (-36e3, 210e3, 500e3),
            "une perte ou un gain, ≈ 200 000 €/an (−40 000 à 500 000)",
        ),
    ],
)
def test_the_answer_says_the_sign_that_the_whole_interval_has(levels, said) -> None:
    table = account_table()
    table.loc[table["line"] == "balance", ["low", "mid", "high"]] = levels
    assert plain(account_answer(released(table))).endswith(f"{said}.")


def test_an_account_that_stays_in_has_no_sign() -> None:
    table = account_table().assign(status="secret")
    assert account_answer(released(table)).endswith("secret statistique.")
    assert {line.text for line in lines_of(released(table), NAMED, "compte")} == {
        "secret statistique"
    }


def test_lines_plants_categories_and_members_are_named() -> None:
    account = account_rows()
    labels = [line.label for line in detail_of(account, NAMED, "out_t")]
    first = ["Le compost", "Déchets animaux et alimentaires", "Déchets végétaux"]
    assert labels == [*first, "Le stockage"]
    members = [line.label for line in detail_of(account, NAMED, "member_eur")]
    assert members == ["Aval", "Milieu", "Nord"]
    sizes = {one.label: one.size for one in account_clauses(account, NAMED)}
    assert sizes["Redevance spéciale"] is None
    ceiling = sizes["Plafond du stockage"]
    assert ceiling is not None
    assert plain(ceiling.text) == "48 492 t/an (48 492 à 85 000)"


def test_the_landfill_is_told_in_published_figures() -> None:
    told = plain(" ".join(space_sentences(account_rows())))
    assert "Enfoui en une année : 48 500 t/an" in told
    assert "3 500 t/an, soit 17 500 €/an de majoration" in told
    assert "74 000 €/an de TGAP, 0,17 à 0,19 an de vie gagnée" in told
    table = account_table()
    years = table["line"] == "years_1000t"
    unknown = released(table.assign(status=table["status"].mask(years, "non_chiffre")))
    assert "fin de l'autorisation à demander" in " ".join(space_sentences(unknown))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_sheet_is_one_stamped_a4_page_with_its_message(
    toy: Toy, tmp_path: Path
) -> None:
    sheet = syndicate_sheet(account_rows(), NAMED, if_part=CONDITION)
    drawn = compose(sheet, toy.sheet)
    assert set(drawn) == {"pdf", "png"}
    width, height = Image.open(io.BytesIO(drawn["png"])).size
    assert width / height == pytest.approx(297 / 210, abs=0.01)
    path = tmp_path / "fiche.pdf"
    path.write_bytes(drawn["pdf"])
    told = plain(said_by("pdftotext", "-raw", str(path), "-", file=path))
    assert ACCOUNT_QUESTION.removesuffix(" ?") in told, (
        "the title asks, whatever the account says"
    )
    assert "une perte, ≈ 200" in told
    for text in (typographic(CONDITION), "DÉMONSTRATION", "Le compost", "Nord"):
        assert plain(text) in told
    assert "attendu" not in told
    assert "des flux sont tus (secret statistique)" in told


def test_a_study_without_outlets_says_why() -> None:
    lines = lines_of(untold_rows(), NAMED, "compte")
    assert {(line.text, line.note) for line in lines} == {("–", WHY)}
    assert plain(account_answer(untold_rows())) == f"Bilan du syndicat : – ({WHY})."
    assert space_sentences(untold_rows()) == []
