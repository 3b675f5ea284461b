"""Plugin of mypy that spares its garbage collector: the checks stay the same.

mypy keeps nearly all that it makes until it ends, yet Python's collector walks it a
hundred times and more: 40 of 105 s of processor here, told by `--line-checking-stats`
of whatever line was being checked. mypy sets the thresholds before it loads plugins.
"""

import gc

from mypy.plugin import Plugin


def plugin(_version: str) -> type[Plugin]:
    """Collect more rarely, and change nothing of what mypy checks."""
    gc.set_threshold(6_000_000, 50, 100)
    return Plugin
