"""What a demonstration's board shows: talk in both languages, and work for the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from complaints.channels.forum import members, moderation, services
from complaints.channels.forum.models import Category, Member, Post, Standing, Topic

if TYPE_CHECKING:
    from teams.models import User

NICKNAMES: Final = {
    "customer": "nordlicht",
    "li.na": "小满",
    "chen.wei": "山间清风",
    "marta": "bitterroot",
    "omar": "late shift",
    "sean": "two coffees",
}


class Talk(NamedTuple):
    """A topic of the demonstration; who is empty among the answers is the desk.

    ``days`` are how long ago it began, ``helped`` the number of the answer that did.
    """

    part: str
    days: float
    who: str
    title: str
    text: str
    answers: tuple[tuple[str, str], ...]
    helped: int = 0


LOOK_FIRST: Final = (
    "Took half an hour for me last week. Look at the notices first: when the network is"
    " slow they say so there."
)
CONFIRMATIONS: Final = (
    "A deposit on Tron is credited after **20 confirmations**, mostly in two minutes."
    " Since this morning the network is slower than usual; see our notices. Nothing is"
    " lost meanwhile."
)
FUNDING: Final = (
    "资金费每 8 小时结算一次（UTC 0:00、8:00、16:00），仅对**结算时刻仍持有的仓位**"
    "收取。结算前平仓不收。"
)
FRAUD: Final = (
    "This is fraud. We never write to you first and never ask for a wallet, a code or a"
    " seed phrase. Do not open the page. If you typed anything there, our home page"
    " asks first: “Is money or access at risk right now?” Press yes."
)

TALK: Final = (
    Talk(
        "deposits-withdrawals",
        6.0,
        "marta",
        "How many confirmations does a USDT deposit on Tron need?",
        "Mine shows as *confirmed* in the explorer since 20 minutes and is not in my"
        " balance yet. Is that usual?",
        (
            ("omar", LOOK_FIRST),
            ("", CONFIRMATIONS),
            ("marta", "It has just arrived. Thank you both."),
        ),
        helped=3,
    ),
    Talk(
        "trading-fees",
        3.0,
        "chen.wei",
        "资金费率到底什么时候收？",
        "持仓到 8 点之前平掉，还会被收资金费吗？看了规则还是不太确定。",
        (
            ("li.na", "我的经验是结算那一刻没有持仓就不收，差几秒都不算。"),
            ("", FUNDING),
        ),
        helped=3,
    ),
    Talk(
        "account-security",
        1.5,
        "sean",
        "Somebody on Telegram says they are from support",
        "They know my nickname here and want me to “verify my wallet” on a page. Looks"
        " very real.",
        (("", FRAUD),),
    ),
    Talk(
        "app-website",
        0.6,
        "li.na",
        "希望导出的 CSV 里带上网络手续费",
        "现在报税要自己一笔笔对，能不能在导出文件里加一列网络手续费？",
        (
            ("marta", "+1, same wish here. The fee column would help a lot."),
            ("omar", "Same here, for the yearly statement as well."),
        ),
    ),
)

SCAM: Final = (
    "A firm called Fast Recovery got my coins back within a day. Write to them on"
    " Telegram, they are very kind."
)
MATTER: Final = Talk(
    "deposits-withdrawals",
    0.1,
    "customer",
    "My withdrawal of 412.50 USDT is held and nobody says why",
    "It has been in review since Tuesday. I sent every document I was asked for on the"
    " same day. I want it released, and an explanation.",
    (),
)


def board(cast: Mapping[str, User], moderator: User, now: datetime) -> None:
    """Members, talk, a matter that waits to be shown and a post that was reported."""
    if Topic.objects.exists():
        return
    for name, nickname in NICKNAMES.items():
        members.join(user=cast[name], nickname=nickname, now=now)
    for talk in TALK:
        _talk(talk, cast, moderator, now)
    _ask(MATTER, cast, now - timedelta(days=MATTER.days))
    warned = Topic.objects.get(category__code="account-security")
    scam = _answer(warned, cast["omar"], SCAM, now - timedelta(hours=5))
    services.report(
        post=scam,
        member=_member(cast["customer"]),
        reason="scam",
        words="Nobody recovers coins for a fee.",
        now=now - timedelta(hours=2),
    )


def _talk(talk: Talk, cast: Mapping[str, User], moderator: User, now: datetime) -> None:
    at = now - timedelta(days=talk.days)
    topic = _ask(talk, cast, at)
    _approve(topic, moderator, at)
    for name, words in talk.answers:
        at += timedelta(minutes=25)
        if name:
            _answer(topic, cast[name], words, at)
            _approve(topic, moderator, at)
        else:
            key = f"demo {at.isoformat()}"
            services.answer_officially(
                topic=topic, text=words, actor=moderator, key=key, now=at
            )
    if talk.helped:
        chosen = Post.objects.get(topic=topic, number=talk.helped)
        services.accept(post=chosen, member=_member(cast[talk.who]))


def _ask(talk: Talk, cast: Mapping[str, User], at: datetime) -> Topic:
    written = services.begin_topic(
        member=_member(cast[talk.who]),
        category=Category.objects.get(code=talk.part),
        title=talk.title,
        text=talk.text,
        key=f"demo {talk.part} {talk.days}",
        now=at,
    )
    return written.post.topic


def _answer(topic: Topic, user: User, words: str, at: datetime) -> Post:
    key = f"demo {at.isoformat()}"
    written = services.reply(
        member=_member(user), topic=topic, text=words, key=key, now=at
    )
    return written.post


def _member(user: User) -> Member:
    """As it stands now: trust grows with every approval."""
    return Member.objects.select_related("user").get(user=user)


def _approve(topic: Topic, moderator: User, at: datetime) -> None:
    rows = Post.objects.filter(topic=topic, state=Standing.PENDING)
    for post in rows.select_related("topic", "author__user"):
        moderation.moderate(
            post=post, name="approve", reason="", actor=moderator, now=at
        )
