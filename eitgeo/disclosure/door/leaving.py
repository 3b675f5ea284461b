"""How one table leaves: a row of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from eitgeo.study.prints import Basis


class Leaving(NamedTuple):
    """How one table leaves.

    Attributes
    ----------
    rule
        ``register`` (public rows; estimates are refused, hidden sites stay in),
        ``guarded`` (blocks, cells and draws that passed), ``indicators`` (summed from
        them), ``derived`` (computed from these: no column names a site), ``unions``
        (computed from released indicators alone, checked against them).
    credits
        Names of ``study.sources.credits``, and ``zones`` for those drawn before; none:
        credits, reasons and secrecy are those of what it is made of.
    reasons
        Drawn inputs that make it a demonstration, as
        :data:`~eitgeo.study.prints.Basis` says; none: it is real.
    secrecy
        What it says of secrecy: ``report`` (all of ``disclosure_report``), or the
        indicator whose line is told.
    to_confirm
        What is « à confirmer » whatever the rows, in French.
    drops, keeps
        Columns that stay in; the only ones of rows that a step draws for a map.
    made
        What computes it, from the project, what it is `of`, then what it `reads`.
    of
        Other rows of this catalogue, released first.
    reads
        Tables of the study; None: the one of the same name.
    """

    rule: Literal["register", "guarded", "indicators", "derived", "unions"]
    credits: str = ""
    reasons: Basis = ""
    secrecy: str = ""
    to_confirm: str = ""
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    made: Callable[..., Any] | None = None
    of: tuple[str, ...] = ()
    reads: tuple[str, ...] | None = None
