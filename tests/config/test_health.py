"""Probes and counters."""

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from complaints.services import pulse
from config import health


def test_live_asks_no_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_migrated_and_guarded(client: Client) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "triggers": "ok"},
        "worker": "silent",
    }


@pytest.mark.django_db
def test_ready_tells_that_a_worker_lives(client: Client) -> None:
    pulse.beat()

    assert client.get("/health/ready").json()["worker"] == "ok"


@pytest.mark.django_db
def test_ready_without_triggers_is_503(client: Client) -> None:
    from complaints import triggers

    triggers.remove(using="default")

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["triggers"] == "missing"


def test_ready_without_a_database_is_503(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> dict[str, str]:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_checks", refuse)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "unreachable"},
        "worker": "silent",
    }


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_probe_refuses_to_be_written_to(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        ("t0ken", "", 404),
        ("t0ken", "Bearer wrong", 404),
        ("t0ken", "Bearer t0kén", 404),
        ("t0ken", "Bearer t0ken", 200),
    ],
)
def test_metrics_only_for_its_token(
    client: Client, settings: Settings, token: str, given: str, status: int
) -> None:
    settings.METRICS_TOKEN = token

    response = client.get("/metrics", headers={"Authorization": given})

    assert response.status_code == status
