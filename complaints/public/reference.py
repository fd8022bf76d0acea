"""The words every installation begins with, shipped as Markdown in ``texts``.

Installed where a document is missing and never again: what staff wrote stays. A file
has lines ``name: value``, an empty line, and the text; the folder says the document,
the file the language.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from complaints.models import Category
from complaints.public.models import Area, Document, Kind, Version, Wording

FOLDER = Path(__file__).parent / "texts"
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When the shipped words came into force; the procedure of the profiles says so too."""

FIELDS = frozenset({"title", "summary", "keywords", "changes"})


@dataclass(frozen=True)
class Shipped:
    """A document as it is shipped; ``position`` orders it, and an article's hundreds
    are its chapter."""

    code: str
    kind: str = Kind.PAGE
    position: int = 0
    area: str = ""
    topic: str = ""


SHIPPED: Final = (
    Shipped("procedure", position=1),
    Shipped("rules", position=2),
    Shipped("fees", position=3),
    Shipped("security", position=4),
    Shipped("privacy", position=5),
    Shipped("accessibility", position=6),
    Shipped("improvements", position=7),
    Shipped("never-asked", Kind.NOTICE, 1, area=Area.RISK),
    Shipped("recovery-agents", Kind.NOTICE, 2, area=Area.RISK),
    Shipped("genuine-messages", Kind.NOTICE, 3, area=Area.RISK),
    Shipped("somebody-in-my-account", Kind.ARTICLE, 10, topic="security"),
    Shipped("phishing", Kind.ARTICLE, 20, topic="fraud"),
    Shipped("deposit-not-credited", Kind.ARTICLE, 110, topic="deposits"),
    Shipped("wrong-network", Kind.ARTICLE, 120, topic="deposits"),
    Shipped("withdrawal-on-hold", Kind.ARTICLE, 130, topic="withdrawals"),
    Shipped("liquidation", Kind.ARTICLE, 210, topic="trading"),
    Shipped("funding-and-fees", Kind.ARTICLE, 220, topic="fees"),
    Shipped("p2p-frozen-bank-account", Kind.ARTICLE, 230, topic="p2p"),
    Shipped("good-evidence", Kind.ARTICLE, 310),
)


@dataclass(frozen=True)
class Text:
    """The words of a file."""

    title: str
    summary: str
    keywords: str
    changes: str
    body: str


def install_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Signal handler; only the default database holds the pages."""
    if using == "default":
        install(SHIPPED)


@transaction.atomic
def install(
    documents: Iterable[Shipped],
    *,
    now: datetime = FIRST_DAY,
    stage: str = "",
    folder: Path = FOLDER,
) -> None:
    """Make the documents that are missing, in force since ``now``."""
    have = set(Document.objects.values_list("code", flat=True))
    wanted = [one for one in documents if one.code not in have]
    if not wanted:
        return
    topics = {row.code: row.pk for row in Category.objects.filter(parent=None)}
    made = Document.objects.bulk_create(
        Document(
            code=one.code,
            kind=one.kind,
            area=one.area,
            topic_id=topics.get(one.topic),
            position=one.position,
        )
        for one in wanted
    )
    versions = Version.objects.bulk_create(
        Version(
            document=row, number=1, stage=stage, effective_from=now, published_at=now
        )
        for row in made
    )
    Wording.objects.bulk_create(
        row for version in versions for row in _wordings(version, folder)
    )


def _wordings(version: Version, folder: Path) -> Iterator[Wording]:
    for language, _name in settings.LANGUAGES:
        text = read(folder / version.document.code / f"{language}.md")
        yield Wording(version=version, language=language, **vars(text))


@cache
def read(path: Path) -> Text:
    """The words of a file. Raises ``ValueError`` for a line it does not know."""
    head, _gap, body = path.read_text(encoding="utf-8").partition("\n\n")
    fields = dict.fromkeys(FIELDS, "")
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if not colon or name not in FIELDS:
            raise ValueError(f"{path}: {line}")
        fields[name] = value.strip()
    return Text(**fields, body=body.strip())
