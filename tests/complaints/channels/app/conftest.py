"""A desk that trusts the exchange's keys of ``keys``."""

from typing import Any

import pytest

from tests.complaints.channels.app import keys


@pytest.fixture
def exchange(settings: Any) -> Any:
    settings.APP_TOKENS = keys.trusted()
    return settings
