"""« Mon entreprise » without a script: duties, activities, communes, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps.firm.advice import SERVICES
from eitgeo.maps.pages.page_parts import (
    fold,
    html_text,
    still_block,
    still_list,
    still_table,
)
from eitgeo.words import NBSP, french_number, name_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.maps.firm.advice import Advice, Rulebook

VALIDATE = "À faire valider par le service juridique."
WAYS_NOTE = (
    "{mark} Minutes en poids lourd, aller, depuis la mairie ({network}). Appelez avant "
    "de vous déplacer : accès des professionnels, prix et horaires ne sont pas dans "
    "l'étude."
)
_NOTICE = (
    "Version de lecture : tout y est, par activité puis par commune. La recherche "
    "demande un navigateur (Firefox, Chrome, Edge, Safari), avec JavaScript."
)


def still_reading(
    payload: Mapping[str, Any],
    divisions: Mapping[str, tuple[str, Advice]],
    *,
    book: Rulebook,
) -> str:
    """Return what the page says of all activities and all communes."""
    duties = "".join(
        f"<li><strong>{html_text(duty['heading'])}</strong>"
        f"{'' if duty['all'] else ' (selon l’activité)'}. {html_text(duty['text'])} "
        f"<small>{html_text(duty_source(duty))}</small></li>"
        for duty in payload["duties"]
    )
    activities = "".join(
        fold(f"{code} · {label}", _advice(advice, payload, book))
        for code, (label, advice) in divisions.items()
    )
    form = html_text(payload["form"])
    join = (
        f'<p><a href="{form}#rejoindre">Rejoindre la démarche, en deux minutes</a></p>'
        if form
        else ""
    )
    note, tax = html_text(payload["ways_note"]), html_text(payload["tax"])
    return still_block(
        [
            join,
            f"<h2>Ce que la loi demande</h2><p>{VALIDATE} {tax}</p><ul>{duties}</ul>",
            f"<h2>Ce qui vaut un appel, par activité</h2>{activities}",
            f"<h2>Les exutoires les plus proches, par commune</h2><p>{note}</p>",
            _communes(payload),
        ],
        notice=_NOTICE,
    )


def duty_source(duty: Mapping[str, Any]) -> str:
    """Say where a duty was read, or that it was not."""
    return f"Lu sur {duty['source']}." if duty["read"] else "De mémoire."


def _advice(advice: Advice, payload: Mapping[str, Any], book: Rulebook) -> str:
    marks = payload["marks"]
    families = "".join(
        f"<h3>{html_text(family.name)}</h3>"
        + still_list(
            f"{'À proposer' if line.offered else 'À chercher'} : {line.text} "
            f"({marks[line.supported]})"
            for line in family.lines
        )
        for family in advice.families
    )
    names = advice.services[:SERVICES]
    services = [str(book.services[name]["byproduct"]) for name in names]
    shared = f"<h3>À partager</h3>{still_list(services)}" if services else ""
    none = "<p>Les règles de l’étude ne proposent rien à cette activité.</p>"
    return families + shared or none


def _communes(payload: Mapping[str, Any]) -> str:
    """Return a table an EPCI: communes × kinds of places."""
    communes, epci = payload["communes"], payload["epci"]
    by_epci: dict[int, list[int]] = {}
    for rank, epci_rank in enumerate(communes["epci"]):
        by_epci.setdefault(epci_rank, []).append(rank)
    names = {
        epci_rank: epci[epci_rank] if epci_rank >= 0 else "Sans intercommunalité"
        for epci_rank in by_epci
    }
    ordered = sorted(
        by_epci, key=lambda epci_rank: (epci_rank < 0, name_key(names[epci_rank]))
    )
    return "".join(
        fold(names[epci_rank], _table(by_epci[epci_rank], payload))
        for epci_rank in ordered
    )


def _table(ranks: list[int], payload: Mapping[str, Any]) -> str:
    names, ways = payload["communes"]["name"], payload["ways"]
    ordered = sorted(ranks, key=lambda rank: (name_key(names[rank]), rank))
    return still_table(
        ["Commune", *(kind["label"] for kind in ways["kinds"])],
        [
            [names[rank], *(_cell(way, ways) for way in ways["by"][rank])]
            for rank in ordered
        ],
    )


def _cell(way: tuple[int, int] | None, ways: Mapping[str, Any]) -> str:
    if way is None:
        return "hors d'atteinte"
    place, minutes = way
    written = french_number(float(minutes), decimals=0)
    return f"{ways['about']}{written}{NBSP}min, {ways['places'][place]['at']}"
