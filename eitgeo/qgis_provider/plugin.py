"""What QGIS loads: the provider, registered with Processing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication

from .process import SETTING
from .provider import EitgeoProvider

if TYPE_CHECKING:
    from collections.abc import Callable


class EitgeoPlugin:
    """The extension, in QGIS with or without its windows."""

    def __init__(self) -> None:
        self.provider: EitgeoProvider | None = None
        self.forget: Callable[[], None] = lambda: None

    def initProcessing(self) -> None:
        """Register the provider."""
        self.provider = EitgeoProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Register the provider, and its one setting among those of Processing."""
        # It takes longer to import than all the rest: qgis_process does without it.
        from processing.core.ProcessingConfig import ProcessingConfig, Setting  # noqa: PLC0415

        label = "Python de l’environnement eitgeo"
        setting = Setting("eitgeo", SETTING, label, "", valuetype=Setting.FILE)
        setting.read()
        ProcessingConfig.addSetting(setting)
        self.forget = lambda: ProcessingConfig.removeSetting(SETTING)
        self.initProcessing()

    def unload(self) -> None:
        """Take the provider and its setting out."""
        self.forget()
        QgsApplication.processingRegistry().removeProvider(self.provider)


def classFactory(_iface: Any) -> EitgeoPlugin:
    """Make the extension."""
    return EitgeoPlugin()
