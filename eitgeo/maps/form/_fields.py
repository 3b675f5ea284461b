"""HTML of the fields: each with its label, its help and a place for its fault."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from eitgeo.maps.form.sign_up import (
    OUTSIDE_CODE,
    OUTSIDE_LABEL,
    SignUp,
    nature_families,
)
from eitgeo.maps.pages.page_parts import html_text
from eitgeo.reference.survey import survey_choices, survey_fields

_CONSENTS = "consentement"
SLOT = "NUMERO"
"""Stands in the template of a resource for its number."""

_INPUTS = {
    "siret": 'type="text" inputmode="numeric" autocomplete="off" spellcheck="false"',
    "naf": 'type="text" autocomplete="off" spellcheck="false"',
    "low_code": 'type="text" inputmode="numeric" autocomplete="off"',
    "number": 'type="text" inputmode="decimal" autocomplete="off"',
    "date": 'type="date" min="2020-01-01" max="2099-12-31"',
    "email": 'type="email" autocomplete="email"',
    "phone": 'type="tel" autocomplete="tel"',
    "text": 'type="text"',
}
_AUTOCOMPLETE = {
    "raison_sociale": "organization",
    "contact_nom": "name",
    "contact_fonction": "organization-title",
}
_AFTER = {
    "periode": f'<p class="conversion" id="conversion-{SLOT}" aria-live="polite"></p>'
}
"""What stands after a field."""

_FOLDED = {
    "naf": "Préciser votre activité (facultatif)",
    "effectif": "",
    "contact_nom": "Qui demander (facultatif)",
    "contact_fonction": "",
    "consent_citation": "Trois autres accords (facultatifs)",
    "consent_carte": "",
    "consent_partage": "",
}
"""Fields that wait behind a fold, and what the fold of the first of them says."""

_WRITTEN_LONGER = {"siret": 20, "low_code": 14, "naf": 8}
"""Room for the spaces that people put in numbers [characters]."""


def block_html(block: str, sign_up: SignUp) -> str:
    """Return the fields of a block, in order."""
    fields = survey_fields()
    rows = fields[fields["block"] == block].to_dict("index")
    shown = {
        str(name): _field(str(name), field, sign_up) + _AFTER.get(str(name), "")
        for name, field in rows.items()
    }
    open_ = [text for name, text in shown.items() if name not in _FOLDED]
    folded = [name for name in shown if name in _FOLDED]
    if folded:
        inside = "\n".join(shown[name] for name in folded)
        open_.append(fold_html(_FOLDED[folded[0]], inside, is_grid=block != _CONSENTS))
    return "\n".join(open_)


def fold_html(summary: str, inside: str, *, is_grid: bool) -> str:
    """Put optional questions behind a fold: two minutes do without them."""
    body = f'<div class="grille">\n{inside}\n</div>' if is_grid else inside
    return (
        f'<details class="plus"><summary>{html_text(summary)}</summary>{body}</details>'
    )


def _field(name: str, field: dict[Any, Any], sign_up: SignUp) -> str:
    mark = f"{name}-{SLOT}" if field["block"] in {"ressource", "devenir"} else name
    if field["type"] == "boolean":
        return _tick(name, mark, field)
    if field["type"] == "multi" or name == "sens":
        return _group(name, mark, field)
    described = f'aria-describedby="aide-{mark} erreur-{mark}"'
    common = f'id="{mark}" name="{mark}" {described}'
    if field["compulsory"] == "oui":
        common += ' aria-required="true"'
    if field["type"] in {"choice", "commune"}:
        options = _options(name, field, sign_up)
        control = f"<select {common}>{options}</select>"
    else:
        control = f"<input {common} {_attributes(name, field)}>"
    return (
        f'<div class="champ {field["type"]}" data-champ="{name}">'
        f'<label for="{mark}">{html_text(field["label_fr"])}{_required(field)}</label>'
        f"{_help(mark, field)}{control}{_fault(mark)}</div>"
    )


def _attributes(name: str, field: dict[Any, Any]) -> str:
    kind = str(field["type"])
    room = _WRITTEN_LONGER.get(kind, field["max_length"])
    fill = _AUTOCOMPLETE.get(name, "")
    extra = f' autocomplete="{fill}"' if fill else ""
    longest = "" if kind == "date" else f' maxlength="{room}"'
    return f"{_INPUTS[kind]}{longest}{extra}"


def _required(field: dict[Any, Any]) -> str:
    needed = field["compulsory"] == "oui" and field["type"] != "boolean"
    return ' <span class="oblig">(obligatoire)</span>' if needed else ""


def _help(mark: str, field: dict[Any, Any]) -> str:
    return f'<p class="aide" id="aide-{mark}">{html_text(field["help_fr"])}</p>'


def _fault(mark: str) -> str:
    return f'<p class="erreur" id="erreur-{mark}" hidden></p>'


def _options(name: str, field: dict[Any, Any], sign_up: SignUp) -> str:
    empty = '<option value="">–</option>'
    if field["type"] == "commune":
        outside = (OUTSIDE_CODE, OUTSIDE_LABEL)
        return empty + _option_list([*sign_up.communes, outside])
    if name == "nature":
        return empty + "".join(
            f'<optgroup label="{html_text(family)}">{_option_list(natures.items())}'
            "</optgroup>"
            for family, natures in nature_families().items()
        )
    return empty + _option_list(survey_choices(str(field["choices"])).items())


def _option_list(choices: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{escape(code)}">{html_text(label)}</option>'
        for code, label in choices
    )


def _group(name: str, mark: str, field: dict[Any, Any]) -> str:
    kind = "checkbox" if field["type"] == "multi" else "radio"
    choices = survey_choices(str(field["choices"]))
    ticks = "".join(
        f'<label class="choix" for="{mark}-{code}"><input type="{kind}" '
        f'id="{mark}-{code}" name="{mark}" value="{code}"> '
        f"<span>{html_text(label)}</span></label>"
        for code, label in choices.items()
    )
    return (
        f'<fieldset class="champ groupe" id="{mark}" data-champ="{name}" '
        f'aria-describedby="aide-{mark} erreur-{mark}" tabindex="-1">'
        f"<legend>{html_text(field['label_fr'])}{_required(field)}</legend>"
        f'{_help(mark, field)}<div class="coches">{ticks}</div>{_fault(mark)}'
        "</fieldset>"
    )


def _tick(name: str, mark: str, field: dict[Any, Any]) -> str:
    needed = field["compulsory"] == "oui"
    extra = ' <span class="oblig">(obligatoire)</span>' if needed else ""
    asked = ' aria-required="true"' if needed else ""
    return (
        f'<div class="champ accord" data-champ="{name}">'
        f'<label class="choix" for="{mark}"><input type="checkbox" id="{mark}" '
        f'name="{mark}" aria-describedby="aide-{mark} erreur-{mark}"{asked}> '
        f"<span>{html_text(field['label_fr'])}{extra}</span></label>"
        f"{_help(mark, field)}{_fault(mark)}</div>"
    )
