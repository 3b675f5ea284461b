"""What the provider's algorithms give in QGIS: run by the Python that has QGIS.

Usage: python qgis_tasks.py PLUGINS < TASKS, where PLUGINS is the folder of a profile
that holds the provider, TASKS the inputs of each algorithm by its name, as JSON; prints
what each wrote. One process for all: QGIS takes a second of processor to start.
"""

import json
import os
import sys
from typing import Any


def main(plugins: str, tasks: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Load the provider as QGIS loads a plugin, and run each algorithm."""
    from qgis.core import QgsApplication  # type: ignore[import-not-found]  # noqa: PLC0415

    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    own = QgsApplication.pkgDataPath() + "/python/plugins"
    sys.path[:0] = [own, plugins]
    from processing.core.Processing import (  # type: ignore[import-not-found]  # noqa: PLC0415
        Processing,
    )
    from qgis import utils  # type: ignore[import-not-found]  # noqa: PLC0415

    Processing.initialize()
    utils.plugin_paths = [plugins]
    utils.updateAvailablePlugins()
    utils.loadPlugin("eitgeo_qgis")
    utils.startProcessingPlugin("eitgeo_qgis")
    return {
        task: Processing.runAlgorithm(f"eitgeo:{task}", inputs)
        for task, inputs in tasks.items()
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], json.load(sys.stdin))))
    sys.stdout.flush()
    # QGIS tears down its singletons in an order that may crash: nothing is left to do.
    os._exit(0)
