"""Appeals: a second look by people who never touched the case."""

from appeals.models.appeal import Appeal, Ground
from appeals.models.bundle import Bundle, BundleStep, BundleVariant
from appeals.models.file import FiledItem
from appeals.models.panel import PanelReason, PanelSeat, Vote

__all__ = [
    "Appeal",
    "Bundle",
    "BundleStep",
    "BundleVariant",
    "FiledItem",
    "Ground",
    "PanelReason",
    "PanelSeat",
    "Vote",
]
