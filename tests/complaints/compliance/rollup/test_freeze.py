"""Frozen months: signed once, restated beside, never changed."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from complaints.compliance.models import FrozenTally, Snapshot
from complaints.compliance.rollup import compare, freeze, refresh, reminder
from complaints.compliance.rollup.read import Reader
from complaints.compliance.tasks import freeze_month, remind_of_months
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Complaint, Event, Outbox
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, tzinfo=UTC).date()
END = datetime(2026, 3, 31, tzinfo=UTC).date()
APRIL = datetime(2026, 4, 2, 8, tzinfo=UTC)
START = datetime(2026, 3, 10, 9, tzinfo=UTC)


def received() -> int:
    return Reader(MARCH, END).sums("in", kind="received")[()]


def march(people: People, number: int = 2) -> list[Complaint]:
    made = [
        cases.filed(people, now=START + timedelta(minutes=n)) for n in range(number)
    ]
    refresh.rebuild(now=APRIL)
    return made


@pytest.mark.both
def test_signed_month_does_not_change_until_it_is_restated(people: People) -> None:
    march(people)
    first = freeze.freeze_last_month(now=APRIL)
    assert first is not None
    freeze.sign(snapshot=first, actor=people.head, now=APRIL)

    cases.filed(people, now=APRIL, received_at=START + timedelta(days=1))
    refresh.refresh()
    assert received() == 2

    second = freeze.restate(
        month=MARCH, reason="A letter came late.", actor=people.head, now=APRIL
    )
    assert received() == 2
    freeze.sign(snapshot=second, actor=people.head, now=APRIL)

    assert received() == 3
    assert second.version == 2
    changed = {
        (d.measure, d.kind): (d.was, d.is_now)
        for d in compare.differences(first, second)
    }
    assert changed["in", "received"] == (2, 3)
    assert compare.differences(second) == []
    written = Event.objects.filter(what__in=["figures_frozen", "figures_signed"])
    assert [event.what for event in written.order_by("pk")] == [
        *("figures_frozen", "figures_signed", "figures_frozen", "figures_signed"),
    ]


@pytest.mark.both
def test_database_keeps_what_was_frozen(people: People) -> None:
    march(people)
    kept = freeze.freeze_last_month(now=APRIL)
    assert kept is not None
    freeze.sign(snapshot=kept, actor=people.head, now=APRIL)
    row = FrozenTally.objects.filter(snapshot=kept).first()
    assert row is not None

    for change in (
        lambda: FrozenTally.objects.filter(pk=row.pk).update(n=99),
        lambda: FrozenTally.objects.filter(pk=row.pk).delete(),
        lambda: Snapshot.objects.filter(pk=kept.pk).update(checksum="0" * 64),
        lambda: Snapshot.objects.filter(pk=kept.pk).update(
            signed_at=None, signed_by=None
        ),
        lambda: FrozenTally.objects.create(
            snapshot=kept, monthly=True, start=MARCH, measure="in", kind="more", n=1
        ),
    ):
        with pytest.raises(DatabaseError, match="recourse"), transaction.atomic():
            change()


def test_head_alone_signs_and_only_the_newest_version(people: People) -> None:
    march(people)
    kept = freeze.freeze_last_month(now=APRIL)
    assert kept is not None
    with pytest.raises(NotPermitted):
        freeze.sign(snapshot=kept, actor=people.reviewer)
    with pytest.raises(IllegalMove, match="not signed"):
        freeze.restate(month=MARCH, reason="Why", actor=people.head)
    freeze.sign(snapshot=kept, actor=people.head)
    with pytest.raises(IllegalMove, match="already"):
        freeze.sign(snapshot=kept, actor=people.head)
    with pytest.raises(IllegalMove, match="otherwise"):
        freeze.restate(month=MARCH, reason="Why", actor=people.head)
    for nothing in (" ", "\x00 \x1b"):
        with pytest.raises(InvalidInput):
            freeze.restate(month=MARCH, reason=nothing, actor=people.head)
    with pytest.raises(NotPermitted):
        freeze.restate(month=MARCH, reason="Why", actor=people.compliance_officer)


def test_month_is_frozen_once_and_not_before_it_was_reckoned(people: People) -> None:
    assert freeze_month() is False
    refresh.rebuild()

    assert freeze_month() is True
    assert freeze_month() is False
    assert Snapshot.objects.get().version == 1


def test_command_freezes_last_month_once(people: People) -> None:
    cases.filed(people)
    for _again in range(2):
        call_command("rebuild_figures", freeze=True, stdout=StringIO())

    (kept,) = Snapshot.objects.all()
    first = timezone.now().date().replace(day=1)
    assert kept.month == (first - timedelta(days=1)).replace(day=1)
    assert (kept.version, kept.signed_at) == (1, None)


def test_head_signs_and_restates_on_the_page(people: People) -> None:
    march(people)
    kept = freeze.freeze_last_month(now=APRIL)
    assert kept is not None
    client = Client()
    client.force_login(people.head)
    page = client.get("/admin/compliance/snapshot/").content.decode()
    assert kept.checksum in page

    client.post(f"/admin/compliance/snapshot/{kept.pk}/sign/")
    cases.filed(people, now=APRIL, received_at=START + timedelta(days=1))
    refresh.refresh()
    page = client.get("/admin/compliance/snapshot/").content.decode()
    assert "<li>Came in · received: 2 → 3</li>" in page
    client.post(
        f"/admin/compliance/snapshot/{kept.pk}/restate/", {"reason": "A late letter"}
    )

    assert [row.version for row in Snapshot.objects.all()] == [2, 1]
    shown = client.get("/compliance/months/").content.decode()
    assert "A late letter" in shown
    assert "2 → 3" in shown


def notices() -> list[tuple[str, str]]:
    rows = Outbox.objects.filter(key__startswith="figures:").order_by("pk")
    return list(rows.values_list("recipient", "body"))


def test_head_is_reminded_each_week_until_the_month_is_signed(people: People) -> None:
    march(people)
    row = freeze.freeze_last_month(now=APRIL)
    assert row is not None

    for hours in (0, 1, 6 * 24, 7 * 24, 8 * 24):
        reminder.remind(now=APRIL + timedelta(hours=hours))

    (to, body), (again, _same) = notices()
    assert to == again == people.head.email
    assert "The figures of March 2026 are frozen (version 1)" in body
    assert body.endswith("/admin/compliance/snapshot/\n")

    freeze.sign(snapshot=row, actor=people.head, now=APRIL)
    assert reminder.remind(now=APRIL + timedelta(days=30)) == 0
    assert len(notices()) == 2


def test_head_is_told_in_their_own_language_and_of_the_newest_version(
    people: People,
) -> None:
    people.head.language = "zh-hans"
    people.head.save(update_fields=["language"])
    march(people)
    first = freeze.freeze_last_month(now=APRIL)
    assert first is not None
    freeze.sign(snapshot=first, actor=people.head, now=APRIL)
    cases.filed(people, now=APRIL, received_at=START)
    refresh.refresh()
    freeze.restate(month=MARCH, reason="Late.", actor=people.head, now=APRIL)

    assert remind_of_months() == 1

    ((_to, body),) = notices()
    assert "2026年3月的数据已冻结（第 2 版）" in body


def test_page_shows_what_a_restatement_changed(people: People, client: Client) -> None:
    march(people)
    first = freeze.freeze_last_month(now=APRIL)
    assert first is not None
    freeze.sign(snapshot=first, actor=people.head, now=APRIL)
    cases.filed(people, now=APRIL, received_at=START + timedelta(days=1))
    refresh.refresh()
    freeze.restate(
        month=MARCH, reason="A letter came late.", actor=people.head, now=APRIL
    )
    client.force_login(people.reviewer)

    page = client.get("/compliance/months/").content.decode()

    assert "A letter came late." in page
    assert "<li>Came in · received: 2 → 3</li>" in page
