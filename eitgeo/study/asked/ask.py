"""Section ``ask``: until when holders of data are asked to answer, and to whom."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from eitgeo.study.base import Line, Section


class Ask(Section):
    """What the letters of « eitgeo ask » say beside what they ask."""

    due_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days to answer, counted from ``identity.edition``."""
    due: dt.date | None = None
    """Date of the answer, in place of a number of days."""
    contact: Line = ""
    """Who answers questions, and where to send the sheet; empty: that of the study."""

    def due_on(self, edition: dt.date) -> dt.date:
        """Return the date by which an answer is asked.

        Examples
        --------
        >>> import datetime as dt
        >>> Ask().due_on(dt.date(2026, 11, 24)).isoformat()
        '2026-12-24'
        """
        return self.due or edition + dt.timedelta(days=self.due_days)
