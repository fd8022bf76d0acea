"""The customer's own account: what we hold about them, and how they want to be told."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.countries import country_name
from complaints.models import Party
from complaints.optional_notices import OPTIONAL
from complaints.portal.viewer import no_store, own_complaints, viewer_for
from complaints.services.person import follow_account
from complaints.states import LetterKind
from teams.names import full_name
from teams.services import prefer

if TYPE_CHECKING:
    from teams.models import User

WORDS = {
    LetterKind.REPLY: gettext_lazy("A message from the team"),
    LetterKind.REMEDY_DONE: gettext_lazy("A remedy has been carried out"),
    LetterKind.CLOSED: gettext_lazy("Your complaint is closed"),
}
AREAS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)


@cache
def time_zones() -> list[tuple[str, str]]:
    """Zones named by a place, as the system knows them, and UTC first."""
    places = sorted(z for z in available_timezones() if z.partition("/")[0] in AREAS)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


def languages() -> list[tuple[str, str]]:
    """Each by its own name, so that nobody has to read another to find theirs."""
    return [(code, own_name(code)) for code, _name in settings.LANGUAGES]


def own_name(code: str) -> str:
    """A language as its speakers call it, marked so that it is read out as theirs."""
    name = get_language_info(code)["name_local"]
    return format_html('<span lang="{}">{}</span>', code, name)


class PreferencesForm(forms.Form):
    """Language, time zone, and the notices that no law asks for."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and letters"),
        choices=languages,
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=time_zones,
        widget=forms.Select(attrs={"lang": "en"}),
        help_text=gettext_lazy(
            "Times on your pages are written in it. Dates by which something is due "
            "stay those of the letters."
        ),
    )
    notices = forms.MultipleChoiceField(
        label=gettext_lazy("Write to me by email about"),
        choices=list(WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Receipt, questions to you, delays, the decision and the ruling on an "
            "appeal always come by email, and so does what protects your account."
        ),
    )

    def muted(self) -> list[str]:
        return [kind for kind in OPTIONAL if kind not in self.cleaned_data["notices"]]


def _initial(user: "User") -> dict[str, Any]:
    wanted = [kind.value for kind in OPTIONAL if kind not in user.muted_notices]
    return {
        "language": user.language,
        "time_zone": user.time_zone,
        "notices": wanted,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, time zone and notices; the page that answers is in the new language."""
    user: User = request.user  # type: ignore[assignment]
    form = PreferencesForm(request.POST or None, initial=_initial(user))
    if request.method != "POST" or not form.is_valid():
        return no_store(render(request, "account/preferences.html", {"form": form}))
    chosen = form.cleaned_data
    prefer(
        user=user,
        language=chosen["language"],
        time_zone=chosen["time_zone"],
        muted=form.muted(),
        actor=user,
    )
    follow_account(user)
    with override(user.language):
        messages.success(request, _("Your preferences are saved."))
    response = redirect("portal:preferences")
    remember_language(response, user.language)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Set the cookie that Django's own switch sets."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


@login_required
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """What this desk holds about the person who is signed in, in one place."""
    user: User = request.user  # type: ignore[assignment]
    party = Party.objects.filter(user=user).first()
    context = {
        "facts": [*_person(user, party), *_addresses(user)],
        "cases": own_complaints(viewer_for(request)).count(),
        "zone": user.time_zone,
    }
    return no_store(render(request, "account/profile.html", context))


def _person(user: "User", party: Party | None) -> Iterator[dict[str, Any]]:
    said = party or user
    name = full_name(said.first_name, said.last_name)
    yield {"term": _("Name"), "value": name or _("not given")}
    yield {"term": _("User name"), "value": user.username}
    account_id = user.account_id or (party.account_id if party else "")
    yield {
        "term": _("Account at the exchange"),
        "value": account_id or _("not linked"),
        "note": _account_note(user, account_id),
    }
    if party is not None:
        yield from _form_facts(party)
    yield {
        "term": _("Language"),
        "value": own_name(user.language),
    }
    yield {"term": _("Time zone"), "value": user.time_zone.replace("_", " ")}


def _account_note(user: "User", account_id: str) -> str:
    if not account_id:
        return ""
    return _("confirmed by the exchange") if user.account_id else _("as you gave it")


def _form_facts(party: Party) -> Iterator[dict[str, Any]]:
    """What the customer wrote into the form of a complaint, where they did."""
    street = ", ".join(
        part
        for part in (party.street, f"{party.postcode} {party.city}".strip())
        if part
    )
    country = country_name(party.country)
    for term, value in (
        (_("Address"), ", ".join(p for p in (street, country) if p)),
        (_("Telephone"), party.phone),
        (_("Legal entity identifier"), party.lei),
        (_("Registration number"), party.registration_number),
    ):
        if value:
            yield {"term": term, "value": value}


def _addresses(user: "User") -> Iterator[dict[str, Any]]:
    for address in EmailAddress.objects.filter(user=user).order_by("-primary", "pk"):
        note = _("confirmed") if address.verified else _("not confirmed")
        yield {"term": _("Email address"), "value": address.email, "note": note}
