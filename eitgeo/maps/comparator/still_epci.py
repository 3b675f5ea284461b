"""What each EPCI is in and is asked, a fold each, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.maps.pages.page_parts import html_text
from eitgeo.maps.pages.without_scripts import fold, still_list, still_table
from eitgeo.words import NBSP, french_number, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

type Payload = Mapping[str, Any]

_TWO = 2


def epci_folds(payload: Payload) -> str:
    """Return a fold an EPCI: what it is in, which perimeters, what it is asked."""
    names = [str(one["name"]) for one in payload["epci"]]
    ordered = sorted(range(len(names)), key=lambda rank: (name_key(names[rank]), rank))
    folds = "".join(_one_epci(payload, rank) for rank in ordered)
    return f"<section><h2>Votre intercommunalité</h2>{folds}</section>"


def _one_epci(payload: Payload, rank: int) -> str:
    epci = payload["epci"][rank]
    mine = [at for at, one in enumerate(payload["communes"]["epci"]) if one == rank]
    rows = [_place_row(one, mine, int(epci["total"])) for one in payload["perimeters"]]
    beyond = (
        f" sur {epci['total']}, les autres hors de l'étude"
        if len(mine) < epci["total"]
        else ""
    )
    people = counted(people_in(payload, mine), "habitant")
    body = (
        f"<p>{html_text(counted(len(mine), 'commune') + beyond)}, {people}.</p>"
        + still_table(("Périmètre", "Place de l'EPCI", "Délibération demandée"), rows)
        + "<h3>Structures dont ses communes sont membres</h3>"
        + still_list(_bodies(payload, set(mine)) or ["Aucune parmi celles de l'étude."])
    )
    return fold(str(epci["name"]), body, name=f"l-epci-{epci['siren']}")


def _place_row(
    perimeter: Mapping[str, Any], mine: Sequence[int], total: int
) -> tuple[str, str, str]:
    inside = len(set(mine) & set(perimeter["codes"]))
    doubt = "" if perimeter["sure"] else " (liste à confirmer)"
    name = str(perimeter["name"])
    name += "" if "confirmer" in name else doubt
    if not inside:
        return name, "dehors", "non"
    whole = inside == total
    place = (
        "entièrement dedans" if whole else f"en partie ({counted(inside, 'commune')})"
    )
    return name, place, "oui"


def _bodies(payload: Payload, mine: set[int]) -> list[str]:
    found = []
    for body in payload["bodies"]:
        inside = len(mine & set(body["codes"]))
        if body["kind"] == "epci" or not inside:
            continue
        part = (
            f" ({counted(inside, 'commune')} sur {len(mine)})"
            if inside < len(mine)
            else ""
        )
        sure = body["sure"] and not body["doubtful"]
        nature = "" if body["legal"] else " – sans personnalité juridique"
        doubt = "" if sure or "confirmer" in body["name"] else " – à confirmer"
        found.append(f"{body['name']}{part}{nature}{doubt}")
    return found


def people_in(payload: Payload, held: Iterable[int]) -> int:
    """Count the inhabitants of some communes."""
    people = payload["communes"]["pop"]
    return sum(people[one] for one in held)


def counted(count: float, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    word = one if abs(count) < _TWO else many or f"{one}s"
    return f"{french_number(count, decimals=0)}{NBSP}{word}"
