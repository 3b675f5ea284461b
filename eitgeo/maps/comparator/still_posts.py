"""Choices of posts for the pair that the comparator opens with, without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.pages.page_parts import fold, html_text, still_table
from eitgeo.maps.words.means_words import post_lines
from eitgeo.words import NBSP

_TITLE = "Postes d'animation, pour A et pour B"
_CHOICE = (
    "Les postes sont un choix. Chaque établissement à mobiliser est compté une fois. "
    "Une grande part ne juge pas un périmètre : un petit territoire se visite plus "
    "vite."
)


def still_posts(
    posts: Released, pair: Sequence[Mapping[str, Any]], *, years: int
) -> str:
    """Fold what each choice meets, leaves out and costs; nothing where not told."""
    both = [post_lines(posts, str(perimeter["id"])) for perimeter in pair]
    if not all(both):
        return ""
    heads = (
        "Postes d'animation",
        "Établissements rencontrés par an",
        f"A{NBSP}: part rencontrée en {years}{NBSP}ans",
        "A, non rencontrés",
        f"B{NBSP}: part rencontrée",
        "B, non rencontrés",
        "Coût",
        "Reste à charge",
    )
    rows = [
        (
            f"{a.posts} (choix de l'étude)" if a.chosen else a.posts,
            *(a.meetings, a.met, a.left, b.met, b.left, a.cost, a.rest),
        )
        for a, b in zip(*both, strict=True)
    ]
    body = f"<p>{html_text(_CHOICE)}</p>{still_table(heads, rows)}"
    return f'<section class="tampon">{fold(_TITLE, body)}</section>'
