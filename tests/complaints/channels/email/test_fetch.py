"""Mail from a real IMAP server: stored before it is marked, whatever dies between."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from appeals.demo import course
from appeals.demo.people import make_cast
from appeals.demo.way import Walk
from complaints.channels.email import fetch, mailbox_state, oauth, parse
from complaints.channels.email.mailbox import KEYWORD, Session, read_place
from complaints.channels.tasks import fetch_mail
from complaints.models import Complaint, Mailbox, RawMessage
from complaints.services.relay import relay_due
from config.env import SettingError
from tests.complaints.channels.email.mails import a_mail
from tests.dovecot import PASSWORD, Dovecot
from tests.services import find_dovecot, wait

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not find_dovecot(), reason="Dovecot is not installed"),
]
CAME = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


class Tokens(BaseHTTPRequestHandler):
    """The token endpoint of RFC 6749, and the introspection that Dovecot asks."""

    valid = "access-1"
    asked = 0

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        Tokens.asked += 1
        right = form.get("refresh_token") == ["refresh-1"]
        self._say({"access_token": self.valid, "expires_in": 3600} if right else {})

    def do_GET(self) -> None:
        right = self.headers.get("Authorization") == f"Bearer {self.valid}"
        self._say({"active": right, "email": "tokens@desk.example"} if right else {})

    def _say(self, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self.send_response(200 if what else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    tokens = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    dovecot = Dovecot(tokens_port=tokens.server_port)
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.close()
        tokens.shutdown()
        tokens.server_close()


class Box:
    """A mailbox of its own for one test."""

    def __init__(self, server: Dovecot, name: str, patch: pytest.MonkeyPatch) -> None:
        self.server, self.user = server, f"{name}@desk.example"
        patch.setenv("SSL_CERT_FILE", str(server.certificate))

    def url(self, more: str = "", scheme: str = "imaps") -> str:
        port = self.server.tls if scheme == "imaps" else self.server.plain
        who = f"{quote(self.user, safe='')}:{quote(PASSWORD, safe='')}"
        return f"{scheme}://{who}@127.0.0.1:{port}/INBOX{more}"

    def put(self, *mails: bytes) -> None:
        with self.server.look(self.user) as box:
            for raw in mails:
                box.append(raw, dt=CAME)

    def marked(self, folder: str = "INBOX") -> list[bool]:
        """A mail each: whether it carries our keyword."""
        with self.server.look(self.user) as box:
            box.folder.set(folder)
            found = box.fetch(mark_seen=False)
            return [KEYWORD in mail.flags for mail in found]

    def fetch(self, more: str = "", scheme: str = "imaps") -> fetch.Round:
        return fetch.fetch(read_place(self.url(more, scheme)))


@pytest.fixture
def box(
    server: Dovecot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Box:
    name = "".join(c for c in request.node.name if c.isalnum())[:60]
    return Box(server, name, monkeypatch)


def mails(count: int) -> list[bytes]:
    senders = (f"c{number}@customers.example" for number in range(count))
    return [a_mail(sender=sender, number=n) for n, sender in enumerate(senders)]


def test_mail_is_stored_with_the_servers_time_and_marked(box: Box) -> None:
    raws = mails(3)
    box.put(*raws)

    assert box.fetch() == fetch.Round(box.user + "/INBOX", taken=3)
    rows = RawMessage.objects.order_by("pk")
    assert [bytes(row.raw) for row in rows] == raws
    assert {row.received_at for row in rows} == {CAME}
    assert {case.received_at for case in Complaint.objects.all()} == {CAME}
    assert box.marked() == [True] * 3
    assert box.fetch() == fetch.Round(box.user + "/INBOX")


def test_fetched_mail_can_be_moved_away(box: Box) -> None:
    with box.server.look(box.user) as look:
        look.folder.create("Done")
    box.put(*mails(2))

    assert box.fetch("?done=Done").taken == 2
    assert (box.marked(), len(box.marked("Done"))) == ([], 2)


def test_mail_that_somebody_read_is_fetched_all_the_same(box: Box) -> None:
    box.put(*mails(1))
    with box.server.look(box.user) as look:
        list(look.fetch(mark_seen=True))

    assert box.fetch().taken == 1


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_line_is_encrypted_and_the_certificate_is_checked(
    box: Box, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(*mails(1))
    assert box.fetch(scheme=scheme).taken == 1
    monkeypatch.delenv("SSL_CERT_FILE")

    assert "CERTIFICATE_VERIFY_FAILED" in box.fetch(scheme=scheme).error


def token_url(box: Box, secret: str, more: str) -> str:
    where = f"127.0.0.1:{box.server.tls}"
    return f"imaps://tokens%40desk.example:{secret}@{where}/INBOX?{more}"


@pytest.mark.parametrize("secret", ["access-1", "wrong"])
def test_bearer_token_signs_in(box: Box, secret: str) -> None:
    result = fetch.fetch(read_place(token_url(box, secret, "auth=bearer")))

    assert bool(result.error) == (secret == "wrong")
    assert secret not in result.error


def test_refresh_token_is_asked_for_an_access_token_once(box: Box) -> None:
    oauth._known.clear()
    tokens = f"http://127.0.0.1:{box.server.tokens_port}/token"
    more = f"auth=refresh&client_id=desk&client_secret=s&token_url={quote(tokens)}"
    asked = Tokens.asked
    for _time in range(2):
        place = read_place(token_url(box, "refresh-1", more))
        assert fetch.fetch(place).error == ""
    assert Tokens.asked == asked + 1

    refused = fetch.fetch(read_place(token_url(box, "refresh-2", more)))
    assert refused.error == "TokenRefused: The token server answered 401."


class Killed(BaseException):
    """What a kill leaves no time to handle."""


@pytest.mark.parametrize("point", ["fetch", "receive", "finish"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_between_any_two_lines_nothing_is_lost_or_twice(
    box: Box, point: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = mails(3)
    box.put(*raws)
    where: Any = fetch if point == "receive" else Session
    real, calls = getattr(where, point), []

    def deadly(*given: Any, **named: Any) -> Any:
        calls.append(given)
        second = len(calls) == 2
        if second and not after:
            raise Killed
        got = real(*given, **named)
        if second:
            raise Killed
        return got

    with monkeypatch.context() as patch:
        patch.setattr(where, point, deadly)
        with pytest.raises(Killed):
            box.fetch()
    result = box.fetch()

    assert result.taken + result.known >= 1
    assert sorted(bytes(row.raw) for row in RawMessage.objects.all()) == sorted(raws)
    assert Complaint.objects.count() == 3
    assert box.marked() == [True] * 3


@pytest.mark.parametrize("position", [0, 4, 9])
def test_d19_poison_mail_holds_up_no_other_and_comes_once(
    box: Box, position: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Session.fetch
    raws = mails(10)
    box.put(*raws)

    def fails(session: Session, uid: str) -> Any:
        mail = real(session, uid)
        if mail is not None and mail.raw == raws[position]:
            raise fetch.IMAP4.error("NO server bug")
        return mail

    with monkeypatch.context() as patch:
        patch.setattr(Session, "fetch", fails)
        assert (box.fetch().taken, box.fetch().refused) == (9, 1)
    assert box.fetch().taken == 1
    assert RawMessage.objects.count() == 10


def test_t28_mail_beyond_what_is_read_is_held_and_not_fetched_whole(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, after = mails(2)
    large = a_mail("x" * 9_000, number=9)
    monkeypatch.setattr(parse, "MAX_MESSAGE", 4_000)
    box.put(small, large, after)

    assert box.fetch().taken == 3
    rows = RawMessage.objects.order_by("pk")
    assert [bytes(row.raw) for row in rows] == [small, large[:4_001], after]
    assert [row.outcome for row in rows] == ["opened", "held", "opened"]
    assert rows[1].reason == "too_large"
    with box.server.look(box.user) as look:
        assert max(mail.size for mail in look.fetch(mark_seen=False)) > 9_000


def test_mailbox_that_is_down_is_named_and_stops_no_other(
    box: Box, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    down = "imaps://complaints%40down.example:x@127.0.0.1:9/INBOX"
    settings.IMAP_URLS = [down, box.url()]
    box.put(*mails(1))

    assert fetch_mail() == 1
    first, second = mailbox_state.states()
    assert first.name == "complaints@down.example/INBOX"
    assert (first.is_down(), first.seen_at) == (True, None)
    assert "ConnectionRefusedError" in first.error
    assert (second.is_down(), second.error) == (False, "")

    with pytest.raises(SystemExit) as ended:
        call_command("fetch_mail")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert f"{box.user}/INBOX: 0 taken, 0 known, 0 not handed over, 0 left" in said


def test_wrong_password_is_said_without_repeating_it(box: Box) -> None:
    url = box.url().replace(quote(PASSWORD, safe=""), "mistaken-secret")
    error = fetch.fetch(read_place(url)).error

    assert "mistaken-secret" not in error
    assert "AUTHENTICATIONFAILED" in error


def test_without_mailboxes_nothing_is_done(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.IMAP_URLS = []
    call_command("fetch_mail")

    assert "No mailbox is configured" in capsys.readouterr().out
    assert fetch_mail() == 0


@pytest.mark.django_db(transaction=True)
def test_mail_is_taken_as_it_comes(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """IDLE: the server says that there is news, well before anybody would look."""
    monkeypatch.setattr("complaints.channels.email.mailbox.SLICE", 0.2)
    stop = threading.Event()
    place = read_place(box.url())
    thread = threading.Thread(target=watch, args=(place, stop))
    thread.start()
    try:
        assert wait(lambda: Mailbox.objects.exclude(seen_at=None).exists(), 10)
        box.put(*mails(2))
        began = time.monotonic()
        assert wait(lambda: box.marked() == [True, True], 10)
        assert time.monotonic() - began < 10
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert Complaint.objects.count() == 2


def watch(place: Any, stop: threading.Event) -> None:
    from django.db import connections

    try:
        fetch.watch(place, stop)
    finally:
        connections.close_all()


WRONG = [
    "pop3://a:b@host/INBOX",
    "imaps://host/INBOX",
    "imaps://a:b@host:port/INBOX",
    "imaps://a:secret-word@host/INBOX?verify=0",
    "imaps://a:secret-word@host/INBOX?auth=refresh",
    "imaps://a:secret-word@host/INBOX?auth=magic",
]


@pytest.mark.parametrize("text", WRONG)
def test_address_that_is_none_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(SettingError) as refusal:
        read_place(text)

    assert "IMAP_URLS" in str(refusal.value)
    assert "secret-word" not in str(refusal.value)


# Where we are -------------------------------------------------------------------------


def state(box: Box) -> Mailbox:
    return Mailbox.objects.get(name=f"{box.user}/INBOX")


def test_two_workers_never_fetch_from_one_mailbox(box: Box) -> None:
    box.put(*mails(1))
    place = read_place(box.url())
    with mailbox_state.held(place.name) as mine:
        assert mine is not None
        found = box.fetch()
        assert (found.busy, found.taken, found.error) == (True, 0, "")
        with mailbox_state.held(place.name) as other:
            assert other is None
    assert box.fetch().taken == 1


def test_lease_of_a_killed_worker_runs_out_and_it_is_out(box: Box) -> None:
    name = read_place(box.url()).name
    begun = timezone.now() - mailbox_state.LEASE
    with mailbox_state.held(name, now=begun) as dead:
        assert dead is not None
        with mailbox_state.held(name) as mine:
            assert mine is not None
            with pytest.raises(mailbox_state.LeaseLost):
                mailbox_state.took(dead, 7)
            mailbox_state.took(mine, 5)
    assert state(box).last_uid == 5


def test_how_far_it_is_and_what_waits_is_kept(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "BATCH", 2)
    box.put(*mails(3))
    assert box.fetch().left == 1
    row = state(box)
    assert (row.last_uid, row.left, row.waits_since) == (2, 1, CAME)
    assert row.uidvalidity > 0
    assert row.holder == ""
    assert box.fetch().taken == 1
    assert (state(box).last_uid, state(box).left, state(box).waits_since) == (
        3,
        0,
        None,
    )


@pytest.fixture
def _no_keywords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "complaints.channels.email.mailbox._keeps_keywords", lambda _box: False
    )


@pytest.mark.usefixtures("_no_keywords")
def test_server_without_keywords_is_asked_behind_the_last_number(box: Box) -> None:
    raws = mails(4)
    box.put(*raws[:3])
    assert box.fetch().taken == 3
    assert box.marked() == [False] * 3
    assert box.fetch() == fetch.Round(f"{box.user}/INBOX")
    box.put(raws[3])
    assert (box.fetch().taken, state(box).last_uid) == (1, 4)


@pytest.mark.usefixtures("_no_keywords")
def test_mailbox_that_counts_anew_neither_loses_nor_doubles_mail(box: Box) -> None:
    """Its folder is made again: other numbers, some of the same mails and a new one."""
    raws = mails(4)
    url = box.url().replace("/INBOX", "/Desk")
    with box.server.look(box.user) as look:
        look.folder.create("Desk")
        for raw in raws[:3]:
            look.append(raw, "Desk", dt=CAME)
    place = read_place(url)
    assert fetch.fetch(place).taken == 3
    before = Mailbox.objects.get(name=place.name).uidvalidity
    with box.server.look(box.user) as look:
        look.folder.delete("Desk")
        look.folder.create("Desk")
        for raw in raws[1:]:
            look.append(raw, "Desk", dt=CAME)
    result = fetch.fetch(place)

    assert (result.taken, result.known, result.error) == (1, 2, "")
    row = Mailbox.objects.get(name=place.name)
    assert row.uidvalidity != before
    assert row.last_uid == 3
    assert RawMessage.objects.count() == Complaint.objects.count() == 4


@pytest.mark.usefixtures("_no_keywords")
def test_mail_that_is_not_handed_over_is_asked_for_again(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws, real = mails(3), Session.fetch
    box.put(*raws)

    def fails(session: Session, uid: str) -> Any:
        if uid == "2":
            raise fetch.IMAP4.error("NO server bug")
        return real(session, uid)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "fetch", fails)
        assert (box.fetch().taken, box.fetch().refused) == (2, 1)
        assert (state(box).last_uid, state(box).again) == (3, [2])
        patch.setattr(mailbox_state, "MOST_AGAIN", 0)
        assert "too few of its mails" in box.fetch().error
        assert state(box).again == [2]
    assert (box.fetch().taken, state(box).again) == (1, [])


# A whole way --------------------------------------------------------------------------


def test_complaint_is_filed_and_acknowledged_by_mail(
    box: Box, settings: Settings
) -> None:
    """The first step of ``walk_case --channel email``, through a mailbox."""
    settings.IMAP_URLS = [box.url()]
    subject = Walk(make_cast(), channel="email")
    course.mail(subject)
    for _round in range(2):
        relay_due()

    assert box.marked() == [True]
    assert RawMessage.objects.count() == 1
    assert subject.complaint.channel == "email"
    (receipt,) = mail.outbox
    assert receipt.recipients() == [f"Ada Lindgren <{course.MAIL_SENDER}>"]
    assert subject.complaint.reference in receipt.body
