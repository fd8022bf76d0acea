"""What a demonstration's notice page tells: a delay, an incident, and what is over."""

from datetime import datetime, timedelta
from typing import Final

from complaints.public.models import Area, Kind, Stage
from complaints.public.reference import FOLDER, Shipped, install

NOTICES: Final = (
    ("tron-deposits-slow", Area.STATUS, Stage.ONGOING, timedelta(hours=3)),
    ("false-app", Area.INCIDENT, Stage.OVER, timedelta(days=5)),
    ("matching-delay", Area.STATUS, Stage.OVER, timedelta(days=8)),
)


def notices(now: datetime) -> None:
    """Make those that are missing, as if published some time before ``now``."""
    for code, area, stage, ago in NOTICES:
        document = Shipped(code, Kind.NOTICE, 50, area=area)
        install([document], now=now - ago, stage=stage, folder=FOLDER / "demo")
