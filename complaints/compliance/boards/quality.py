"""Whether figures can be trusted: what waits for a person, and how old they are."""

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.ageing import standing
from complaints.compliance.boards.base import Board, Ctx, Tile, count
from complaints.compliance.drawing import Picture
from complaints.compliance.page import Cell
from complaints.compliance.pictures import Stack, bars
from complaints.models import Outbox, OutboxStatus, RawMessage
from complaints.states import Intake

LATE_AFTER = 5
"""Minutes; the refresh comes every half minute."""


def quality(ctx: Ctx) -> Board:
    """What has to be cleared up before any of the rest can be believed."""
    behind = _behind(ctx)
    tiles = (*_things(ctx), behind)
    things = sum(tile.number for tile in tiles if tile is not behind)
    words = ngettext("%(n)s thing to clear up", "%(n)s things to clear up", things)
    return Board(
        slug="quality",
        title=_("Can these figures be trusted?"),
        say=words % {"n": count(things)},
        definition=_(
            "As it stands now, whatever the period: messages that wait for a person,"
            " open complaints without a topic or without anybody who took them, notices"
            " given up, and how far the roll-ups are behind the ledger."
        ),
        denominator=_("n %(n)s in sum") % {"n": count(things)},
        head=(_("What"), _("Number")),
        body=tuple(
            (Cell(tile.words), Cell(count(tile.number), tile.url)) for tile in tiles
        ),
        draw=lambda width: _draw(width, tiles[:-1]),
        tiles=tiles,
    )


def _things(ctx: Ctx) -> tuple[Tile, ...]:
    flags = Counter[str]()
    for (_day, kind), n in standing(ctx, "flag").items():
        flags[kind] += n
    using = settings.READ_DATABASE
    held = RawMessage.objects.using(using).filter(outcome__in=["", Intake.HELD]).count()
    dead = Outbox.objects.using(using).filter(status=OutboxStatus.DEAD).count()
    return (
        _thing(held, "late", _("messages held or not read")),
        _thing(
            flags["no_topic"],
            "soon",
            _("open without a topic"),
            ctx.rows(fig="flag", kind="no_topic"),
        ),
        _thing(dead, "late", _("notices that could not be sent")),
        _thing(
            flags["no_owner"],
            "soon",
            _("admitted, nobody has taken it"),
            ctx.rows(fig="flag", kind="no_owner"),
        ),
    )


def _thing(number: int, level: str, words: str, url: str = "") -> Tile:
    return Tile(number, words, level if number else "", url)


def _behind(ctx: Ctx) -> Tile:
    lag = int((ctx.now - ctx.as_of).total_seconds() // 60)
    return Tile(lag, _("minutes behind the ledger"), "soon" if lag > LATE_AFTER else "")


def _draw(width: int, tiles: Sequence[Tile]) -> Picture:
    return bars(
        width,
        [
            Stack(
                tile.words,
                (0, 0, tile.number) if tile.level == "late" else (tile.number,),
                count(tile.number),
            )
            for tile in tiles
        ],
    )
