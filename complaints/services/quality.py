"""The weekly look at quality: drawn by lot, scored by a lead, read by the handler.

The lot is an HMAC over team, week and reference under the key of the ledger: nobody
can tell beforehand which case it falls on, and whoever holds the key can draw it again.
A week is drawn once, whatever finishes later.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from complaints import clocks, ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    Complaint,
    Event,
    QualityCriterion,
    QualityDraw,
    QualityReview,
)
from complaints.models.quality import BEST, FEEDBACK_LIMIT
from complaints.outbox import staff_notice
from complaints.permissions import Viewer, as_staff, as_viewer, viewer_of
from complaints.states import Barrier
from complaints.transitions import Words
from teams.models import Team, User
from teams.permissions import holders_on
from teams.roles import Perm

if TYPE_CHECKING:
    from django.db.models import QuerySet

FINISHED_BY = ("issue_decision", "refuse_admission", "not_a_complaint")
"""What ends the work on a case; an answer on appeal is another team's."""

PAGE = "admin:complaints_complaint_quality"
ANSWERS: Mapping[str, tuple[int | None, Words]] = {
    "yes": (BEST, _("Yes")),
    "part": (1, _("In part")),
    "no": (0, _("No")),
    "none": (None, _("Does not apply")),
}


# Drawing ------------------------------------------------------------------------------


def draw(*, now: datetime | None = None) -> int:
    """Draw for every team the week that ended last; how many cases that were."""
    moment = now or timezone.now()
    drawn = 0
    for team in Team.objects.select_related("calendar").order_by("pk"):
        zone = clocks.zone(team.calendar.time_zone)
        today = moment.astimezone(zone).date()
        week = today - timedelta(days=today.weekday() + 7)
        if not QualityDraw.objects.filter(team=team, week=week).exists():
            drawn += _draw(team, week, moment)
    return drawn


def _draw(team: Team, week: date, now: datetime) -> int:
    found = _finished(team, week)
    lot = sorted(found, key=lambda one: place_of(team, week, one[0].reference))
    chosen = lot[: settings.QUALITY_SAMPLE]
    try:
        with transaction.atomic():
            row = QualityDraw.objects.create(
                team=team, week=week, finished=len(found), drawn_at=now
            )
            QualityReview.objects.bulk_create(
                QualityReview(draw=row, complaint=case, handler_id=person)
                for case, person in chosen
            )
            if chosen:
                _tell_leads(row, len(chosen), now)
    except IntegrityError:
        return 0  # Another worker drew it in the meantime.
    return len(chosen)


def place_of(team: Team, week: date, reference: str) -> bytes:
    """Where a case stands in the lot of a team and week; the first ones are taken."""
    said = f"quality {team.code} {week} {reference}".encode()
    return hmac.digest(settings.LEDGER_KEY.encode(), said, "sha256")


def _finished(team: Team, week: date) -> list[tuple[Complaint, int]]:
    """Each case once, with who handled it; none of those behind a barrier."""
    zone = clocks.zone(team.calendar.time_zone)
    begins, ends = (
        datetime.combine(day, time(), zone) for day in (week, week + timedelta(days=7))
    )
    events = Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        what__in=FINISHED_BY,
        at__gte=begins,
        at__lt=ends,
    )
    ended = {pk: who for pk, who in events.values_list("object_id", "actor_id") if pk}
    rows = Complaint.objects.filter(
        pk__in=list(ended), team=team, barrier=Barrier.NONE, erased_at=None
    )
    pairs = [(case, case.handler_id or ended[case.pk]) for case in rows.order_by("pk")]
    people = set(
        User.objects.filter(pk__in={who for _case, who in pairs}, is_active=True)
        .exclude(kind="system")
        .values_list("pk", flat=True)
    )
    return [(case, who) for case, who in pairs if who in people]


def _tell_leads(row: QualityDraw, number: int, now: datetime) -> None:
    for lead in holders_on(row.team, Perm.LEAD, now):
        with override(lead.language):
            body = ngettext(
                "%(n)d case of last week was drawn to be looked through for quality.",
                "%(n)d cases of last week were drawn to be looked through for quality.",
                number,
            ) % {"n": number}
            subject = _("%(team)s: the week's look at quality") % {"team": row.team}
            _write(f"quality:{row.pk}:{lead.pk}", lead, subject, body, now)


def _write(key: str, user: User, subject: Words, body: str, now: datetime) -> None:
    text = f"{body}\n\n{settings.SITE_URL}{reverse(PAGE)}\n"
    staff_notice(
        key=key, user=user, subject=str(subject), body=text, complaint=None, now=now
    )


# Who sees and who scores --------------------------------------------------------------


def reviews_to_do(viewer: Viewer) -> "QuerySet[QualityReview]":
    """Open ones that ``viewer`` may score: of teams they lead, the head of all; never
    of their own work, and of no case that they do not see."""
    rows = _read().filter(done_at=None).exclude(handler=viewer.user)
    if not viewer.holds(Perm.HEAD):
        led = viewer.grants.get(Perm.LEAD, frozenset())
        rows = rows.filter(draw__team__in=led)
    seen = Complaint.objects.visible_to(viewer).values("pk")
    return rows.filter(complaint__in=seen)


def feedback_of(viewer: Viewer) -> "QuerySet[QualityReview]":
    """What was said of the work of ``viewer``, newest first, of cases they see."""
    seen = Complaint.objects.visible_to(viewer).values("pk")
    rows = _read().filter(done_at__isnull=False, handler=viewer.user)
    return rows.filter(complaint__in=seen).order_by("-done_at", "-pk")


def _read() -> "QuerySet[QualityReview]":
    return QualityReview.objects.select_related(
        "complaint", "draw__team", "handler", "done_by"
    )


# Scoring ------------------------------------------------------------------------------


@transaction.atomic
def score(
    *,
    review: QualityReview,
    answers: Mapping[str, str],
    feedback: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> QualityReview:
    """Score a case once. ``answers`` maps each criterion in use to one of ``ANSWERS``.

    Raises ``NotVisible`` (not theirs to score), ``NotPermitted`` (a conflict of
    interest), ``IllegalMove`` (scored already) or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = QualityReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if row.done_at is not None:
        raise IllegalMove
    if not reviews_to_do(viewer).filter(pk=row.pk).exists():
        raise NotVisible
    if row.complaint.is_conflicted(viewer.user.pk):
        raise NotPermitted
    text = feedback.strip()
    if not text or len(text) > FEEDBACK_LIMIT:
        words = _(
            "Write what was good and what to do otherwise, under 5,000 characters."
        )
        raise InvalidInput(words, field="feedback")
    asked = list(QualityCriterion.objects.filter(active=True))
    row.scores = _scores(asked, answers)
    row.result = result_of(asked, row.scores)
    row.feedback, row.done_by, row.done_at = text, viewer.user, moment
    row.save()
    facts = {"review": row.pk, "team": row.draw.team, "result": row.result}
    entry = ledger.Entry("quality_reviewed", viewer, moment, facts)
    ledger.append_of_day(entry)
    _tell_handler(row, moment)
    return row


def _scores(
    asked: Iterable[QualityCriterion], answers: Mapping[str, str]
) -> dict[str, int]:
    scores = {}
    for criterion in asked:
        answer = answers.get(criterion.code, "")
        if answer not in ANSWERS:
            raise InvalidInput(_("Answer each question."), field=criterion.code)
        value = ANSWERS[answer][0]
        if value is not None:
            scores[criterion.code] = value
    return scores


def result_of(
    asked: Sequence[QualityCriterion], scores: Mapping[str, int]
) -> int | None:
    """Points of those that could be had, by weight, in per cent; rounded half up."""
    weights = {one.code: one.weight for one in asked if one.code in scores}
    most = BEST * sum(weights.values())
    points = sum(weights[code] * scores[code] for code in weights)
    return (200 * points + most) // (2 * most) if most else None


def _tell_handler(row: QualityReview, now: datetime) -> None:
    """Where they still see the case; it is not named."""
    seen = Complaint.objects.visible_to(as_staff(viewer_of(row.handler)))
    if not seen.filter(pk=row.complaint_id).exists():
        return
    with override(row.handler.language):
        _write(
            f"quality:scored:{row.pk}",
            row.handler,
            _("There is feedback on a case of yours"),
            str(_("A lead looked through one of your cases and wrote to you.")),
            now,
        )
