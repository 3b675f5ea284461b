"""Communes and bodies on a date, as the rules of carriers look them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.unconfirmed import (
    TO_CONFIRM,
    certain_members,
    unconfirmed_bodies,
)

PETR = "petr"


@dataclass(frozen=True, eq=False)
class Ground:
    """Communes and bodies on a date; what is looked up is laid out once.

    ``communes``: ``code_insee``, ``epci_siren``, ``population``, one row a commune.
    ``of_bodies``: members of each body. ``waste_bodies``: bodies that treat waste, one
    hypothesis for each.
    """

    communes: pd.DataFrame = field(repr=False)
    bodies: pd.DataFrame = field(repr=False)
    of_bodies: Mapping[str, pd.DataFrame] = field(repr=False)
    waste_bodies: Sequence[str]

    def people_in(self, codes: frozenset[str]) -> float:
        """Count the inhabitants of some communes; one that is not at hand has none."""
        return float(sum(map(self._people.get, codes, repeat(0))))

    def epci_in(self, codes: frozenset[str]) -> set[str]:
        """Return the SIREN of the EPCI of some communes; empty text for none."""
        epci = self._epci
        return {epci[code] for code in codes if code in epci}

    def codes_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body."""
        return self._codes[body_id]

    def doubtful_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body that are to confirm."""
        return self._doubtful[body_id]

    def names(self, kind: str) -> list[str]:
        """Return the bodies of a kind, such as ``petr``, that have members."""
        return self._kinds.get(kind, [])

    def label(self, body_id: str) -> str:
        """Return the name of a body, as table ``bodies`` writes it."""
        return self._labels[body_id]

    def told_name(self, body_id: str) -> str:
        """Return the name of a body, « à confirmer » once where its list is."""
        name = self.label(body_id)
        doubt = self.is_unconfirmed(body_id) and "confirmer" not in name
        return f"{name} ({TO_CONFIRM})" if doubt else name

    def economic_people_in(self, codes: frozenset[str]) -> tuple[float, float]:
        """Count those in the body that may act on economy and holds most of them.

        Returns: municipal population, nothing where no body may: by published members
        alone, then by lists to confirm too.
        """
        place = self._place
        inside = [place[code] for code in codes if code in place]
        least, most = (
            float(people[:, inside].sum(axis=1).max(initial=0.0))
            for people in self._economic
        )
        return least, most

    def certain_of(self, body_id: str) -> frozenset[str]:
        """Return the published members of a body; none where it is to confirm."""
        return self._certain[body_id]

    def is_unconfirmed(self, *body_ids: str) -> bool:
        """Say whether one of some bodies has a list of members to confirm.

        Returns: what hangs on their members is then not known: neither those of the
        list nor the others are sure.
        """
        return not self._unconfirmed.isdisjoint(body_ids)

    @cached_property
    def _unconfirmed(self) -> frozenset[str]:
        return unconfirmed_bodies(self.bodies, self.of_bodies)

    @cached_property
    def _certain(self) -> dict[str, frozenset[str]]:
        return certain_members(self.bodies, self.of_bodies)

    @cached_property
    def _economic(self) -> tuple[np.ndarray, np.ndarray]:
        """Inhabitants: bodies that may act on economy × communes, sure and listed."""
        bodies = self.bodies
        able = bodies["economic_competence"] | bodies["kind"].eq(PETR)
        names = [
            str(name)
            for name in bodies.loc[able & bodies["legal_person"], "body_id"]
            if name in self.of_bodies
        ]
        people = np.array(list(self._people.values()), dtype=float)
        shape = (len(names), len(people))
        sure, listed = (
            np.reshape([[code in of[n] for code in self._people] for n in names], shape)
            for of in (self._certain, self._codes)
        )
        return sure * people, listed * people

    @cached_property
    def _people(self) -> dict[str, float]:
        codes, people = self.communes["code_insee"], self.communes["population"]
        return dict(zip(codes, people.tolist(), strict=True))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self._people)}

    @cached_property
    def _epci(self) -> dict[str, str]:
        codes, epci = self.communes["code_insee"], self.communes["epci_siren"]
        return dict(zip(codes, epci, strict=True))

    @cached_property
    def _codes(self) -> dict[str, frozenset[str]]:
        return {
            body: frozenset(members["code_insee"])
            for body, members in self.of_bodies.items()
        }

    @cached_property
    def _doubtful(self) -> dict[str, frozenset[str]]:
        return {
            body: frozenset(members.loc[members["status"] != "publie", "code_insee"])
            for body, members in self.of_bodies.items()
        }

    @cached_property
    def _kinds(self) -> dict[str, list[str]]:
        names_of: dict[str, list[str]] = {}
        names, kinds = self.bodies["body_id"], self.bodies["kind"]
        for name, kind in sorted(zip(names, kinds, strict=True)):
            if name in self.of_bodies:
                names_of.setdefault(str(kind), []).append(str(name))
        return names_of

    @cached_property
    def _labels(self) -> dict[str, str]:
        names = self.bodies.set_index("body_id")["name"]
        return {str(body): str(name) for body, name in names.items()}
