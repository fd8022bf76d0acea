"""Notices: the list, the feed, and mail to those who asked for it and proved it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from complaints.models import Outbox, OutboxStatus
from complaints.public import publish, subscribe, tokens
from complaints.public.models import Area, Document, Kind, Stage, Subscriber
from complaints.services.relay import relay_due
from tests.complaints.public import drafts
from tests.people import People

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMAIL = "reader@people.example"


def incident(people: People, code: str = "down", **columns: Any) -> Any:
    document = drafts.document(code, Kind.NOTICE, area=Area.INCIDENT)
    columns.setdefault("title", ("Wallet service down", "钱包服务中断"))
    return drafts.published(people, document, **columns)


def subscriber(email: str = EMAIL, language: str = "en") -> Subscriber:
    token = tokens.for_joining(email, language)
    found = subscribe.confirm(token=token)
    assert found is not None
    return found


def relayed(times: int = 2) -> list[Any]:
    """What is in the mailbox after the relay has run; fan-out takes a round more."""
    for _time in range(times):
        relay_due()
    return mail.outbox


# The list and the feed ------------------------------------------------------------


def test_ongoing_notice_stands_first_and_moves_when_it_is_over(
    client: Client, people: People
) -> None:
    version = drafts.written(
        people,
        drafts.document("down", Kind.NOTICE, area=Area.INCIDENT),
        title=("Wallet service down", "钱包服务中断"),
    )
    version.stage = Stage.ONGOING
    version.save()
    publish.publish(version=version, actor=people.head)
    page = client.get("/notices/").content.decode()
    now, _rest = page.split("Warnings that stand at all times")
    assert "Wallet service down" in now

    over = publish.draft(document=version.document, actor=people.head)
    over.stage = Stage.OVER
    over.save()
    publish.publish(version=over, actor=people.head)

    page = client.get("/notices/").content.decode()
    assert "Everything works as it should." in page
    assert "Wallet service down" in page.split("What is over")[1]
    said = client.get("/notices/down/").content.decode()
    assert "What we said before" in said
    assert "/pages/down/versions/1/" in said


def test_withdrawn_notice_is_off_the_list_and_the_feed(
    client: Client, people: People
) -> None:
    version = incident(people)
    publish.withdraw(document=version.document, actor=people.head)

    assert "Wallet service down" not in client.get("/notices/").content.decode()
    assert "Wallet service down" not in client.get("/notices/feed/en/").content.decode()
    assert "We took this off our lists" in client.get("/notices/down/").content.decode()


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Wallet service down"), ("zh-hans", "钱包服务中断")]
)
def test_feed_is_valid_atom_in_its_language(
    language: str, title: str, client: Client, people: People
) -> None:
    version = incident(people, now=NOON, summary=("Since noon.", "自中午起。"))

    answer = client.get(f"/notices/feed/{language}/", HTTP_ACCEPT_LANGUAGE="fr")

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Content-Language"] == language
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    assert root.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    for name in ("title", "id", "updated"):
        assert (root.findtext(f"{ATOM}{name}") or "").strip()
    links = {
        link.attrib["rel"]: link.attrib["href"] for link in root.iter(f"{ATOM}link")
    }
    assert links["self"].endswith(f"/notices/feed/{language}/")
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == title
    assert entry.findtext(f"{ATOM}updated") == "2026-11-20T12:00:00+00:00"
    assert (entry.findtext(f"{ATOM}id") or "").endswith(
        f"/notices/down/#{version.number}"
    )
    ids = [one.findtext(f"{ATOM}id") for one in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == 4


def test_feed_may_be_kept_and_is_not_sent_twice(client: Client) -> None:
    first = client.get("/notices/feed/en/")

    again = client.get("/notices/feed/en/", HTTP_IF_NONE_MATCH=first["ETag"])

    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert first.cookies == {}


def test_feed_in_a_language_we_have_not_is_404(client: Client) -> None:
    assert client.get("/notices/feed/fr/").status_code == 404


# Subscribing ----------------------------------------------------------------------


def ask(client: Client, email: str = EMAIL, **extra: Any) -> Any:
    return client.post("/notices/subscribe/", {"email": email}, **extra)


def link_in(message: Any, word: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/notices/{word}/\S+)", message.body)
    assert found
    return found[1]


def test_address_is_subscribed_by_the_link_in_its_mailbox(client: Client) -> None:
    answer = ask(client)
    assert answer.headers["Location"] == "/notices/subscribe/sent/"
    assert not Subscriber.objects.exists()

    (message,) = relayed(1)
    link = link_in(message, "subscribe")
    assert message.to == [EMAIL]
    assert "Yes, send me notices" in client.get(link).content.decode()
    assert not Subscriber.objects.exists()  # looking is not pressing
    done = client.post(link)

    assert "You will have our notices" in done.content.decode()
    assert (done["Referrer-Policy"], done["Cache-Control"]) == (
        "strict-origin",
        "no-store, private",
    )
    assert [(one.email, one.language) for one in Subscriber.objects.all()] == [
        (EMAIL, "en")
    ]


def test_words_with_the_link_are_forgotten_once_sent(client: Client) -> None:
    ask(client)
    relayed(1)

    row = Outbox.objects.get(kind="subscribe")
    assert (row.status, row.body) == (OutboxStatus.SENT, "")


def headers_of(answer: Any) -> dict[str, str]:
    """Without the number that every request has of its own."""
    return {k: v for k, v in answer.headers.items() if k.lower() != "x-request-id"}


def test_answer_and_writing_are_the_same_for_known_and_unknown(client: Client) -> None:
    subscriber("known@people.example")
    shapes = []
    for email in ("known@people.example", "unknown@people.example"):
        before = Outbox.objects.count()
        answer = ask(client, email)
        row = Outbox.objects.latest("pk")
        shapes.append(
            (
                answer.status_code,
                answer.content,
                headers_of(answer),
                Outbox.objects.count() - before,
                row.subject,
                re.sub(r"subscribe/\S+", "", row.body),
            )
        )

    assert shapes[0] == shapes[1]
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@c.example", "x@y\n.example"]
)
def test_what_is_no_address_is_said_and_not_written(email: str, client: Client) -> None:
    answer = ask(client, email)

    assert answer.status_code == 422
    assert "summary" in answer.content.decode()
    assert not Outbox.objects.exists()


def test_visitor_may_ask_five_times_in_a_quarter_of_an_hour(client: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        answers = [ask(client, f"a{place}@people.example") for place in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"] == "900"
    assert Outbox.objects.count() == 5


@pytest.mark.usefixtures("one_window")
def test_one_address_is_written_to_three_times_a_day(client: Client) -> None:
    codes = []
    for place in range(4):
        answer = ask(client, EMAIL.upper(), REMOTE_ADDR=f"192.0.2.{place}")
        codes.append(answer.status_code)

    assert codes == [302, 302, 302, 429]


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é" * 30])
def test_forged_token_subscribes_nobody(token: str, client: Client) -> None:
    if token:
        assert client.post(f"/notices/subscribe/{token}/").status_code == 410
        assert client.post(f"/notices/unsubscribe/{token}/").status_code == 410
    assert tokens.read_joining(token) is None
    assert tokens.read_leaving(token) is None


def test_token_works_for_two_days_and_for_one_purpose(client: Client) -> None:
    with time_machine.travel(NOON) as clock:
        token = tokens.for_joining(EMAIL, "en")
        clock.shift(timedelta(hours=47))
        assert tokens.read_joining(token) == (EMAIL, "en")
        clock.shift(timedelta(hours=2))
        assert tokens.read_joining(token) is None
    assert tokens.read_leaving(tokens.for_joining(EMAIL, "en")) is None
    assert tokens.read_joining(tokens.for_leaving(subscriber())) is None


# Mail -----------------------------------------------------------------------------


def test_notice_goes_to_each_subscriber_once_in_their_language(people: People) -> None:
    subscriber("a@people.example")
    subscriber("b@people.example", "zh-hans")
    incident(people, body=("No withdrawals.", "暂停提现。"))

    messages = relayed(3)

    assert {(one.to[0], one.subject) for one in messages} == {
        ("a@people.example", "Security incident: Wallet service down"),
        ("b@people.example", "安全事件：钱包服务中断"),
    }
    assert len(messages) == 2
    bodies = {one.to[0]: one.body for one in messages}
    assert "No withdrawals." in bodies["a@people.example"]
    assert "暂停提现。" in bodies["b@people.example"]
    assert "/notices/down/" in bodies["a@people.example"]


def test_notice_of_a_later_day_is_sent_on_that_day(people: People) -> None:
    subscriber()
    now = timezone.now()
    version = drafts.written(
        people, drafts.document("later", Kind.NOTICE, area=Area.STATUS)
    )
    version.effective_from = now + timedelta(days=2)
    version.save()
    publish.publish(version=version, actor=people.head)

    assert relayed() == []
    with time_machine.travel(now + timedelta(days=2, seconds=1)):
        assert [one.to for one in relayed()] == [[EMAIL]]


def test_notice_that_was_overtaken_is_not_sent(people: People) -> None:
    subscriber()
    version = incident(people)
    publish.withdraw(document=version.document, actor=people.head)

    assert relayed() == []


def test_fan_out_run_twice_writes_none_twice(people: People) -> None:
    from complaints.public import mailing

    subscriber()
    version = incident(people)
    row = Outbox.objects.get(key=f"notice:{version.pk}")

    mailing.fan_out(row)
    mailing.fan_out(row)

    assert Outbox.objects.filter(channel=mailing.TO_SUBSCRIBER).count() == 1


def test_mail_holds_the_way_out_in_its_head_and_one_press_ends_it(
    people: People, settings: Any
) -> None:
    settings.SITE_URL = "https://desk.example"
    subscriber()
    incident(people)
    (message,) = relayed()
    head = message.message()

    assert head["List-Id"] == "<notices.desk.example>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["Auto-Submitted"] == "auto-generated"
    url = head["List-Unsubscribe"].replace("\n", "").replace(" ", "").strip("<>")
    assert url.startswith("https://desk.example/notices/unsubscribe/")
    path = url.removeprefix("https://desk.example")
    program = Client(enforce_csrf_checks=True)
    looked = program.get(path)
    assert (looked.status_code, Subscriber.objects.count()) == (200, 1)

    answer = program.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not Subscriber.objects.exists()
    assert program.post(path).status_code == 200  # leaving twice is leaving


def test_who_left_gets_nothing_that_was_under_way(people: People) -> None:
    someone = subscriber()
    incident(people)
    relay_due()
    assert Outbox.objects.filter(recipient=EMAIL).count() == 1

    subscribe.leave(token=tokens.for_leaving(someone))

    assert not Outbox.objects.filter(recipient=EMAIL).exists()
    assert relayed() == []


def test_documents_of_other_kinds_are_sent_to_nobody(people: People) -> None:
    subscriber()
    drafts.published(people, Document.objects.get(code="rules"))

    assert relayed() == []
