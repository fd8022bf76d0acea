"""The twelve boards in their order; data quality comes first and never scrolls away."""

from collections.abc import Callable

from complaints.compliance.boards import (
    fairness,
    flow,
    learning,
    promises,
    quality,
    redress,
)
from complaints.compliance.boards.base import Board, Ctx

BOARDS: dict[str, Callable[[Ctx], Board]] = {
    "quality": quality.quality,
    "keeping-up": flow.keeping_up,
    "ageing": flow.ageing,
    "at-risk": flow.at_risk,
    "promises": promises.promises,
    "how-long": promises.how_long,
    "fairness": fairness.fairness,
    "appeals": fairness.appeals,
    "hours": promises.hours,
    "causes": learning.causes,
    "again": learning.again,
    "redress": redress.redress,
}
