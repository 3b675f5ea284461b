"""A toy sign-up form on the toy study."""

from dataclasses import replace
from typing import Any

from eitgeo.maps.form.page import SignUp, make_sign_up
from eitgeo.study.asked import Form, Notice
from tests.maps.toy import HOSTILE, Toy, released, squares

NOTICE = Notice(
    controller="Syndicat d'essai",
    purpose="Essayer",
    legal_basis="Consentement",
    recipients="Animation",
    rights="Accès et effacement",
    dpo_contact="dpo@essai.invalid",
)


def make_form(toy: Toy, **changes: Any) -> SignUp:
    """Make the form of the toy study; one commune has a hostile name."""
    communes = squares()
    communes.loc[communes["code_insee"] == "31002", "nom"] = HOSTILE
    communes.loc[communes["code_insee"] == "31009", "nom"] = "Écoussas"
    communes.loc[communes["code_insee"] == "09003", "nom"] = "=1+1"
    sheet = replace(toy.sheet, demonstration=(), **changes.pop("sheet", {}))
    form = Form(notice=changes.pop("notice", NOTICE), **changes)
    return make_sign_up(released(communes), form=form, sheet=sheet, study="essai")
