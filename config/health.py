"""Is it alive, is it ready, how is it doing: for probes and for Prometheus."""

import logging
from secrets import compare_digest

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from complaints import triggers
from complaints.services import pulse
from config.database import migrations_wait

logger = logging.getLogger(__name__)
_migrated = False


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nobody else, so a slow database restarts nothing."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated and carries the triggers; else 503.

    A silent worker is told but changes nothing: what is due waits and is not lost.
    """
    try:
        checks = _checks()
    except DatabaseError:
        logger.exception("The database does not answer.")
        checks = {"database": "unreachable"}
    good = set(checks.values()) == {"ok"}
    status = "ok" if good else "unavailable"
    worker = "ok" if pulse.is_alive() else "silent"
    answer = {"status": status, "checks": checks, "worker": worker}
    return JsonResponse(answer, status=200 if good else 503)


def _checks() -> dict[str, str]:
    return {
        "database": "ok",
        "migrations": "ok" if _is_migrated() else "not applied",
        "triggers": "missing" if triggers.missing("default") else "ok",
    }


def _is_migrated() -> bool:
    """A good answer is kept: reading all migrations takes a tenth of a second."""
    global _migrated  # noqa: PLW0603 - one answer a process
    _migrated = _migrated or not migrations_wait()
    return _migrated


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters of this process, for whoever holds METRICS_TOKEN (DEBUG: for all)."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    allowed = settings.METRICS_TOKEN and compare_digest(
        given.encode(), expected.encode()
    )
    if not (allowed or settings.DEBUG):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
