from datetime import UTC, datetime

import pytest

from tests.complaints.channels.email.reading import read


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (
            b"Mon, 5 Jul 2010 07:54:40 +0200",
            datetime(2010, 7, 5, 5, 54, 40, tzinfo=UTC),
        ),
        (b"5 Jul 2010 07:54:40 -0000", datetime(2010, 7, 5, 7, 54, 40, tzinfo=UTC)),
        (b"Mon, 99 Foo 2010", None),
        (b"1 Jan 1900 00:00:00 +0000", None),
        (b"1 Jan 9999 00:00:00 -2359", None),
        (b"1 Jan 2010 00:00:00 +9999", None),
        (b"", None),
    ],
)
def test_sent_at_is_the_date_or_nothing(value, moment):
    assert read(b"Date: " + value + b"\n\nx").sent_at == moment


def test_received_at_is_the_topmost_received_and_never_the_date():
    ours = b"Received: from a by us; Tue, 5 May 2026 10:00:00 +0000\n"
    theirs = b"Received: from b by a; Tue, 5 May 2020 10:00:00 +0000\n"
    date = b"Date: Tue, 5 May 2015 10:00:00 +0000\n\nx"
    assert read(ours + theirs + date).received_at == datetime(
        2026, 5, 5, 10, tzinfo=UTC
    )
    assert read(date).received_at is None
    given_by_mailbox = datetime(2026, 5, 6, tzinfo=UTC)
    found = read(ours + date, received_at=given_by_mailbox).received_at
    assert found == given_by_mailbox


def test_references_nearest_first():
    raw = b"In-Reply-To: <c@x>\nReferences: <a@x> junk <b@x>\n <c@x>\n\nx"
    assert read(raw).references == ("<c@x>", "<b@x>", "<a@x>")
