"""Settings as whole processes see them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.paths import BASE_DIR
from tests.few import few
from tests.run import PRODUCTION

KEYS = ["SECRET_KEY", "LEDGER_KEY", "SIGNING_KEY", "REPLY_KEY"]


def ask(expression: str, environment: dict[str, str]) -> str:
    """What ``expression`` gives in a fresh process, or its error."""
    code = f"from django.conf import settings as s; print({expression}, end='')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout or done.stderr.strip().splitlines()[-1]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {**PRODUCTION, "VAR_DIR": str(tmp_path / "var")}


@pytest.mark.parametrize("name", few([*KEYS, "ALLOWED_HOSTS"], "ALLOWED_HOSTS"))
def test_production_without_a_required_variable_names_it(
    production: dict[str, str], name: str
) -> None:
    del production[name]

    said = ask("s.DEBUG", production)

    assert said == f"config.env.SettingError: {name}: is required and not set."


@pytest.mark.parametrize("name", few(list(KEYS), "SIGNING_KEY"))
def test_production_with_a_short_key_names_it(
    production: dict[str, str], name: str
) -> None:
    production[name] = "short"

    assert f"{name}: is shorter than" in ask("s.DEBUG", production)


def test_production_key_from_a_file(production: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    file.write_text("from-a-file-0123456789-abcdefghijkl\n")
    del production["LEDGER_KEY"]
    production["LEDGER_KEY_FILE"] = str(file)

    assert ask("s.LEDGER_KEY", production) == "from-a-file-0123456789-abcdefghijkl"


@pytest.mark.parametrize(("count", "trusted"), [("0", "None"), ("1", "HTTP_X_")])
def test_production_believes_proxy_headers_only_by_count(
    production: dict[str, str], count: str, trusted: str
) -> None:
    production["TRUSTED_PROXY_COUNT"] = count

    said = ask("s.SECURE_PROXY_SSL_HEADER, s.REST_FRAMEWORK['NUM_PROXIES']", production)

    assert said.startswith((trusted, f"('{trusted}"))
    assert said.endswith(count)


def test_production_protects_its_cookies(production: dict[str, str]) -> None:
    said = ask("s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEBUG", production)

    assert said == "__Host-session __Host-csrf False"


def test_production_without_proxy_or_broker_is_embedded(
    production: dict[str, str],
) -> None:
    said = ask("s.CELERY_BROKER_URL, s.EMBEDDED_BROKER, s.READ_DATABASE", production)

    assert said == "filesystem://localhost True readonly"


def test_replica_is_read_where_there_is_one(production: dict[str, str]) -> None:
    production["READONLY_DATABASE_URL"] = "postgres://replica/desk"

    said = ask("s.READ_DATABASE, s.DATABASES['readonly']['HOST']", production)

    assert said == "readonly replica"


def test_dev_makes_its_own_keys(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "1",
        "VAR_DIR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }

    said = ask("s.DEBUG, len(s.LEDGER_KEY)", environment)

    assert said == "True 64"
    assert (tmp_path / "var/keys.json").stat().st_mode & 0o777 == 0o600
