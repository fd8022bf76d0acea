"""What every test of the public pages begins with."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request of the test before may have left another language behind."""
    with override("en"):
        yield
