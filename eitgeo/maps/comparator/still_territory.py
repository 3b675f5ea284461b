"""The page of the territory without a script: each EPCI, each commune, its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps.pages.page_parts import html_text
from eitgeo.maps.pages.without_scripts import fold, still_block, still_list
from eitgeo.words import NBSP, french_number, name_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTICE = (
    "Version de lecture : chaque intercommunalité s'ouvre sur ses communes. La carte "
    "et la recherche demandent un navigateur (Firefox, Chrome, Edge, Safari), avec "
    "JavaScript."
)
_ANSWERS = {"publie": "oui", "a_confirmer": "à confirmer", "": "non"}
_MEANING = (
    "Oui : la commune est dans la liste publiée des membres. À confirmer : elle est "
    "dans une liste de membres qui reste à confirmer par le maître d'ouvrage. Non : "
    "elle n'est dans aucune liste de membres de l'étude."
)
_TWO = 2


def still_territory(payload: Mapping[str, Any], *, about: str) -> str:
    """Return what stands in the page for who runs no script; `about`: its sources."""
    communes = payload["communes"]
    states = [_ANSWERS[one] for one in payload["members"]]
    ranks: dict[int, list[int]] = {}
    for at, epci in enumerate(communes["epci"]):
        ranks.setdefault(epci, []).append(at)
    names = {rank: str(one["name"]) for rank, one in enumerate(payload["epci"])}
    ordered = sorted(
        ranks, key=lambda rank: (rank < 0, name_key(names.get(rank, "")), rank)
    )
    folds = "".join(
        _fold(names.get(rank, "Sans intercommunalité"), ranks[rank], communes, states)
        for rank in ordered
    )
    outlets = [
        f"{one['name']} – {one['kind'].lower()}{'' if one['sure'] else ' (à vérifier)'}"
        for one in payload["outlets"]
    ]
    sites = (
        f"<section><h2>Les installations de traitement</h2>{still_list(outlets)}"
        "</section>"
        if outlets
        else ""
    )
    form = (
        f'<p><a href="{html_text(payload["form"])}">Une entreprise{NBSP}? S’inscrire, '
        "déclarer une ressource</a></p>"
        if payload["form"]
        else ""
    )
    return still_block(
        [
            (
                "<section><h2>Ma commune est-elle concernée ?</h2>"
                f"<p>{html_text(_MEANING)}</p>{folds}</section>"
            ),
            form,
            sites,
            fold("Sources, licences", about),
        ],
        notice=_NOTICE,
    )


def _fold(
    name: str, ranks: list[int], communes: Mapping[str, Any], states: list[str]
) -> str:
    """Return an EPCI with its communes, each with its answer."""
    ordered = sorted(
        ranks,
        key=lambda at: (name_key(str(communes["name"][at])), communes["code"][at]),
    )
    answers = {states[at] for at in ranks}
    whole = answers.pop() if len(answers) == 1 else "selon la commune"
    count = french_number(float(len(ranks)), decimals=0)
    word = "commune" if len(ranks) < _TWO else "communes"
    listed = still_list(
        f"{communes['name'][at]} ({communes['code'][at]}) : {states[at]}"
        for at in ordered
    )
    return fold(f"{name} : {whole} ({count} {word})", listed)
