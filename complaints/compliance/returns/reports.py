"""The report to the management body: begun, written, signed off, never changed after.

Compliance and the head write; the head signs (Art 2(3) of Delegated Regulation (EU)
2025/294). Beginning and signing stand on the ledger with hashes of words and figures.
"""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.channels.safetext import storable
from complaints.compliance.returns import management, sheets
from complaints.compliance.returns.errors import NoPeriod
from complaints.compliance.returns.models import (
    ORDERING,
    Report,
    ReportText,
    Section,
)
from complaints.compliance.returns.paper import Paper, Part, paper_of
from complaints.compliance.returns.period import Period, parse
from complaints.compliance.returns.sheets import Return
from complaints.errors import IllegalMove, NotPermitted, RecourseError, Stale
from complaints.permissions import Viewer, as_viewer
from teams.roles import Perm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from teams.models import User

NEEDED: Final = (Section.EFFECTIVENESS, Section.TAKEN, Section.PLANNED)
LONGEST: Final = 20_000
"""Characters of a section."""


class NotReady(RecourseError):
    """What keeps a report from being signed off."""

    code = "not_ready"
    default = _("This report cannot be signed off yet.")


def may_write(viewer: Viewer) -> bool:
    return any(map(viewer.holds, ORDERING))


def may_sign(viewer: Viewer) -> bool:
    return viewer.holds(Perm.HEAD)


def period_of(report: Report) -> Period:
    return Period(report.first, report.last, report.period)


def begin(
    *, period: str, actor: "User | Viewer", now: datetime | None = None
) -> Report:
    """The draft of the period; the next version, with the last words, where one was
    signed off. Raises ``NotPermitted`` and ``NoPeriod``."""
    viewer, moment = _writer(actor), now or timezone.now()
    try:
        asked = parse(period.strip())
    except ValueError as error:
        raise NoPeriod from error
    known = Report.objects.filter(first=asked.first, last=asked.last)
    last = known.order_by("-number").first()
    if last is not None and last.signed_at is None:
        return last
    try:
        with transaction.atomic():
            report = Report.objects.create(
                period=asked.name,
                first=asked.first,
                last=asked.last,
                number=last.number + 1 if last else 1,
                opened_at=moment,
                opened_by=viewer.user,
            )
            _copy(last, report)
            _record("report_begun", report, viewer, moment)
    except IntegrityError:
        return known.get(signed_at=None)
    return report


def _writer(actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not may_write(viewer):
        raise NotPermitted
    return viewer


def _copy(old: Report | None, new: Report) -> None:
    for (language, section), row in newest(old).items():
        if row.text:
            ReportText.objects.create(
                report=new,
                language=language,
                section=section,
                number=1,
                text=row.text,
                written_by=row.written_by,
                written_at=row.written_at,
            )


def newest(report: Report | None) -> dict[tuple[str, str], ReportText]:
    """What stands in each section now, by language and section."""
    if report is None:
        return {}
    rows = report.texts.select_related("written_by").order_by("number")
    return {(row.language, row.section): row for row in rows}


def write(
    *,
    report: Report,
    language: str,
    section: str,
    text: str,
    seen: int,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> bool:
    """Save a section as it is to stand from now on; whether anything changed.

    ``seen`` is the number of the text that the writer had before them, 0 of none.
    Raises ``NotPermitted``, ``IllegalMove`` once it is signed off, and ``Stale`` where
    somebody wrote meanwhile.
    """
    viewer, moment = _writer(actor), now or timezone.now()
    clean = storable(text.replace("\r\n", "\n")).strip()[:LONGEST]
    with transaction.atomic():
        fresh = Report.objects.select_for_update().get(pk=report.pk)
        if fresh.signed_at is not None:
            raise IllegalMove
        row = newest(fresh).get((language, section))
        if clean == (row.text if row else ""):
            return False
        if seen != (row.number if row else 0):
            raise Stale
        ReportText.objects.create(
            report=fresh,
            language=language,
            section=Section(section),
            number=seen + 1,
            text=clean,
            written_by=viewer.user,
            written_at=moment,
        )
    return True


def lacking(report: Report, now: datetime) -> "list[StrOrPromise]":
    """What keeps it from being signed off, in words; empty where nothing does."""
    reasons: list[StrOrPromise] = []
    if now < period_of(report).until:
        reasons.append(_("The period is not over."))
    written = {section for (_lang, section), row in newest(report).items() if row.text}
    reasons += [
        _("Nothing is written under: %(section)s.") % {"section": section.label}
        for section in NEEDED
        if section not in written
    ]
    return reasons


def sign(
    *, report: Report, actor: "User | Viewer", now: datetime | None = None
) -> Report:
    """Freeze the figures as they are now, and the words.

    Raises ``NotPermitted``, ``NotReady``, and ``IllegalMove`` where it is signed.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_sign(viewer):
        raise NotPermitted
    found = management.build(period_of(report), moment)
    with transaction.atomic():
        fresh = Report.objects.select_for_update().get(pk=report.pk)
        if fresh.signed_at is not None:
            raise IllegalMove
        if reasons := lacking(fresh, moment):
            raise NotReady(" ".join(map(str, reasons)))
        fresh.figures, fresh.checksum = sheets.frozen(found), found.checksum
        fresh.words_sha256 = words_hash(fresh)
        fresh.signed_at, fresh.signed_by = moment, viewer.user
        fresh.save()
        _record("report_signed", fresh, viewer, moment)
    return fresh


def words_hash(report: Report) -> str:
    """SHA-256 of all that stands in its sections."""
    said = sorted((*key, row.text) for key, row in newest(report).items())
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _record(what: str, report: Report, viewer: Viewer, now: datetime) -> None:
    facts = {
        "period": report.period,
        "number": report.number,
        "checksum": report.checksum,
        "words": report.words_sha256,
    }
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts))


# Reading ------------------------------------------------------------------------------


def of_period(period: Period) -> Report | None:
    """The newest that was signed off; else the draft."""
    rows = Report.objects.filter(first=period.first, last=period.last)
    rows = rows.select_related("signed_by").order_by("-number")
    return rows.exclude(signed_at=None).first() or rows.first()


def build(period: Period, cut_off: datetime) -> Return:
    """As it was signed off; counted at ``cut_off`` where nobody signed."""
    report = of_period(period)
    if report is None or report.signed_at is None:
        return management.build(period, cut_off)
    return figures_of(report, cut_off)


def figures_of(report: Report, now: datetime) -> Return:
    period = period_of(report)
    if report.signed_at is None:
        return management.build(period, now)
    return sheets.thawed(report.figures, management.NAME, period, management.NOTES)


def sheet_of(found: Return) -> Paper:
    """On paper, with what people wrote."""
    return sheet_of_report(of_period(found.period), found)


def sheet_of_report(report: Report | None, found: Return) -> Paper:
    if report is None:
        return paper_of(found, draft=str(_("Draft: nobody has written a report yet.")))
    parts = _parts(report)
    if report.signed_at is None:
        return paper_of(found, *parts, draft=str(_("Draft, not signed off.")))
    signed = _("%(person)s, %(day)s, version %(number)s") % {
        "person": report.signed_by,
        "day": date_format(report.signed_at, "DATE_FORMAT"),
        "number": report.number,
    }
    return paper_of(found, *parts, signed=signed)


def _parts(report: Report) -> list[Part]:
    """In the reader's language where it was written, else in the one it was."""
    texts = newest(report)
    ours = get_language() or settings.LANGUAGE_CODE
    order = sorted(
        (code for code, _name in settings.LANGUAGES), key=lambda c: c != ours
    )
    found = []
    for section in Section:
        rows = [texts.get((code, section.value)) for code in order]
        row = next((one for one in rows if one is not None and one.text), None)
        if row is not None:
            foreign = "" if row.language == ours else row.language
            found.append(Part(str(section.label), text=row.text, language=foreign))
    return found
