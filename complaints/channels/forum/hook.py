"""``/hooks/forum/``: what Discourse tells us, signed over the raw body."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from complaints.channels import pipeline
from complaints.channels.forum import discourse, others
from complaints.channels.forum.snapshot import PROVIDER
from complaints.channels.webhook import (
    HEX,
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
    refuse_replay,
    same,
)

SIGNATURE = "X-Discourse-Event-Signature"

TRIES_FOR = timedelta(hours=24)
"""Discourse tries four times more, the last 156 minutes later, by a queue that may be
behind.
Source: github.com/discourse/discourse, app/jobs/regular/emit_web_hook_event.rb"""


def begin(request: HttpRequest) -> HttpResponse | None:
    """What brings no signature is not read."""
    if not discourse.is_set_up():
        return problem(404, "not_configured")
    ask_header(request, SIGNATURE, HEX)
    return None


@hook("POST", first=begin)
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take one post in. 200 with its outcome; ``ignored`` for other events."""
    given = ask_header(request, SIGNATURE)
    if not same(given, discourse.signature(body, settings.DISCOURSE_WEBHOOK_SECRET)):
        raise Refused
    of_post = discourse.holds_post(body)
    if of_post is None:
        raise Malformed
    if not of_post:
        return JsonResponse({"outcome": "ignored"})
    kept = others.kept(body, discourse.told(body))
    taken = pipeline.take_in(kept, provider=PROVIDER, account=discourse.ACCOUNT)
    refuse_replay([taken], tries_for=TRIES_FOR)
    return JsonResponse({"outcome": taken.outcome})
