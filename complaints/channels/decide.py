"""Deciding a stored message, in a transaction; what fails too often is held."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import models, transaction
from django.utils import timezone

from complaints.channels.inbound import Inbound, unreadable
from complaints.channels.outcome import claim, keep
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.work import Verdict, Way, Work, held
from complaints.errors import InvalidInput, RecourseError
from complaints.models import RawMessage
from complaints.states import Intake

logger = logging.getLogger(__name__)

MOST_TRIES = 3


def parsed(raw: bytes, way: Way, account: str) -> Inbound:
    try:
        return way.parse(raw, account)
    except Exception:
        # No parser of ours raises; should one, the bytes wait for a person.
        logger.exception("A message of %s could not be parsed.", way.provider)
        return unreadable(raw, provider=way.provider, account=account)


def settle(work: Work, way: Way) -> bool:
    """Decide the row, at the third failure by holding it; False: somebody else did."""
    row = work.raw
    for _try in range(MOST_TRIES):
        try:
            return _decide(work, way)
        except Exception:
            # One message must never stop the next; its bytes are safe.
            logger.exception("Message %s could not be decided.", row.pk)
            if _failed(row) >= MOST_TRIES:
                break
    return hold_poison(row)


def _failed(row: RawMessage) -> int:
    mine = RawMessage.objects.filter(pk=row.pk)
    mine.update(tries=models.F("tries") + 1)
    return int(mine.values_list("tries", flat=True).get())


def _decide(work: Work, way: Way) -> bool:
    work.now = timezone.now()
    try:
        return _write(work, way.decide)
    except RecourseError as error:
        refused = _refused(work, error)
    except BaseException:
        work.forget_files()
        raise
    return _write(work, lambda _work: refused)


def _write(work: Work, decide: Callable[[Work], Verdict]) -> bool:
    """Claim the row and keep what is decided of it; False: somebody else did."""
    with transaction.atomic():
        if not claim(work.raw, source=""):
            return False
        verdict = decide(work)
        written = keep(work, verdict)
    work.message = verdict.message
    for name, value in written.items():
        setattr(work.raw, name, value)
    return True


def _refused(work: Work, error: RecourseError) -> Verdict:
    """What the case refuses to take is held for a person."""
    work.forget_files()
    code = error.reason if isinstance(error, InvalidInput) else error.code
    logger.warning("Message %s was refused: %s", work.raw.pk, error)
    return held(reason_of(code), refused=code)


def hold_poison(row: RawMessage) -> bool:
    """Set the row aside with what is known of it, which may be nothing."""
    changes = {"outcome": Intake.HELD, "reason": Reason.POISON}
    mine = RawMessage.objects.filter(pk=row.pk, outcome="")
    return bool(mine.update(**changes, decided_at=timezone.now()))
