"""What a study supposes, as a table for a notebook."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.words.hypotheses import (
    change_sentence,
    count_sentence,
    study_hypotheses,
)
from eitgeo.reference.asks import asked_bases
from eitgeo.study.project import Project
from eitgeo.words import some_of


def status(project: Project) -> pd.DataFrame:
    """Say what a study supposes, what replaced it and what would replace the rest.

    Parameters
    ----------
    project
        A study, as ``open_project`` gives it; it may never have run.

    Returns
    -------
    pandas.DataFrame
        One row a hypothesis: ``hypothese``, ``etat`` (« remplacée », « remplacée en
        partie », « supposée »), ``par`` (source and vintage), ``reste``, ``changerait``
        and ``commande``, in French; the sentence that counts them is in
        ``attrs["phrase"]``.
    """
    hypotheses = study_hypotheses(project, asked=asked_bases())
    rows = [
        {
            "hypothese": one.label,
            "etat": one.state,
            "par": some_of(one.by),
            "reste": " ; ".join(one.remains),
            "changerait": change_sentence(one),
            "commande": " ; ".join(one.commands) or one.line,
        }
        for one in hypotheses
    ]
    table = pd.DataFrame(rows)
    table.attrs["phrase"] = count_sentence(hypotheses)
    return table
