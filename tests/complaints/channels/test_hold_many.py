"""Held messages decided together: two people at once, large ones, and a bad one."""

import base64
import os
import tracemalloc

import pytest
from django.test import Client

from complaints.channels import hold, hold_many
from complaints.channels.hold_many import Sums
from complaints.models import Complaint, Event, RawMessage
from complaints.states import Intake
from tests.complaints.admin.test_intake import LIST, MAIL, a_held, marked, said
from tests.complaints.test_concurrency import race
from tests.people import People, everybody

MEGA = 1_000_000


def with_file(size: int) -> bytes:
    head, text = MAIL.split(b"\n\n", 1)
    file = base64.encodebytes(os.urandom(size))
    kind = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
    parts = b"Content-Type: text/plain\n\n" + text + b"\n--b\n"
    named = b'Content-Type: application/octet-stream; name="a.bin"\n'
    coded = b"Content-Transfer-Encoding: base64\n\n" + file + b"\n--b--\n"
    return head + b"\n" + kind + parts + named + coded


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_press_at_once_and_each_message_is_decided_once() -> None:
    people = everybody()
    rows = [a_held(str(number), reason="flood") for number in range(12)]
    keys, sums = [row.pk for row in rows], {}

    def press(number: int) -> None:
        found = RawMessage.objects.filter(pk__in=keys).defer("raw")
        mine = list(found.order_by("pk" if number % 2 else "-pk"))
        if number < 2:
            sums[number] = hold_many.accept(mine, actor=people.support)
        else:
            sums[number] = hold_many.drop(mine, "Invented", actor=people.support_lead)

    assert race(press, 4) == {"won": 4}
    assert sum(each.failed for each in sums.values()) == 0
    assert sum(each.done for each in sums.values()) == 12
    opened = RawMessage.objects.filter(outcome=Intake.OPENED).count()
    dropped = RawMessage.objects.filter(outcome=Intake.DROPPED).count()
    assert (opened + dropped, Complaint.objects.count()) == (12, opened)
    assert Event.objects.filter(what="held_dropped").count() == dropped
    assert Event.objects.filter(what="held_accepted").count() == opened


@pytest.mark.django_db(transaction=True)
def test_large_messages_are_not_all_in_memory_at_once() -> None:
    people = everybody()
    for number in range(9):
        a_held(str(number))
    RawMessage.objects.update(raw=with_file(2 * MEGA))
    first, *rest = RawMessage.objects.defer("raw").order_by("pk")
    tracemalloc.start()
    hold.accept(first, actor=people.support)
    one = tracemalloc.get_traced_memory()[1]
    del first
    tracemalloc.reset_peak()
    sums = hold_many.accept(rest, actor=people.support)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sums == Sums(done=8)
    assert peak < 1.5 * one


@pytest.mark.django_db
def test_reason_is_stored_as_a_form_of_its_own_would(
    people: People, client: Client
) -> None:
    row = a_held()
    client.force_login(people.support)
    answer = client.post(f"{LIST}many/drop/", marked(row, reason="\x00\x1b"))
    assert said(answer) == ["Nothing is dropped yet: say why nothing is done."]
    client.post(f"{LIST}many/drop/", marked(row, reason="Inv\x00ented"))
    event = Event.objects.get(what="held_dropped")
    assert event.texts.get().text == "Invented"
