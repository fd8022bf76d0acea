"""Stored once, whatever comes of it, and however often it comes."""

import hashlib
import threading
from collections import Counter

import pytest
from django.db import connection

from complaints.channels import store
from complaints.channels.email import inbound
from complaints.channels.email.inbound import receive
from complaints.channels.work import Taken, Way
from complaints.models import Party, RawMessage
from tests.complaints.channels.email.mails import ANN, a_mail, outcome, with_files
from tests.complaints.channels.taking import Killed, deadly, real_of, rows


@pytest.mark.django_db
def test_same_mail_twice_adds_nothing() -> None:
    raw = with_files(("a.txt", b"one"))
    first = receive(raw)
    before = rows()
    second = receive(raw)

    assert rows() == before
    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.complaint == first.complaint
    assert outcome(second) == outcome(first) == ("opened", "")


@pytest.mark.django_db
def test_mail_that_reached_two_of_our_mailboxes_is_one() -> None:
    first = receive(a_mail(Received="from a by b; Wed, 18 Nov 2026 08:30:00 +0000"))
    second = receive(a_mail(Delivered_To="help@localhost", Return_Path=f"<{ANN}>"))

    assert second.duplicate
    assert second.complaint == first.complaint


@pytest.mark.django_db
def test_other_mail_under_a_reused_message_id_is_another() -> None:
    raw = a_mail("One matter.")
    first, second = receive(raw), receive(raw.replace(b"One", b"Two"))

    assert first.inbound.message_id == second.inbound.message_id
    assert (second.outcome, second.duplicate) == ("opened", False)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_open_one_complaint() -> None:
    raw = with_files(("a.txt", b"one"))
    taken: list[Taken] = []
    start = threading.Barrier(10)

    def run() -> None:
        try:
            start.wait()
            taken.append(receive(raw))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(t.duplicate for t in taken) == {True: 9, False: 1}
    assert {t.outcome for t in taken} == {"opened"}
    assert rows()[:4] == (1, 1, 0, 1)
    assert Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_killed_before_the_bytes_are_stored_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        point = "complaints.channels.store._is_new"
        patch.setattr(point, deadly(real_of(point), after=False))
        with pytest.raises(Killed):
            receive(a_mail())

    assert not RawMessage.objects.exists()
    assert outcome(receive(a_mail())) == ("opened", "")


@pytest.mark.django_db
def test_key_that_cannot_be_reckoned_falls_back_to_the_bytes() -> None:
    def fail(_raw: bytes) -> str:
        raise ValueError("no key")

    way = Way("email", fail, inbound.WAY.parse, inbound.WAY.decide)
    assert store._key(b"x", way) == hashlib.sha256(b"x").hexdigest()
