"""The ASGI application keeps a pool of connections unless it is told otherwise."""

import os
import subprocess
import sys

import pytest

ASKED = (
    "import config.asgi; from django.conf import settings;"
    "print('pool' in settings.DATABASES['default']['OPTIONS'])"
)


@pytest.mark.parametrize(("said", "kept"), [("", "True"), ("0", "False")])
def test_empty_counts_as_unset(said: str, kept: str) -> None:
    given = {"DATABASE_URL": "postgres://db/desk", "DATABASE_POOL": said}
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == kept
