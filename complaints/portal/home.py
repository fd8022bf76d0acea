"""The first page: danger first, then how to complain, how to follow, what to expect."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints import profiles
from complaints.profiles import limit_words
from complaints.states import Step


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The two doors and what everybody should know before they choose one."""
    profile = profiles.choose("", "", timezone.localdate())
    context = {
        "yes_url": reverse("portal:urgent"),
        "no_url": f"{reverse('portal:new')}?at_risk=no",
        "contact": profile.contact,
        "frames": frames(profile),
    }
    return render(request, "portal/home.html", context)


def frames(profile: profiles.Profile) -> list[dict[str, Any]]:
    """The limits that matter to somebody who thinks about complaining."""
    words = {
        Step.ACKNOWLEDGE: _("until you have a receipt, mostly at once"),
        Step.ADMIT: _("until you hear whether we take it up, and who works on it"),
        Step.STATUTORY_DECISION: _("until the decision with reasons, at the latest"),
        Step.APPEAL_WINDOW: _("to appeal, to people who had no part in it"),
    }
    return [
        {"limit": limit_words(profile.limit(step)), "words": text}
        for step, text in words.items()
    ]
