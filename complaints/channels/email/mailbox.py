"""One mailbox of ours on an IMAP server (RFC 9051): where it is and what is new there.

A mail counts as fetched by a keyword of ours or by the folder it was moved to, never by
its "seen" flag, which anybody who looks into the mailbox changes. Where a server keeps
no keywords, it counts by its number.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from imaplib import IMAP4
from typing import Any, Literal, get_args
from urllib.parse import SplitResult, parse_qsl, unquote

from django.conf import settings
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import (
    BaseMailBox,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from complaints.channels.email import oauth, parse
from config.env import SettingError, parse_url

KEYWORD = "$RecourseStored"
"""The flag of a mail whose bytes are in our database."""

TIMEOUT = 20.0
"""Seconds that a server may take for one answer."""

SLICE = 2.0
"""Seconds after which who waits for news looks whether to stop."""

NEW = f"UNKEYWORD {KEYWORD} UNDELETED"

PORTS = {"imaps": 993, "imap": 143}
OPTIONS = frozenset({"done", "auth", "tls", "token_url", "client_id", "client_secret"})

Auth = Literal["password", "bearer", "refresh"]
AUTHS: dict[str, Auth] = {one: one for one in get_args(Auth)}

_INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]{1,40})"')
_NEW_KEYWORDS = rb"\*"


class MailboxRefused(Exception):
    """The server let us in, but the mailbox cannot be used as it is set."""


@dataclass(frozen=True, slots=True)
class Place:
    """What ``IMAP_URLS`` says of one mailbox.

    secret: the password, the bearer token, or the token that renews one.
    done: the folder that fetched mails are moved to; empty marks them where they are.
    """

    host: str
    port: int
    user: str
    folder: str
    encryption: Literal["tls", "starttls", "none"]
    auth: Auth
    done: str = ""
    secret: str = field(repr=False, default="")
    token: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def name(self) -> str:
        """What people call it: ``complaints@example.com/INBOX``."""
        user = self.user if "@" in self.user else f"{self.user}@{self.host}"
        return f"{user}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail byte for byte, and when the server says that it came."""

    raw: bytes = field(repr=False)
    received_at: datetime | None


def places() -> list[Place]:
    """The mailboxes that are configured; none is fine. Raises ``SettingError``."""
    return [read_place(text) for text in settings.IMAP_URLS]


def read_place(text: str) -> Place:
    """``imaps://user:password@host:993/INBOX?done=Archive`` in its parts.

    ``imap:`` asks for STARTTLS, ``?tls=0`` for a line that anybody can read. Raises
    ``SettingError``, which never repeats what it read.
    """
    url = parse_url("IMAP_URLS", text)
    options = dict(parse_qsl(url.query))
    if url.scheme not in PORTS or not url.hostname or not url.username:
        raise SettingError("IMAP_URLS", "holds no imaps://user:password@host/folder.")
    if unknown := sorted(options.keys() - OPTIONS):
        raise SettingError("IMAP_URLS", f"has an unknown option {unknown[0]!r}.")
    return Place(
        host=url.hostname,
        port=url.port or PORTS[url.scheme],
        user=unquote(url.username),
        folder=unquote(url.path.strip("/")) or "INBOX",
        encryption=_encryption(url, options),
        auth=_auth(options),
        done=options.get("done", ""),
        secret=unquote(url.password or ""),
        token={k: v for k, v in options.items() if k not in ("done", "auth", "tls")},
    )


def _encryption(
    url: SplitResult, options: Mapping[str, str]
) -> Literal["tls", "starttls", "none"]:
    if url.scheme == "imaps":
        return "tls"
    return "none" if options.get("tls") == "0" else "starttls"


def _auth(options: Mapping[str, str]) -> Auth:
    kind = AUTHS.get(options.get("auth", "password"))
    lacks = {"token_url", "client_id"} - options.keys()
    if kind is None or (kind == "refresh" and lacks):
        words = "auth is password, bearer, or refresh with token_url and client_id."
        raise SettingError("IMAP_URLS", words)
    return kind


# At the server ------------------------------------------------------------------------


class Session:
    """A mailbox that we are signed in to, its folder open."""

    def __init__(self, box: BaseMailBox, place: Place) -> None:
        self.box, self.place = box, place
        self.uidvalidity = _uidvalidity(box)
        self.counts = not place.done and not _keeps_keywords(box)

    def new(self, last: int, again: Sequence[int]) -> list[str]:
        """The UIDs of mails that are not fetched yet, oldest first: ``again``, and
        those behind ``last`` where only their numbers tell."""
        if not self.counts:
            criteria = "UNDELETED" if self.place.done else NEW
            return sorted(self.box.uids(criteria, charset=None), key=int)
        # "5:*" names the last mail even where it is the third.
        found = self.box.uids(f"UID {last + 1}:* UNDELETED", charset=None)
        behind = sorted((uid for uid in found if int(uid) > last), key=int)
        return [*map(str, again), *behind]

    def came(self, uid: str) -> datetime | None:
        """When the mail came, where the server tells."""
        kind, answer = self.box.client.uid("FETCH", uid, "(INTERNALDATE)")
        parts = [item for item in answer if isinstance(item, bytes)]
        return _internal_date(b" ".join(parts)) if kind == "OK" else None

    def fetch(self, uid: str) -> Fetched | None:
        """The mail; None where it has gone meanwhile. Of one that is larger than what
        is read so much comes that it is seen to be; the server keeps the rest."""
        parts = f"(UID INTERNALDATE BODY.PEEK[]<0.{parse.MAX_MESSAGE + 1}>)"
        kind, answer = self.box.client.uid("FETCH", uid, parts)
        if kind != "OK":
            raise IMAP4.error(f"FETCH {uid}: {kind}")
        return _read(answer)

    def finish(self, uid: str) -> None:
        """Mark a mail whose bytes are stored, or move it out of the way."""
        if self.place.done:
            self.box.move([uid], self.place.done)
        elif not self.counts:
            # imap_tools would expunge as well, and with that other people's deletions.
            self.box.client.uid("STORE", uid, "+FLAGS.SILENT", f"({KEYWORD})")

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self.box.client.capabilities

    def idle(self, seconds: float, stop: threading.Event) -> None:
        """Wait for news for so long (RFC 2177), or until ``stop``."""
        idle: Any = self.box.idle
        until = time.monotonic() + seconds
        idle.start()
        while time.monotonic() < until and not stop.is_set():
            began = time.monotonic()
            if idle.poll(timeout=SLICE):
                break
            if time.monotonic() - began < SLICE / 2:
                # Nothing to read and yet something to read: the line is closed.
                raise ConnectionResetError("The server hung up.")
        idle.stop()


def _keeps_keywords(box: BaseMailBox) -> bool:
    """A server that does not say which flags it keeps keeps all (RFC 9051, 7.1)."""
    kept = _told(box, "PERMANENTFLAGS")
    return not kept or _NEW_KEYWORDS in kept or KEYWORD.encode() in kept


def _uidvalidity(box: BaseMailBox) -> int:
    told = _told(box, "UIDVALIDITY")
    return int(told) if told.isdigit() else 0


def _told(box: BaseMailBox, name: str) -> bytes:
    """What the server said of the folder as it was opened; maybe nothing."""
    found: Any = box.client.untagged_responses.get(name)
    return bytes(found[-1] or b"") if found else b""


def _read(answer: list[Any]) -> Fetched | None:
    """imaplib's answer: the literal in a pair, the rest before or behind it."""
    pair = next((item for item in answer if isinstance(item, tuple)), None)
    if pair is None:
        return None
    around = [pair[0], *(item for item in answer if isinstance(item, bytes))]
    return Fetched(bytes(pair[1]), _internal_date(b" ".join(around)))


def _internal_date(text: bytes) -> datetime | None:
    hit = _INTERNAL_DATE.search(text)
    try:
        return parsedate_to_datetime(hit[1].decode("ascii")) if hit else None
    except ValueError:
        return None


@contextmanager
def opened(place: Place) -> Iterator[Session]:
    """Sign in and open the folder. Raises what ``FAILURES`` names."""
    box = _connect(place)
    try:
        _sign_in(box, place)
        yield Session(box, place)
    finally:
        with suppress(*FAILURES):
            box.logout()


def _connect(place: Place) -> BaseMailBox:
    """Without a context of ours, imaplib would take any certificate."""
    where = {"host": place.host, "port": place.port, "timeout": TIMEOUT}
    if place.encryption == "none":
        return MailBoxUnencrypted(**where)
    kind = MailBox if place.encryption == "tls" else MailBoxStartTls
    return kind(**where, ssl_context=ssl.create_default_context())


def _sign_in(box: BaseMailBox, place: Place) -> None:
    if place.auth == "password":
        box.login_utf8(place.user, place.secret, initial_folder=place.folder)
        return
    renew = place.auth == "refresh"
    token = oauth.access_token(place.secret, place.token) if renew else place.secret
    box.xoauth2(place.user, token, initial_folder=place.folder)


FAILURES: tuple[type[Exception], ...] = (
    OSError,
    IMAP4.error,
    ImapToolsError,
    MailboxRefused,
    oauth.TokenRefused,
)
"""What a server that is down, slow or of another mind raises."""
