"""What the addresses in the environment mean."""

from pathlib import Path

import pytest

from config.backends import (
    REDIS_OPTIONS,
    broker_options,
    cache_config,
    database_config,
    email_config,
)
from config.env import SettingError
from config.paths import BASE_DIR


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///desk.sqlite3", str(BASE_DIR / "desk.sqlite3")),
        ("sqlite:////srv/desk.sqlite3", "/srv/desk.sqlite3"),
        ("sqlite:////srv/my%20desk.sqlite3", "/srv/my desk.sqlite3"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_database_config_sqlite(url: str, name: str) -> None:
    config = database_config(url)

    assert config["NAME"] == name
    assert config["ENGINE"] == "django.db.backends.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert config["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]


def test_database_config_postgres_with_every_part() -> None:
    config = database_config(
        "postgres://us%40er:p%2Fw@db.example:6432/desk?sslmode=require"
    )

    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"connect_timeout": 5, "sslmode": "require"},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def test_database_config_postgres_by_socket() -> None:
    config = database_config("postgresql:///desk?host=/run/postgresql")

    assert (config["HOST"], config["PORT"]) == ("/run/postgresql", "")


def test_database_config_pool_keeps_no_connection_by_thread() -> None:
    config = database_config("postgres://db/desk", pool=True)

    assert config["CONN_MAX_AGE"] == 0
    assert config["OPTIONS"]["pool"]["max_size"] == 20


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://db/desk", "scheme 'mysql' is not sqlite or postgres."),
        ("desk.sqlite3", "scheme '' is not sqlite or postgres."),
        ("sqlite://desk", "is not sqlite:///relative or sqlite:////absolute."),
        ("sqlite:///", "is not sqlite:///relative or sqlite:////absolute."),
        ("postgres://db/", "names no database."),
    ],
)
def test_database_config_refused_by_name(url: str, reason: str) -> None:
    with pytest.raises(SettingError) as caught:
        database_config(url, name="READONLY_DATABASE_URL")

    assert str(caught.value) == f"READONLY_DATABASE_URL: {reason}"


def test_broker_options_embedded_makes_private_folders(tmp_path: Path) -> None:
    options = broker_options("filesystem://localhost", tmp_path / "broker")

    queue = tmp_path / "broker" / "queue"
    assert options["data_folder_in"] == options["data_folder_out"] == str(queue)
    assert options["polling_interval"] == 0.1
    # Who may write there may run tasks.
    folders = [queue, tmp_path / "broker" / "control"]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_broker_options_redis_restores_soon(tmp_path: Path, scheme: str) -> None:
    options = broker_options(f"{scheme}://localhost", tmp_path)

    assert options == REDIS_OPTIONS
    assert (
        options["unacked_restore_interval"] * options["unacked_restore_throttle"] == 10
    )
    assert list(tmp_path.iterdir()) == []


def test_broker_options_other_broker_has_none(tmp_path: Path) -> None:
    assert broker_options("amqp://localhost", tmp_path) == {}


def test_cache_config_shared_by_processes(tmp_path: Path) -> None:
    files = cache_config("", tmp_path)
    redis = cache_config("redis://cache", tmp_path)

    assert files["BACKEND"] == "django.core.cache.backends.filebased.FileBasedCache"
    assert redis["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert redis["LOCATION"] == "redis://cache"


@pytest.mark.parametrize(
    ("url", "host", "port", "ssl", "tls"),
    [
        ("smtp://mail.example", "mail.example", 25, False, False),
        ("smtp://mail.example?tls=1", "mail.example", 587, False, True),
        ("smtp://mail.example:2525?tls=1", "mail.example", 2525, False, True),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtps://mail.example?tls=1", "mail.example", 465, True, False),
    ],
)
def test_email_config_smtp(
    url: str, host: str, port: int, ssl: bool, tls: bool
) -> None:
    config = email_config(url)

    assert (config["EMAIL_HOST"], config["EMAIL_PORT"]) == (host, port)
    assert (config["EMAIL_USE_SSL"], config["EMAIL_USE_TLS"]) == (ssl, tls)


def test_email_config_unquotes_the_account() -> None:
    config = email_config("smtp://me%40example.com:p%3Aw@mail.example")

    assert config["EMAIL_HOST_USER"] == "me@example.com"
    assert config["EMAIL_HOST_PASSWORD"] == "p:w"


def test_email_config_file_makes_a_private_folder(tmp_path: Path) -> None:
    config = email_config(f"file://{tmp_path}/mail")

    assert config["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["imap://mail.example", "smtp://", "mail.example"])
def test_email_config_refused_by_name(url: str) -> None:
    with pytest.raises(SettingError, match=r"^EMAIL_URL: is not smtp"):
        email_config(url)
