"""The number of an establishment: its form and its key."""

from __future__ import annotations

import re

LA_POSTE_SIREN = "356000000"
"""Its establishments are too many for the Luhn key: their digits sum to a multiple
of five instead."""

_DIGITS = 14
_LUHN_BASE = 10


def siret_fault(siret: str) -> tuple[str, str] | None:
    """Say what is wrong with a SIRET.

    Notes
    -----
    Luhn: from the right, every second digit is doubled, the digits of the doubles are
    added; the sum of all is a multiple of ten. A right key does not prove that the
    establishment exists.

    References
    ----------
    INSEE, *Définition : SIRET*; ISO/IEC 7812-1 (Luhn formula).

    Examples
    --------
    >>> siret_fault("73282932000074") is None
    True
    >>> siret_fault("73282932000075")[0]
    'SIRET « 73282932000075 » : clé de contrôle fausse'
    """
    if not re.fullmatch(r"[0-9]{14}", siret):
        digits = len(re.findall(r"[0-9]", siret))
        fault = f"SIRET « {siret[:20]} » mal formé ({digits} chiffres)"
        return fault, f"{_DIGITS} chiffres, sans espace ni lettre"
    if _luhn_sum(siret) % _LUHN_BASE == 0 or _is_la_poste(siret):
        return None
    return (
        f"SIRET « {siret} » : clé de contrôle fausse",
        "vérifier chaque chiffre sur une facture",
    )


def _luhn_sum(digits: str) -> int:
    doubles = (2 * int(digit) for digit in digits[-2::-2])
    return sum(map(int, digits[-1::-2])) + sum(n - 9 if n > 9 else n for n in doubles)  # noqa: PLR2004


def _is_la_poste(siret: str) -> bool:
    return siret.startswith(LA_POSTE_SIREN) and sum(map(int, siret)) % 5 == 0
