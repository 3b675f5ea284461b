"""What QGIS loads: the provider, registered with Processing."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication

from .provider import EitgeoProvider


class EitgeoPlugin:
    """The extension, in QGIS with or without its windows."""

    def __init__(self) -> None:
        self.provider: EitgeoProvider | None = None

    def initProcessing(self) -> None:
        """Register the provider."""
        self.provider = EitgeoProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Register the provider: there is no button."""
        self.initProcessing()

    def unload(self) -> None:
        """Take the provider out."""
        QgsApplication.processingRegistry().removeProvider(self.provider)


def classFactory(_iface: Any) -> EitgeoPlugin:
    """Make the extension."""
    return EitgeoPlugin()
