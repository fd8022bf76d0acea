"""A client of the API for anybody."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api(db: None) -> Callable[..., APIClient]:
    """``api(user)`` is signed in; ``api()`` is nobody."""

    def client(user: Any = None) -> APIClient:
        made = APIClient()
        if user is not None:
            made.force_login(user)
        return made

    return client
