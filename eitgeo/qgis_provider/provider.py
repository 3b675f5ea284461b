"""The provider of Processing: its algorithms and its one setting."""

from __future__ import annotations

from processing.core.ProcessingConfig import ProcessingConfig, Setting
from qgis.core import QgsProcessingProvider

from .algorithms import ALGORITHMS
from .process import SETTING


class EitgeoProvider(QgsProcessingProvider):
    """Algorithms that the package computes, in its own environment."""

    def id(self) -> str:
        """Name it for scripts."""
        return "eitgeo"

    def name(self) -> str:
        """Name it for readers."""
        return "eitgeo"

    def load(self) -> bool:
        """Add the setting, then the algorithms."""
        label = "Python de l’environnement eitgeo"
        setting = Setting(self.name(), SETTING, label, "", valuetype=Setting.FILE)
        ProcessingConfig.addSetting(setting)
        ProcessingConfig.readSettings()
        self.refreshAlgorithms()
        return True

    def unload(self) -> None:
        """Take the setting out."""
        ProcessingConfig.removeSetting(SETTING)

    def loadAlgorithms(self) -> None:
        """Add one algorithm of each class."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())

    def supportedOutputVectorLayerExtensions(self) -> list[str]:
        """Write layers as GeoPackage."""
        return ["gpkg"]

    def supportedOutputTableExtensions(self) -> list[str]:
        """Write tables as CSV."""
        return ["csv"]

    def supportsNonFileBasedOutput(self) -> bool:
        """Refuse layers in memory: another process writes the files."""
        return False
