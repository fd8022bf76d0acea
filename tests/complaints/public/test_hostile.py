"""Strings that break things, through every field and out on page, feed and mail."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from complaints.models import Outbox
from complaints.public import feed, mailing, subscribe, tokens
from complaints.public.models import Area, Document, Kind, Version, Wording
from complaints.public.search import suggest
from complaints.services.relay import relay_due
from tests.complaints.public import drafts
from tests.complaints.public.test_markup import Elements
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FIELDS = ("title", "summary", "body", "keywords", "changes")
OURS = frozenset({"/static/js/portal.js"})


@pytest.fixture(params=few([1, 15], 15))
def strings(corpus: Path, request: pytest.FixtureRequest) -> list[str]:
    """All of them in the drills, each fifteenth in the quick suite, and our own."""
    found: list[str] = json.loads((corpus / "strings" / "blns.json").read_text("utf-8"))
    assert len(found) > 400
    return [
        *found[:: request.param],
        "\x00\x0b\x1b",
        "\ud800",
        "\ufffe\uffff\ufdd0",
        "]]>",
        "&#0;",
    ]


def _write(texts: list[str], kind: str, area: str = "") -> list[Version]:
    """A published document a string, with the string everywhere and words beside it."""
    now = timezone.now()
    documents = Document.objects.bulk_create(
        Document(code=f"n{number}", kind=kind, area=area)
        for number in range(len(texts))
    )
    versions = Version.objects.bulk_create(
        Version(document=one, number=1, effective_from=now, published_at=now)
        for one in documents
    )
    rows = [
        Wording(
            version=version,
            language=language,
            **dict.fromkeys(FIELDS, f"{own} {text}"),
        )
        for version, text in zip(versions, texts, strict=True)
        for language, own in (("en", "Words"), ("zh-hans", "正文"))
    ]
    for row in rows:
        row.clean_text()  # what save() does
    Wording.objects.bulk_create(rows)
    return versions


def _is_clean(page: str) -> bool:
    reader = Elements()
    reader.feed(page)
    for tag, attributes in reader.found:
        scripts = tag == "script" and attributes.get("src") not in OURS
        handlers = any(name.startswith("on") or name == "style" for name in attributes)
        href = (attributes.get("href") or "").strip().lower()
        if scripts or handlers or href.startswith(("javascript:", "data:")):
            return False
        if tag in ("iframe", "object", "embed", "base", "img", "style"):
            return False
    return True


@pytest.mark.both
def test_naughty_strings_come_out_as_text(strings: list[str], client: Client) -> None:
    _write(strings, Kind.ARTICLE)

    assert _is_clean(client.get("/learn/").content.decode())
    for number in range(0, len(strings), 5):
        for address in (f"/learn/n{number}/", f"/pages/n{number}/versions/"):
            page = client.get(address)
            assert page.status_code == 200
            assert _is_clean(page.content.decode()), strings[number]


def test_feed_stays_valid_whatever_a_notice_is_called(
    strings: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(strings, Kind.NOTICE, Area.RISK)
    monkeypatch.setattr(feed, "MOST", 1000)

    for language in ("en", "zh-hans"):
        answer = client.get(f"/notices/feed/{language}/")
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
        assert len(list(root.iter(f"{ATOM}entry"))) == len(strings) + 3


def test_mail_of_a_naughty_notice_has_one_subject_and_one_recipient(
    strings: list[str],
) -> None:
    token = tokens.for_joining("reader@people.example", "en")
    subscribe.confirm(token=token)
    for version in _write(strings[::7], Kind.NOTICE, Area.RISK):
        mailing.announce(version, now=timezone.now())

    for _round in range(2):
        relay_due(limit=500)

    assert len(mail.outbox) == len(strings[::7])
    for message in mail.outbox:
        assert message.to == ["reader@people.example"]
        assert "\n" not in message.subject
        assert len(message.message().get_all("To") or []) == 1


def test_naughty_searches_are_answered(strings: list[str], client: Client) -> None:
    for text in strings:
        for language in ("en", "zh-hans"):
            assert len(suggest(text, language)) <= 3
    for text in strings[::8]:
        sent = text.encode("utf-8", "replace").decode()
        page = client.get("/learn/", {"q": sent})
        assert page.status_code == 200
        assert _is_clean(page.content.decode()), text
        assert client.post("/learn/suggest/", {"q": sent}).status_code == 200


def test_naughty_addresses_are_answered(strings: list[str], client: Client) -> None:
    for number, text in enumerate(strings[::8]):
        sent = text.encode("utf-8", "replace").decode()
        where = {"REMOTE_ADDR": f"198.51.100.{number}"}
        answer = client.post("/notices/subscribe/", {"email": sent}, **where)
        assert answer.status_code == 422, text
        assert _is_clean(answer.content.decode()), text
    assert not Outbox.objects.exists()


def test_words_are_cleaned_before_they_are_kept(people: People) -> None:
    version = drafts.written(
        people,
        drafts.document(),
        title=("A\r\nBcc: x@y.example\u202e", "标题\x00"),
        body=("One\r\n\x00two\ufffe", "一\x1b二"),
    )

    rows = Wording.objects.filter(version=version).order_by("language")
    assert [(row.title, row.body) for row in rows] == [
        ("A Bcc: x@y.example", "One\ntwo"),
        ("标题", "一二"),
    ]
