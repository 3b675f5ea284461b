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
Address = Annotated[str, Field(pattern=r"^(https://[^\s/'\";,]+(/[^\s'\";,]*)?)?$")]


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


class Form(Section):
    """The sign-up form: its notice, and where an answer may be sent."""

    notice: Notice
    contact_email: Email = ""
    """Address to which a firm may send its file; empty: none is proposed."""
    post_url: Address = ""
    """Server that takes the answers (https); empty: the page reaches no network."""


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
