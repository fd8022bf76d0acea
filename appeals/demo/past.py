"""A year that lies behind the desk: decided and closed cases, many at once.

Written as ``bulk`` writes its cases, under the same triggers and on the same ledger,
so that figures, trends and causes have something to tell. No letters are drawn.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Final

from django.db import transaction
from django.utils import timezone

from appeals.demo.past_case import Past
from appeals.demo.past_rows import write
from appeals.demo.past_words import COUNTRIES, DETAILS, NAMES, TOLD, TOPICS, Topic
from appeals.demo.people import Cast
from appeals.demo.played import HANDLERS, RATES
from complaints import profiles
from complaints.models import Category, Complaint, Party
from complaints.states import Channel, Severity

DAYS: Final = 390
TOGETHER: Final = 40
ADDRESS: Final = "@past.demo.example"
LANGUAGES: Final = ("en", "zh-hans")
CHANNELS: Final = (
    *(Channel.PORTAL, Channel.PORTAL, Channel.PORTAL, Channel.APP, Channel.APP),
    *(Channel.EMAIL, Channel.EMAIL, Channel.CHAT, Channel.TELEGRAM, Channel.PHONE),
)


def live(cast: Cast, *, count: int, seed: int) -> None:
    """Make closed cases of the year before until there are ``count``.

    In parts, so that nobody waits long who writes meanwhile; an end between two of them
    is made good by calling it again.
    """
    categories = {
        row.code: row for row in Category.objects.select_related("team", "parent")
    }
    have = Party.objects.filter(email__endswith=ADDRESS).count()
    for first in range(have, count, TOGETHER):
        dice = random.Random(seed + first)  # noqa: S311 - demo data
        with transaction.atomic():
            parties = _parties(dice, range(first, min(first + TOGETHER, count)))
            made = [_draw(cast, dice, party, categories) for party in parties]
            _make_unlike(made, departs=first // TOGETHER % 2 == 1)
            write(cast, made)


def _make_unlike(made: Sequence[Past], *, departs: bool) -> None:
    """One tells what another told in those weeks, and is decided otherwise.

    So that like cases which ended unlike can be found; every other one says why.
    """
    like = [pair for pair in combinations(made, 2) if _is_like(*pair)]
    if not like:
        return
    one, other = min(like, key=lambda pair: abs(pair[0].decided - pair[1].decided))
    other.case.description, other.departs = one.case.description, departs
    if (one.outcome == "not_upheld") == (other.outcome == "not_upheld"):
        upheld = one.outcome == "not_upheld"
        other.outcome = "upheld" if upheld else "not_upheld"
        other.cause = other.topic.causes[0] if upheld else "none_found"
        other.refund = Decimal(120) if upheld else None


def _is_like(one: Past, other: Past) -> bool:
    same_words = one.case.language == other.case.language
    return same_words and one.topic is other.topic


def _parties(dice: random.Random, numbers: range) -> list[Party]:
    rows = []
    for number in numbers:
        language = int(dice.random() < 0.4)
        first, last = (dice.choice(names) for names in NAMES[language])
        rows.append(
            Party(
                first_name=first,
                last_name=last,
                email=f"{number}{ADDRESS}",
                country=dice.choice(COUNTRIES),
                language=LANGUAGES[language],
                account_id=f"5{dice.randrange(10**7):07d}",
            )
        )
    made = Party.objects.bulk_create(rows)
    return [dice.choice(made) if dice.random() < 0.3 else party for party in made]


def _draw(
    cast: Cast,
    dice: random.Random,
    party: Party,
    categories: dict[str, Category],
) -> Past:
    topic = dice.choices(TOPICS, [topic.often for topic in TOPICS])[0]
    case = _case(cast, dice, party, categories[topic.category], topic)
    took = min(topic.days * dice.lognormvariate(0, 0.7), 75)
    now = timezone.now()
    decided = min(case.received_at + timedelta(days=took), now - timedelta(days=2))
    upheld = dice.random() * 100 < topic.upheld
    outcome = dice.choice(("upheld", "partly_upheld")) if upheld else "not_upheld"
    refund = Decimal(dice.randint(500, 60_000)) / 100 if dice.random() < 0.8 else None
    return Past(
        topic=topic,
        case=case,
        decided=decided,
        outcome=outcome,
        cause=dice.choice(topic.causes) if upheld else "none_found",
        refund=refund if upheld else None,
    )


def _case(
    cast: Cast, dice: random.Random, party: Party, category: Category, topic: Topic
) -> Complaint:
    received, asset = _moment(dice), dice.choice(tuple(RATES))
    subject, text = _said(dice, topic, LANGUAGES.index(party.language), asset)
    profile = profiles.choose(party.country, "", received.date())
    return Complaint(
        customer=party,
        channel=dice.choice(CHANNELS),
        language=party.language,
        received_at=received,
        recorded_at=received,
        recorded_by=cast["support"],
        subject=subject,
        description=text,
        category=category,
        severity=dice.choice(("low", "normal", "normal", Severity.HIGH)),
        complexity="medium",
        impact="low",
        asset=asset,
        team=category.team,
        handler=cast[HANDLERS[category.team.code]],
        account_tier="vip" if dice.random() < 0.15 else "standard",
        profile_key=profile.key,
        last_message_at=received,
        last_message_from="customer",
    )


def _said(
    dice: random.Random, topic: Topic, language: int, asset: str
) -> tuple[str, str]:
    """Subject and text; no two customers tell a thing alike."""
    subject, text = topic.said[language]
    amount = f"{Decimal(dice.randint(3_000, 90_000)) / 100 / RATES[asset]:.4g}"
    more = [
        line.format(amount=amount, asset=asset)
        for line in dice.sample(DETAILS[language], TOLD)
    ]
    return subject, ("" if language else " ").join([text, *more])


def _moment(dice: random.Random) -> datetime:
    """More of them lately than a year ago, and by day rather than by night."""
    days = 12 + (DAYS - 12) * dice.random() ** 1.3
    day = timezone.now() - timedelta(days=days)
    hour = min(23, max(0, round(dice.gauss(14, 4))))
    return day.replace(hour=hour, minute=dice.randrange(60), second=0, microsecond=0)
