"""Appeals: a second look by people who never touched the case, and the way outside."""

from appeals.models.appeal import Appeal, Ground
from appeals.models.arbitrator import Arbitrator, DeclaredTie, TieKind
from appeals.models.award import Award, AwardedRemedy, AwardPoint, PublishedAward
from appeals.models.bundle import Bundle, BundleStep, BundleVariant
from appeals.models.file import FiledItem
from appeals.models.hearing import (
    ArbitratorLink,
    ArbitratorObjection,
    ArbitratorOrder,
    ArbitratorQuestion,
    ArbitratorSeat,
    Side,
)
from appeals.models.panel import PanelReason, PanelSeat, Vote
from appeals.models.referral import FeeBearer, Referral, ReferralState

__all__ = [
    "Appeal",
    "Arbitrator",
    "ArbitratorLink",
    "ArbitratorObjection",
    "ArbitratorOrder",
    "ArbitratorQuestion",
    "ArbitratorSeat",
    "Award",
    "AwardPoint",
    "AwardedRemedy",
    "Bundle",
    "BundleStep",
    "BundleVariant",
    "DeclaredTie",
    "FeeBearer",
    "FiledItem",
    "Ground",
    "PanelReason",
    "PanelSeat",
    "PublishedAward",
    "Referral",
    "ReferralState",
    "Side",
    "TieKind",
    "Vote",
]
