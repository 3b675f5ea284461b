"""Section ``form``: the sign-up form, and the notice without which it is not made."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from eitgeo.errors import StudyError
from eitgeo.study.base import Section

UNSETTLED = "à confirmer"
"""Words that a notice may bear while the study is a draft, and no longer."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[str, Field(pattern=r"^([^\s@?&]+@[^\s@?&]+\.[^\s@?&]+)?$")]
Address = Annotated[
    str, Field(pattern=r"^(https://[\w.-]+(:\d{1,5})?(/[^\s'\";,]*)?)?$")
]
"""No sign-in: a page would publish it; no « * »: answers could go anywhere."""


class Notice(Section):
    """What a person must be told before giving data (GDPR, articles 12 and 13)."""

    controller: Text
    """Who answers for the data (responsable du traitement)."""
    purpose: Text
    legal_basis: Text
    retention_years: Annotated[int, Field(ge=1, le=10)] = 3
    recipients: Text
    rights: Text
    dpo_contact: Text
    """How to reach the data protection officer."""
    secrets: Text = (
        "Ce que vous écrivez n'est pas publié tel quel. Un tiers peut demander un "
        "document que détient une collectivité ; ce qui relève du secret des affaires "
        "en est alors retiré (code des relations entre le public et l'administration, "
        "article L311-6)."
    )
    """Business secrets; this text, and the two below, are printed to be validated."""
    environment: Text = (
        "Toute personne peut demander une information sur l'environnement que détient "
        "une autorité publique (code de l'environnement, articles L124-1 et "
        "suivants) ; le secret des affaires ne couvre pas les émissions "
        "(article L124-5)."
    )
    inspection: Text = (
        "L'inspection des installations classées, la CNIL et la justice peuvent "
        "demander une fiche, chacune dans ses pouvoirs ; rien ne leur est envoyé "
        "d'office."
    )
    """Who may ask for an answer."""

    @property
    def drafted(self) -> frozenset[str]:
        """Return the texts that the study leaves as the package words them."""
        fields = type(self).model_fields
        own = ("secrets", "environment", "inspection")
        return frozenset(n for n in own if getattr(self, n) == fields[n].default)


class Form(Section):
    """The sign-up form: its notice, and where an answer may be sent."""

    notice: Notice
    contact_email: Email = ""
    """Address to which a firm may send its file; empty: none is proposed."""
    post_url: Address = ""
    """Server that takes the answers (https); empty: the page reaches no network."""
    answer_days: Annotated[int, Field(ge=1, le=90)] | None = None
    """Working days within which someone calls back; none: no delay is promised."""

    @property
    def has_address(self) -> bool:
        """Say whether an answer can be sent anywhere."""
        return bool(self.contact_email or self.post_url)


def require_settled(form: Form, *, status: str) -> Notice:
    """Return the notice, refusing one that is still a draft in a validated study."""
    texts = form.notice.model_dump()
    drafts = [name for name, text in texts.items() if UNSETTLED in str(text)]
    if status == "valide" and drafts:
        names = ", ".join(f"« form.notice.{name} »" for name in drafts)
        message = (
            f"formulaire : « {UNSETTLED} » figure dans {names} d'une étude validée "
            "→ écrire le texte définitif, ou remettre identity.status à « projet »"
        )
        raise StudyError(message)
    return form.notice
