"""The pages that staff write, their versions, and what the configuration says."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints import profiles
from complaints.public import pages, template_fields
from complaints.public.caching import revalidated
from complaints.public.frames import time_frames
from complaints.public.models import Kind, Version


def page_context(version: Version, language: str = "") -> dict[str, Any]:
    """What ``public/page.html`` needs for any version."""
    page = pages.shown(version, language)
    needs = any(part.block for part in page.parts)
    return {
        "page": page,
        "blocks": pages.blocks() if needs else {},
        "values": pages.values(),
    }


def _page(request: HttpRequest, code: str) -> HttpResponse:
    version = pages.current(code, Kind.PAGE)
    if version is None:
        raise Http404
    context = page_context(version)
    context["coming"] = pages.upcoming(version)
    return render(request, "public/page.html", context)


def _view(code: str, about: str) -> Callable[..., HttpResponseBase]:
    """The view of a page with an address of its own."""

    def view(request: HttpRequest) -> HttpResponse:
        return _page(request, code)

    view.__doc__ = about
    return require_safe(revalidated(view))


@require_safe
@revalidated
def template(request: HttpRequest) -> HttpResponse:
    """The official template, empty, to be printed and sent by post or e-mail."""
    context = {"profile": pages.profile(), "parts": template_fields.PARTS}
    return render(request, "public/template.html", context)


@require_safe
@revalidated
def complaint_rules(request: HttpRequest) -> HttpResponse:
    """Every set of rules for complaints in force, by version."""
    enabled = [profile for profile in profiles.PROFILES if profile.enabled]
    sets = [{"profile": profile, "frames": time_frames(profile)} for profile in enabled]
    return render(request, "public/complaint_rules.html", {"sets": sets})


procedure = _view("procedure", "The procedure, Art 1(2)(a) to (f) of RTS 2025/294.")
rules = _view("rules", "The trading rules in force; older ones under their versions.")
fees = _view("fees", "What trading and moving assets costs.")
security = _view("security", "What protects an account, what we do, how to freeze.")
accessibility = _view("accessibility", "How far these pages can be used by everybody.")
improvements = _view("improvements", "What complaints taught us and what changed.")
privacy = _view("privacy", "The notice of Art 13 GDPR that complaints name.")


@require_safe
@revalidated
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A page that staff added; those with an address of their own are sent there."""
    if code in pages.ADDRESSES:
        return redirect(pages.ADDRESSES[code])
    return _page(request, code)


@require_safe
@revalidated
def contact(request: HttpRequest) -> HttpResponse:
    context = {"contact": pages.profile().contact, "elsewhere": pages.elsewhere()}
    return render(request, "public/contact.html", context)


@require_safe
@revalidated
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a document, from when until when it held."""
    held = pages.history(code)
    if not held:
        raise Http404
    newest = next((one for one in held if one.is_current), held[0])
    return render(
        request, "public/versions.html", {"held": held, **_owner(newest.shown.version)}
    )


@require_safe
@revalidated
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version as it was; the values in it are those of today, and it says so."""
    for one in pages.history(code, timezone.now()):
        if one.shown.version.number == number:
            context = page_context(one.shown.version)
            context |= {"held": one, **_owner(one.shown.version)}
            return render(request, "public/version.html", context)
    raise Http404


def _owner(version: Version) -> dict[str, Any]:
    name, keys = pages.address_of(version)
    return {"code": version.document.code, "owner": name, "owner_keys": keys}
