"""A story on its way: the case, its people, and the demo's own clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from appeals.demo.people import Cast
from appeals.demo.stories import Story
from appeals.demo.words import Words
from complaints.models import Complaint
from teams.models import User

RATES = {
    "USDT": Decimal("0.92"),
    "USDC": Decimal("0.92"),
    "BTC": Decimal(88_000),
    "ETH": Decimal(2_900),
}
"""Units of EUR for one of the asset, as the demo knows them."""

HANDLERS = {
    "security": "security",
    "risk": "risk",
    "tech": "tech",
    "support": "support",
    "compliance": "compliance-officer",
}
LEADS = {
    "security": "security-lead",
    "risk": "risk-lead",
    "tech": "tech-lead",
    "support": "support-lead",
    "compliance": "compliance-officer",
}


@dataclass
class Play:
    """One story on its way: the case, its people, and the demo's own clock."""

    story: Story
    cast: Cast
    case: Complaint
    now: datetime
    present: datetime
    words: Words

    @property
    def handler(self) -> User:
        return self.cast[HANDLERS[self.case.team.code]]

    @property
    def lead(self) -> User:
        return self.cast[LEADS[self.case.team.code]]

    def later(self, hours: float) -> datetime:
        """Some hours on, never past the present that the story began with."""
        self.now += timedelta(hours=hours)
        return self.now
