"""What the page knows of posts: what each choice meets a year, and costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.flows.exchanges.realised import YEARS
from eitgeo.scenarios.carriers.posts import posts_text
from eitgeo.words import first_upper

if TYPE_CHECKING:
    import pandas as pd

_LEVELS = {"value": "mid", "low": "low", "high": "high"}


def post_lists(posts: pd.DataFrame) -> dict[str, Any]:
    """List the choices of posts: the same for every perimeter, the smallest first.

    Parameters
    ----------
    posts
        Table ``posts``; the page counts the firms of a perimeter itself.

    Returns
    -------
    dict
        ``years``, and ``choices``: ``label``, ``chosen``, ``meetings`` (a year, least
        and most), ``cost`` and ``rest`` (a year: value, bounds and class).
    """
    rows = posts.drop_duplicates("posts").sort_values("posts", kind="stable")
    return {
        "years": YEARS,
        "choices": [
            {
                "label": first_upper(posts_text(float(row["posts"]))),
                "chosen": row["chosen"] == "oui",
                "meetings": [float(row["meetings_low"]), float(row["meetings_high"])],
                **{
                    key: {
                        name: float(row[f"{item}_{level}"])
                        for name, level in _LEVELS.items()
                    }
                    | {"evidence": str(row["cost_evidence"])}
                    for key, item in (("cost", "total"), ("rest", "rest"))
                },
            }
            for row in rows.to_dict("records")
        ],
    }
