"""What every test of the board begins with."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override

from complaints.channels.forum.models import Member
from tests.complaints.channels.forum import board
from tests.people import People


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request of the test before may have left another language behind."""
    with override("en"):
        yield


@pytest.fixture
def ada(people: People) -> Member:
    return board.member(people.customer, "nordlicht")


@pytest.fixture
def ben(people: People) -> Member:
    return board.member(people.other_customer, "late shift")


@pytest.fixture
def as_ada(client: Any, ada: Member) -> Any:
    client.force_login(ada.user)
    return client
