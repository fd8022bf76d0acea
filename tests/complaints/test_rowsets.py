"""Rows sent as one parameter: what goes in comes out, in order, on both databases."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from complaints import rowsets
from complaints.models import Event, Outbox
from teams.system import system_actor

AT = datetime(2026, 3, 2, 9, 0, 0, 120, tzinfo=UTC)
HOSTILE = '\'); DROP TABLE x; -- "%s" %% \\ 漢字 🙂 \n'


def notice(key: str, **columns: object) -> Outbox:
    return Outbox(key=key, kind="staff", due_at=AT, created_at=AT, **columns)


def test_rows_come_back_as_they_went_in(db: None) -> None:
    rowsets.insert([notice("a", body=HOSTILE, attempts=3), notice("b")])

    first, second = Outbox.objects.order_by("pk")
    assert (first.key, first.body, first.attempts) == ("a", HOSTILE, 3)
    assert (second.key, second.due_at, second.sent_at) == ("b", AT, None)
    assert Outbox.objects.filter(due_at=AT).count() == 2


def test_known_key_is_left_out_when_asked_for_once(db: None) -> None:
    rowsets.insert([notice("a", body="first")])

    rowsets.insert([notice("a", body="second"), notice("b")], once=True)

    assert list(Outbox.objects.order_by("pk").values_list("key", "body")) == [
        ("a", "first"),
        ("b", ""),
    ]


def test_payload_reads_back_as_it_was(db: None) -> None:
    payload = {"text": HOSTILE, "list": [1, None, True], "inner": {"a": "1.50"}}
    event = Event(
        stream="desk:test",
        seq=1,
        what="tested",
        actor=system_actor(),
        at=AT,
        payload=payload,
        sha256="0" * 64,
        seal="0" * 64,
    )

    rowsets.insert([event])

    assert Event.objects.get(stream="desk:test").payload == payload


def test_table_is_read_by_name(db: None) -> None:
    columns = {"pk": "bigint", "at": "timestamptz"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v.pk FROM {rowsets.table('v', columns)} WHERE v.at IS NOT NULL",  # noqa: S608
            [rowsets.rows([{"pk": 2, "at": AT}, {"pk": 1, "at": None}])],
        )
        assert cursor.fetchall() == [(2,)]


def test_value_of_another_type_is_refused(db: None) -> None:
    with pytest.raises(TypeError, match="object is no value"):
        rowsets.rows([{"pk": object()}])
