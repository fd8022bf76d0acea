"""The twelve boards in their order; data quality comes first and never scrolls away."""

from collections.abc import Callable

from complaints.compliance.boards import (
    ageing,
    fairness,
    flow,
    hours,
    how_long,
    learning,
    promises,
    quality,
    redress,
)
from complaints.compliance.boards.base import Board, Ctx

BOARDS: dict[str, Callable[[Ctx], Board]] = {
    "quality": quality.quality,
    "keeping-up": flow.keeping_up,
    "ageing": ageing.ageing,
    "at-risk": ageing.at_risk,
    "promises": promises.promises,
    "how-long": how_long.how_long,
    "fairness": fairness.fairness,
    "appeals": fairness.appeals,
    "hours": hours.hours,
    "causes": learning.causes,
    "again": learning.again,
    "redress": redress.redress,
}
