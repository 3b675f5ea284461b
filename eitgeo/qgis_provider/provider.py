"""The provider of Processing: its algorithms."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider

from .algorithms import ALGORITHMS


class EitgeoProvider(QgsProcessingProvider):
    """Algorithms that the package computes, in its own environment."""

    def id(self) -> str:
        """Name it for scripts."""
        return "eitgeo"

    def name(self) -> str:
        """Name it for readers."""
        return "eitgeo"

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

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:  # noqa: FBT001, FBT002, N803
        """Name a temporary file so that the package takes it."""
        return "gpkg" if hasGeometry else "csv"

    def supportsNonFileBasedOutput(self) -> bool:
        """Refuse layers in memory: another process writes the files."""
        return False
