"""The first step of a walk by phone and by Telegram, through their real doors."""

from collections.abc import Callable

import pytest

from appeals.demo.by_channel import phone, telegram
from appeals.demo.people import make_cast
from appeals.demo.way import Walk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("channel", "file"), [("phone", phone.file), ("telegram", telegram.file)]
)
def test_complaint_is_filed_and_acknowledged_there(
    channel: str, file: Callable[[Walk], str]
) -> None:
    walk = Walk(make_cast(), channel=channel)
    with walk.meanwhile:
        file(walk)
    case = walk.complaint
    assert (case.channel, case.customer.user) == (channel, walk.cast["customer"])
    assert case.letters.filter(kind="receipt").exists()
    assert walk.by("customer").read(walk.portal)
