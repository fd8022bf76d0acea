"""Reading public pages: what is in force, what was, and what a page is filled with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property

from complaints import profiles
from complaints.profiles import Profile, limit_words
from complaints.public import frames
from complaints.public.languages import language_names
from complaints.public.markup import Part, filled, parts_of
from complaints.public.models import Kind, Version, Wording

NEEDED: Final[dict[str, frozenset[str]]] = {
    "procedure": frozenset(
        {
            "ways",
            "contact",
            "languages",
            "grounds",
            "time-frames",
            "outside-routes",
            "records",
        }
    ),
}
"""Blocks without which a page cannot be published: Art 1(2)(a) to (f) RTS 2025/294."""

ADDRESSES: Final = {
    "procedure": "public:procedure",
    "rules": "public:rules",
    "fees": "public:fees",
    "security": "public:security",
    "privacy": "public:privacy",
    "accessibility": "public:accessibility",
    "improvements": "public:improvements",
}
"""Pages with an address of their own."""


@dataclass(frozen=True)
class Shown:
    """A version in the reader's language, ready to be drawn."""

    version: Version
    words: Wording

    @cached_property
    def parts(self) -> list[Part]:
        return parts_of(self.words.body, values())

    @property
    def summary(self) -> str:
        return filled(self.words.summary, values())

    @property
    def code(self) -> str:
        return self.version.document.code

    @property
    def foreign(self) -> str:
        """Its language where that is not the page's, else empty."""
        other = self.version.words().language
        return self.words.language if other != self.words.language else ""


def shown(version: Version, language: str = "") -> Shown:
    return Shown(version, version.words(language))


def current(code: str, kind: str, now: datetime | None = None) -> Version | None:
    """What of that document is in force; withdrawn ones are found too. Two queries."""
    rows = Version.objects.in_force(now or timezone.now()).with_words()
    return rows.filter(document__code=code, document__kind=kind).first()


def upcoming(version: Version, now: datetime | None = None) -> Version | None:
    """The published version that will take its place, the soonest first."""
    later = Version.objects.filter(
        document_id=version.document_id,
        published_at__isnull=False,
        effective_from__gt=now or timezone.now(),
    )
    return later.order_by("effective_from", "number").first()


def listed(kind: str, now: datetime | None = None) -> list[Version]:
    """All of a kind in force and not withdrawn, by place. Two queries."""
    rows = Version.objects.in_force(now or timezone.now()).with_words()
    rows = rows.filter(document__kind=kind, document__withdrawn_at=None)
    return list(rows.order_by("document__position", "document__code"))


@dataclass(frozen=True)
class Held:
    """A version in a history: from when, and until when it held (None: still)."""

    shown: Shown
    since: datetime
    until: datetime | None
    is_current: bool
    is_future: bool


def history(code: str, now: datetime | None = None) -> list[Held]:
    """Every published version, the newest first, those to come on top. Two queries.

    A version that was overtaken before its day never held and is left out.
    """
    moment = now or timezone.now()
    rows = (
        Version.objects.filter(document__code=code, published_at__isnull=False)
        .with_words()
        .order_by("-effective_from", "-number")
    )
    return _held(rows, moment)


def _held(rows: Iterable[Version], now: datetime) -> list[Held]:
    found: list[Held] = []
    until: datetime | None = None
    for version in rows:
        since = version.effective_from
        if since is None or since == until:
            continue
        future = since > now
        running = not future and (until is None or until > now)
        found.append(Held(shown(version), since, until, running, future))
        until = since
    return found


# What a page is filled with -----------------------------------------------------------


def profile() -> Profile:
    """The rules for somebody of whom we know nothing yet."""
    return profiles.choose("", "", timezone.localdate())


def values() -> dict[str, str]:
    """What ``{name}`` stands for in a text, from the configuration in force."""
    rules = profile()
    return {
        "decision_limit": str(limit_words(rules.decision)),
        "years": str(rules.retention.years),
        "most_years": str(rules.retention.most_years),
        "contact_name": str(rules.contact.name),
        "contact_address": str(rules.contact.address),
        "contact_email": rules.contact.email,
        "contact_phone": rules.contact.phone,
        "privacy_version": rules.privacy_notice_version,
        "procedure_version": rules.procedure_version,
    }


def elsewhere() -> list[tuple[str, str, str]]:
    """(name, address, how we are called there) of the networks that are set up."""
    bot = settings.TELEGRAM_BOT_NAME
    return [("Telegram", "https://t.me/" + quote(bot), f"@{bot}")] if bot else []


def blocks() -> dict[str, Any]:
    """What the blocks of a page are drawn from."""
    rules = profile()
    return {
        "profile": rules,
        "frames": frames.time_frames(rules),
        "languages": language_names(rules.languages),
        "years": rules.retention.years,
        "most_years": rules.retention.most_years,
    }


def address_of(version: Version) -> tuple[str, dict[str, str]]:
    """Name and keys of the route where a document's words in force stand."""
    document = version.document
    if document.kind == Kind.PAGE and document.code in ADDRESSES:
        return ADDRESSES[document.code], {}
    kinds = {Kind.NOTICE: "public:notice", Kind.ARTICLE: "public:article"}
    name = kinds.get(Kind(document.kind), "public:page")
    return name, {"code": document.code}
