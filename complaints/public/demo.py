"""What a demonstration's notice page tells: a delay, an incident, and what is over."""

from datetime import datetime, timedelta
from typing import Final

from complaints.public import publish
from complaints.public.models import Area, Document, Kind, Stage, Version
from complaints.public.reference import FOLDER, Shipped, install, read
from teams.models import User

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


def improvements(editor: User, now: datetime) -> None:
    """What was learned and changed: a version of its own, published by ``editor``."""
    document = Document.objects.get(code="improvements")
    version = publish.draft(document=document, actor=editor)
    for row in version.wordings.select_related("version"):
        words = read(FOLDER / "demo" / document.code / f"{row.language}.md")
        for name, text in vars(words).items():
            setattr(row, name, text)
        row.save()
    publish.publish(version=Version.objects.get(pk=version.pk), actor=editor, now=now)
