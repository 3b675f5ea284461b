"""Plugins of pytask, which each run of steps looks for among all that is installed."""

from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

import pluggy


def looked_for_once() -> AbstractContextManager[Any]:
    """Look for the plugins of a program once, where nothing installed brings any."""
    look = pluggy.PluginManager.load_setuptools_entrypoints
    found: dict[str, int] = {}

    def load(self: pluggy.PluginManager, group: str, name: str | None = None) -> int:
        if found.get(group) != 0:
            found[group] = look(self, group, name)
        return found[group]

    return mock.patch.object(pluggy.PluginManager, look.__name__, load)
