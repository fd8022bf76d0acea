"""The report to the management body: written, signed off, never changed after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from complaints.compliance.returns import changes, management, reports, sheets
from complaints.compliance.returns.kinds import BUILDERS, paper_for
from complaints.compliance.returns.models import Report, Section
from complaints.compliance.returns.paper import page_of
from complaints.compliance.returns.period import between, parse
from complaints.compliance.returns.story import told
from complaints.errors import IllegalMove, NotPermitted, Stale
from complaints.models import Complaint, Event, ImprovementAction
from tests import cases
from tests.complaints.compliance.returns import small
from tests.people import People

pytestmark = pytest.mark.django_db

HALF = parse("2026-H1")


def begun(people: People) -> Report:
    return reports.begin(
        period="2026-H1", actor=people.compliance_officer, now=small.AT
    )


def written(people: People, language: str = "en") -> Report:
    report = begun(people)
    for section in reports.NEEDED:
        reports.write(
            report=report,
            language=language,
            section=section.value,
            text=f"On {section.value}.",
            seen=0,
            actor=people.compliance_officer,
            now=small.AT,
        )
    return report


def write(report: Report, text: str, seen: int, actor: Any) -> bool:
    section = Section.OTHER.value
    given = {"language": "en", "section": section, "text": text, "seen": seen}
    return reports.write(report=report, actor=actor, now=small.AT, **given)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), "2025-07-01..2025-12-31"),
        (date(2026, 3, 1), date(2026, 3, 31), "2026-02-01..2026-02-28"),
        (date(2026, 1, 1), date(2026, 12, 31), "2025-01-01..2025-12-31"),
        (date(2026, 3, 10), date(2026, 3, 19), "2026-02-28..2026-03-09"),
    ],
)
def test_period_before_is_as_long(first: date, last: date, name: str) -> None:
    assert management.before(between(first, last)).name == name


def test_saving_keeps_every_text_and_refuses_what_is_stale(people: People) -> None:
    report = begun(people)

    assert write(report, "One.", 0, people.compliance_officer)
    assert not write(report, "One.", 0, people.head)
    with pytest.raises(Stale):
        write(report, "Two.", 0, people.head)
    assert write(report, "Two.", 1, people.head)
    assert [row.text for row in report.texts.all()] == ["One.", "Two."]
    for user in (people.reviewer, people.security_lead, people.customer):
        with pytest.raises(NotPermitted):
            write(report, "Three.", 2, user)
    assert begun(people) == report


def test_head_alone_signs_and_only_what_is_whole(people: People) -> None:
    report = begun(people)
    with pytest.raises(reports.NotReady, match="Measures taken"):
        reports.sign(report=report, actor=people.head, now=small.AT)
    written(people)
    with pytest.raises(NotPermitted):
        reports.sign(report=report, actor=people.compliance_officer, now=small.AT)
    early = datetime(2026, 6, 30, 23, tzinfo=UTC)
    with pytest.raises(reports.NotReady, match="not over"):
        reports.sign(report=report, actor=people.head, now=early)

    signed = reports.sign(report=report, actor=people.head, now=small.AT)

    event = Event.objects.get(what="report_signed")
    assert event.payload["checksum"] == signed.checksum
    assert event.payload["words"] == reports.words_hash(signed)
    with pytest.raises(IllegalMove):
        reports.sign(report=report, actor=people.head, now=small.AT)
    with pytest.raises(IllegalMove):
        write(report, "Later.", 0, people.head)


def test_signed_figures_stay_and_the_next_version_has_new_ones(people: People) -> None:
    made = small.register(people)
    report = written(people)
    signed = reports.sign(report=report, actor=people.head, now=small.AT)
    Complaint.objects.filter(pk=made[4].pk).update(
        received_at=small.at(7, 1), category=None
    )

    later = small.AT + timedelta(days=30)
    kept = BUILDERS["management"](HALF, later)
    assert kept.checksum == signed.checksum
    assert kept.checksum != management.build(HALF, small.AT).checksum
    second = reports.begin(period="2026-H1", actor=people.head, now=later)
    assert second.number == 2
    assert {row.text for row in second.texts.all()} == {
        f"On {section.value}." for section in reports.NEEDED
    }
    assert reports.of_period(HALF) == signed
    again = reports.sign(report=second, actor=people.head, now=later)
    assert again.checksum != signed.checksum
    assert reports.of_period(HALF) == again


def test_draft_says_what_changed_since_the_version_that_was_signed(
    people: People, client: Client
) -> None:
    made = small.register(people)
    report = written(people)
    assert changes.since_signed(report, small.AT) is None
    reports.sign(report=report, actor=people.head, now=small.AT)
    second = reports.begin(period="2026-H1", actor=people.head, now=small.AT)
    same = changes.since_signed(second, small.AT)
    assert same == (1, [], [])

    Complaint.objects.filter(pk=made[4].pk).update(received_at=small.at(7, 1))
    write(second, "Otherwise.", 0, people.head)

    found = changes.since_signed(second, small.AT)
    assert found is not None
    received = [one for one in found.figures if one.row == "Received"]
    assert [(one.was, one.says) for one in received] == [("6", "5")]
    assert found.sections == [("en", str(Section.OTHER.label))]
    client.force_login(people.head)
    page = client.get(
        reverse("admin:returns_report_change", args=(second.pk,))
    ).content.decode()
    assert "What is otherwise than in version 1" in page
    assert '<td class="num">6</td><td class="num">5</td>' in page


def test_frozen_tables_come_back_to_the_digit() -> None:
    table = sheets.Table(
        "t", ("a", "b", "c"), [("x", Decimal("1.20"), None), ("", 3, 0)]
    )
    found = sheets.Return("management", HALF, small.AT, (table,), ())

    back = sheets.thawed(sheets.frozen(found), "management", HALF, ())

    assert back.checksum == found.checksum
    assert list(back.tables[0].rows) == list(table.rows)


def test_sentences_are_reckoned_from_the_figures(people: People) -> None:
    small.register(people)

    said = list(told(management.build(HALF, small.AT)))

    assert said == [
        "6 complaints came in.",
        "In the period before: 2.",
        "4 complaints were concluded.",
        "Upheld in whole or in part: 2 (50.0\u00a0%).",
        "6 of 15 limits were missed.",
        "Most of them at the step Decision by law, 3.",
        "In the period before 75.0\u00a0% of the limits were missed.",
        "From receipt to decision: 34.3 d.",
        "The most frequent topic: Account security, 5 (83.3\u00a0%).",
        "0 remedies were carried out, worth EUR 0.00.",
        "0 appeals were lodged.",
    ]


def test_appeals_of_the_period_are_counted(people: People) -> None:
    case = cases.at(people, "appealed")
    today = case.received_at.date()

    found = management.build(
        between(today, today + timedelta(days=1)), case.received_at + timedelta(days=2)
    )

    tables = {table.code: table.rows for table in found.tables}
    assert {row[0]: row[1] for row in tables["compared"]}["appeals"] == 1


def test_causes_money_and_measures_are_of_the_period(people: People) -> None:
    case = cases.at(people, "closed")
    today = case.received_at.date()
    period = between(today, today + timedelta(days=1))
    measure = ImprovementAction.objects.create(
        title="Hold new addresses",
        text="The hold applies to every new address.",
        cause=case.cause,
        team=case.team,
        owner=people.security_lead,
        due_on=today,
        opened_at=case.received_at,
        opened_by=people.head,
    )

    found = management.build(period, case.received_at + timedelta(days=2))

    tables = {table.code: table.rows for table in found.tables}
    sums = {row[0]: row[1] for row in tables["compared"]}
    assert (sums["remedies"], sums["redress"]) == (1, Decimal("300.00"))
    (cause,) = tables["causes"]
    assert cause[0] == case.cause
    assert sum(cause[1:]) == 1
    ((title, _cause, _team, owner, *_rest),) = tables["measures"]
    assert (title, owner) == (measure.title, str(people.security_lead))
    with override("zh-hans"):
        page = page_of(paper_for(found), found.cut_off)
    assert "Hold new addresses" in page
    assert case.team.code not in page.split("Hold new addresses")[1][:200]


def test_pages_from_the_beginning_to_the_signed_sheets(people: People) -> None:
    officer, head = Client(), Client()
    officer.force_login(people.compliance_officer)
    head.force_login(people.head)
    answer = officer.post(reverse("admin:returns_report_add"), {"period": "2026-H1"})
    report = Report.objects.get()
    page = reverse("admin:returns_report_change", args=(report.pk,))
    assert answer.headers["Location"] == page
    given = {f"{section.value}_seen": "0" for section in Section}
    given |= {section.value: f"<b>{section.value}</b>" for section in Section}

    assert officer.post(f"{page}?language=en", given).status_code == 302
    stale = head.post(f"{page}?language=en", {**given, "taken": "Other."})
    assert "wrote meanwhile" in stale.content.decode()
    sign = reverse("admin:returns_report_sign", args=(report.pk,))
    officer.post(sign)
    report.refresh_from_db()
    assert report.signed_at is None
    head.post(sign)
    report.refresh_from_db()
    assert report.signed_by == people.head

    sheet = reverse("admin:returns_report_print", args=(report.pk,))
    said = head.get(sheet).content.decode()
    assert "&lt;b&gt;taken&lt;/b&gt;" in said
    assert report.checksum in said
    assert "Head" in said
    assert 'name="taken"' not in head.get(page).content.decode()
