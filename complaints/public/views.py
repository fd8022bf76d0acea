"""Pages without login: what the law has us publish, and what helps beforehand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints import profiles
from complaints.profiles import Profile, limit_words
from complaints.public import content, template_fields
from complaints.public.figures import read
from complaints.public.languages import language_names


def _profile() -> Profile:
    """The one of somebody of whom we know nothing yet."""
    return profiles.choose("", "", timezone.localdate())


def _text(request: HttpRequest, page: content.Page) -> HttpResponse:
    return render(request, "public/text.html", {"page": page})


@require_safe
def procedure(request: HttpRequest) -> HttpResponse:
    """The description of the procedure, Art 1(2)(a) to (f) of RTS 2025/294."""
    profile = _profile()
    context = {
        "profile": profile,
        "frames": time_frames(profile),
        "languages": language_names(profile.languages),
        "most": limit_words(profile.decision),
        "years": profile.retention.years,
        "most_years": profile.retention.most_years,
    }
    return render(request, "public/procedure.html", context)


def time_frames(profile: Profile) -> list[dict[str, Any]]:
    """Each published step with its limit in words; clocks read the same values."""
    return [
        {"step": step.label, "note": content.STEPS[step], "limit": limit_words(limit)}
        for step, limit in profile.time_frames()
    ]


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The official template, empty, to be printed and sent by post or e-mail."""
    context = {"profile": _profile(), "parts": template_fields.PARTS}
    return render(request, "public/template.html", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every set of rules in force, by version."""
    enabled = [profile for profile in profiles.PROFILES if profile.enabled]
    sets = [{"profile": profile, "frames": time_frames(profile)} for profile in enabled]
    return render(request, "public/rules.html", {"sets": sets})


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What the last twelve months came to; small numbers stay hidden."""
    return render(request, "public/figures.html", {"year": read(timezone.now())})


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return _text(request, content.notices())


@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    return _text(request, content.learn())


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "public/contact.html", {"contact": _profile().contact})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _text(request, content.accessibility())


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _text(request, content.privacy(_profile()))
