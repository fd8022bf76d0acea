"""The first step of a walk by the community, through its real doors."""

import pytest

from appeals.demo.by_channel import forum
from appeals.demo.people import make_cast
from appeals.demo.way import Walk

pytestmark = pytest.mark.django_db


def test_complaint_is_filed_and_acknowledged_there() -> None:
    walk = Walk(make_cast(), channel="forum")
    forum.file(walk)
    case = walk.complaint

    assert (case.channel, case.customer.user) == ("forum", walk.cast["customer"])
    sent = case.outbox.filter(kind="receipt", status="sent")
    assert sorted(row.channel for row in sent) == ["email", "forum"]
    assert walk.by("customer").read(walk.portal)
