"""Ordering a return: who may, that it is made once, handed out, kept or forgotten."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from complaints import letter_system, signing
from complaints.compliance.returns import make, orders, register, register_lines
from complaints.compliance.returns.models import Kind, Production
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import Complaint, Event
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ordered(people: People, **given: Any) -> Production:
    said = {
        "kind": "eu-casp",
        "period": "2026-H1",
        "form": "json",
        "language": "en",
        "actor": people.head,
        "now": NOW,
    }
    return orders.order(**said | given)


def made(people: People, **given: Any) -> Production:
    row = ordered(people, **given)
    assert make.make_due(now=NOW) == 1
    row.refresh_from_db()
    return row


def opened(row: Production, actor: Any) -> bytes:
    with orders.open_file(row=row, actor=actor, now=NOW) as file:
        return file.read()


ALLOWED = {
    "head": set(Kind.values),
    "compliance_officer": set(Kind.values) - {"cfpb", "register"},
}


@pytest.mark.parametrize("kind", Kind.values)
def test_officers_and_the_head_order(people: People, kind: str) -> None:
    for name, user in people.all().items():
        given = {"kind": kind, "period": "2026", "form": "json", "actor": user}
        if kind in ALLOWED.get(name, set()):
            assert ordered(people, **given).asked_by == user
        else:
            with pytest.raises(NotPermitted):
                ordered(people, **given)


def test_the_same_order_is_owed_once(people: People) -> None:
    first = ordered(people)

    assert ordered(people) == first
    assert ordered(people, form="csv") != first
    assert make.make_due(now=NOW) == 2
    assert make.make_due(now=NOW) == 0
    assert ordered(people) != first


@pytest.mark.parametrize(
    "given",
    [
        {"period": "2026-H3"},
        {"period": "2026-09-31..2026-10-01"},
        {"form": "xml"},
        {"kind": "cfpb", "form": "pdf"},
        {"kind": "public", "period": "2026-H1"},
        {"kind": "uk-disp", "period": "2026-03-02..2026-03-02"},
        {"language": "xx"},
    ],
)
def test_what_cannot_be_made_is_refused(people: People, given: dict[str, str]) -> None:
    with pytest.raises(orders.BadOrder):
        ordered(people, **given)
    assert not Production.objects.exists()


def test_no_pdf_without_what_draws_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_system, "available", lambda: False)

    assert "pdf" not in orders.forms_of("eu-casp")
    with pytest.raises(orders.BadOrder):
        ordered(people, form="pdf")


def test_return_is_made_and_everything_is_on_the_ledger(people: People) -> None:
    row = made(people)

    said = json.loads(opened(row, people.reviewer))
    assert said["sha256"] == row.checksum
    assert row.cut_off == NOW
    assert row.is_over
    whats = ["return_ordered", "return_made", "return_opened"]
    events = list(Event.objects.filter(what__in=whats).order_by("pk"))
    assert [event.what for event in events] == whats
    assert events[2].actor_id == people.reviewer.pk
    assert events[2].payload["sha256"] == row.sha256


def test_register_is_one_signed_file_and_each_line_names_its_export(
    people: People,
) -> None:
    shown, barred = (cases.filed(people, now=START) for _number in range(2))
    Complaint.objects.filter(pk=barred.pk).update(barrier="suspicion")

    row = made(people, kind="register", form="csv")

    with ZipFile(io.BytesIO(opened(row, people.head))) as book:
        names = book.namelist()
        (line,) = csv.DictReader(io.StringIO(book.read(names[0]).decode("utf-8-sig")))
        manifest = book.read(register.MANIFEST)
        signature = json.loads(book.read(register.SIGNATURE))
    assert names == [
        "register-2026-01-01-2026-06-30.csv",
        "manifest.json",
        "signature.json",
    ]
    said = json.loads(manifest)
    assert said["export"] == row.pk
    assert said["made_for"] == str(people.head)
    assert (said["rows"], said["restricted"]) == (row.lines, row.restricted) == (1, 1)
    assert said["cut_off"] == NOW.isoformat()
    assert signing.is_signed(manifest, signature["signature"], signature["public_key"])
    assert line["reference"] == shown.reference
    assert line["export"] == register_lines.mark_of(row.pk, shown.reference)
    assert line["export"] != register_lines.mark_of(row.pk, barred.reference)
    assert make.lines_done(row) == 1


def test_register_goes_to_whoever_ordered_it_alone(people: People) -> None:
    row = made(people, kind="register", form="json")

    with pytest.raises(NotPermitted):
        orders.open_file(row=row, actor=people.reviewer)
    with pytest.raises(NotPermitted):
        orders.open_file(row=row, actor=people.compliance_officer)
    with pytest.raises(NotVisible):
        orders.open_file(row=row, actor=people.security)
    rows = made(people, kind="cfpb", form="csv")
    with pytest.raises(NotPermitted):
        orders.open_file(row=rows, actor=people.compliance_officer)
    assert b"Date received" in opened(rows, people.reviewer)


def test_own_case_of_whoever_ordered_is_in_no_line(people: People) -> None:
    cases.filed(people, by=people.head, now=START)
    cases.filed(people, now=START)

    row = made(people, kind="register", form="csv")

    assert (row.lines, row.restricted) == (1, 1)


def test_rights_are_those_at_the_moment_of_making(people: People) -> None:
    from teams.models import Team
    from teams.services import remove_member
    from teams.system import system_actor

    row = ordered(people, kind="register", form="csv")
    desk = Team.objects.get(code="desk")
    remove_member(user=people.head, team=desk, role="head", actor=system_actor())

    assert make.make_due(now=NOW) == 0
    row.refresh_from_db()
    assert row.has_failed
    assert row.error == "NotPermitted"
    assert make.make_due(now=NOW + timedelta(days=1)) == 0


def test_what_fails_is_tried_again_and_then_left(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ordered(people)

    def broken(*_given: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(make, "write", broken)
    moment = NOW
    for _try in range(5):
        assert make.make_due(now=moment) == 0
        moment += timedelta(minutes=10)

    row.refresh_from_db()
    assert (row.tries, row.error, row.has_failed) == (3, "OSError", True)


def test_slower_of_two_workers_leaves_no_file(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ordered(people)
    write = make.write

    def overtaken(*given: Any) -> Any:
        Production.objects.filter(pk=row.pk).update(tries=2)
        return write(*given)

    monkeypatch.setattr(make, "write", overtaken)
    kept: list[str] = []
    delete = row.file.storage.delete
    monkeypatch.setattr(
        row.file.storage.__class__,
        "delete",
        lambda _self, name: (kept.append(name), delete(name)),
    )

    assert make.make_due(now=NOW) == 0
    row.refresh_from_db()
    assert (row.made_at, bool(row.file), len(kept)) == (None, False, 1)


def test_final_is_what_was_handed_in_and_stays(people: People) -> None:
    row, open_still = made(people), made(people, period="2026")
    export = made(people, kind="register", form="csv")

    for one in (open_still, export):
        with pytest.raises(IllegalMove):
            orders.make_final(row=one, actor=people.head, now=NOW)
    with pytest.raises(NotPermitted):
        orders.make_final(row=row, actor=people.reviewer, now=NOW)
    orders.make_final(row=row, actor=people.compliance_officer, now=NOW)
    with pytest.raises(IllegalMove):
        orders.make_final(row=row, actor=people.head, now=NOW)
    assert Event.objects.get(what="return_final").payload["export"] == row.pk

    assert orders.forget_old(now=NOW + timedelta(days=4)) == 1
    assert orders.forget_old(now=NOW + timedelta(days=400)) == 1
    row.refresh_from_db()
    export.refresh_from_db()
    assert row.is_ready
    assert not export.is_ready
    with pytest.raises(NotVisible):
        orders.open_file(row=export, actor=people.head)


# Pages --------------------------------------------------------------------------------


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_pages_from_the_order_to_the_file(people: People) -> None:
    client = _client(people.compliance_officer)
    add = reverse("admin:returns_production_add")
    form = client.get(add).content.decode()
    assert 'value="uk-disp"' in form
    assert 'value="register"' not in form
    given = {"kind": "eu-casp", "period": "2026-H1", "form": "csv", "language": "en"}

    refused = client.post(add, {**given, "period": "soon"})
    assert "No such period" in refused.content.decode()
    answer = client.post(add, given)

    row = Production.objects.get()
    page = reverse("admin:returns_production_change", args=(row.pk,))
    assert answer.headers["Location"] == page
    assert "waiting for a worker" in client.get(page).content.decode()
    assert make.make_due() == 1
    assert 'data-state="done"' in client.get(f"{page}?part").content.decode()
    file = client.get(reverse("admin:returns_production_file", args=(row.pk,)))
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    final = reverse("admin:returns_production_final", args=(row.pk,))
    assert client.post(final).status_code == 302
    row.refresh_from_db()
    assert row.final_by == people.compliance_officer


def test_reviewer_reads_the_list_and_changes_nothing(people: People) -> None:
    row = made(people)
    client = _client(people.reviewer)

    listed = client.get(reverse("compliance:returns")).content.decode()
    assert row.sha256[:6] in listed
    assert reverse("compliance:return-file", args=(row.pk,)) in listed
    file = client.get(reverse("compliance:return-file", args=(row.pk,)))
    assert json.loads(b"".join(file.streaming_content))["sha256"] == row.checksum
    for name in ("admin:returns_production_final",):
        assert client.post(reverse(name, args=(row.pk,))).status_code == 403
        row.refresh_from_db()
        assert row.final_at is None
    assert client.post(reverse("compliance:returns")).status_code == 403
    assert client.post(reverse("admin:returns_production_add")).status_code == 403


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_page_to_print_is_counted_now_and_noted(people: People, language: str) -> None:
    client = _client(people.reviewer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    address = reverse("compliance:return-print", args=("eu-casp",))

    page = client.get(address, {"period": "2026-H1"}).content.decode()

    event = Event.objects.get(what="figures_viewed")
    assert event.payload["form"] == "page"
    assert event.payload["sha256"] in page
    assert client.get(address, {"period": "2026-H9"}).status_code == 400
    days = {"period": "2026-03-02..2026-03-02"}
    disp = reverse("compliance:return-print", args=("uk-disp",))
    assert client.get(disp, days).status_code == 400
    wrong = reverse("compliance:return-print", args=("cfpb",))
    assert client.get(wrong).status_code == 404


def test_each_is_leased_when_it_is_begun(people: People) -> None:
    """The register before it takes minutes, which are none of its hour."""
    rows = [ordered(people, form=form) for form in ("json", "csv")]

    assert make.make_due() == 2

    first, second = (Production.objects.get(pk=row.pk) for row in rows)
    assert first.made_at is not None
    assert second.made_at is not None
    assert first.made_at < second.made_at
