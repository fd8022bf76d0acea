"""Documents of the tests, written by the services that staff's pages call."""

from datetime import datetime
from typing import Any

from complaints.public import publish
from complaints.public.models import Document, Kind, Version
from tests.people import People

ENGLISH, CHINESE = "What is new.", "新的内容。"


def document(code: str = "news", kind: str = Kind.PAGE, **columns: Any) -> Document:
    return Document.objects.create(code=code, kind=kind, **columns)


def written(
    people: People,
    document: Document,
    *,
    title: tuple[str, str] = ("News", "新闻"),
    body: tuple[str, str] = (ENGLISH, CHINESE),
    **columns: Any,
) -> Version:
    """A draft with words in both languages."""
    version = publish.draft(document=document, actor=people.compliance_officer)
    for place, row in enumerate(version.wordings.order_by("language")):
        row.title, row.body = title[place], body[place]
        for name, values in columns.items():
            setattr(row, name, values[place])
        row.save()
    return version


def published(
    people: People, document: Document, now: datetime | None = None, **columns: Any
) -> Version:
    version = written(people, document, **columns)
    return publish.publish(version=version, actor=people.compliance_officer, now=now)
