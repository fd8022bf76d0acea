from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from appeals.demo.standins import facebook, x
from tests.complaints.channels.social.platform import Platform


@contextmanager
def set_up(name: str, settings: Any) -> Iterator[Platform]:
    module: Any = x if name == "x" else facebook
    api = x.XApi() if name == "x" else facebook.Graph()
    for key, value in module.SETTINGS.items():
        setattr(settings, key, value)
    with api.server() as server:
        setattr(settings, f"{name.upper()}_API_URL", server.url)
        yield Platform(name, module, api)


@pytest.fixture(params=["x", "facebook"])
def platform(request: Any, settings: Any, db: None) -> Iterator[Platform]:
    """Each of the two in turn."""
    with set_up(request.param, settings) as found:
        yield found


@pytest.fixture
def on_x(settings: Any, db: None) -> Iterator[Platform]:
    with set_up("x", settings) as found:
        yield found


@pytest.fixture
def on_facebook(settings: Any, db: None) -> Iterator[Platform]:
    with set_up("facebook", settings) as found:
        yield found
