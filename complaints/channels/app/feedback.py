"""``/embed/feedback/``: a form in a frame of the app, without any cookie.

The app hands a signed token over, by ``postMessage`` or by sending a form with
``token``; it is used up at once, and what it proved goes on in the form itself.
Without one a guest files.
"""

import json
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from complaints.channels import pipeline
from complaints.channels.app import tokens
from complaints.channels.app.inbound import FRAME, PROVIDER
from complaints.channels.framing import framed
from complaints.services.intake import DESCRIPTION_LIMIT
from complaints.throttle import Limit, client_address, whole_minutes, with_wait

SALT = "app.feedback"
LIVES = 2 * 3600
"""Seconds in which a form that was opened may be sent."""

FILED = Limit("feedback", tries=10, seconds=3600)
HANDED_OVER = Limit("feedback-token", tries=30, seconds=60)


class FeedbackForm(forms.Form):
    text = forms.CharField(
        label=_("What happened?"),
        max_length=DESCRIPTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Tell us what happened.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The receipt goes there. Without one, keep the number you get."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, account: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account:
            del self.fields["email"]


@framed
def feedback(request: HttpRequest) -> HttpResponse:
    """The page, in the language that its address asks for."""
    wanted = request.GET.get("language", "")
    with override(wanted if wanted in dict(settings.LANGUAGES) else get_language()):
        if request.method != "POST":
            return _page(request, FeedbackForm(account=""), "")
        if request.POST.get("token"):
            return _hand_over(request)
        return _file(request)


def _hand_over(request: HttpRequest) -> HttpResponse:
    """Use the token up and open the form for its customer."""
    if wait := HANDED_OVER.wait(client_address(request)):
        return _later(request, wait)
    try:
        grant = tokens.redeem(request.POST["token"][:4096])
        account = grant.user.account_id if tokens.WRITE in grant.scopes else ""
    except tokens.BadToken:
        account = ""
    form = FeedbackForm(account=account)
    return _page(request, form, account, unproven=not account)


def _file(request: HttpRequest) -> HttpResponse:
    ticket = _read(request.POST.get("ticket", ""))
    if ticket is None:
        form = FeedbackForm(account="", initial={"text": request.POST.get("text", "")})
        return _page(request, form, "", late=True)
    number, account = ticket
    form = FeedbackForm(request.POST, account=account)
    if not form.is_valid():
        return _page(request, form, account, status=400)
    if wait := FILED.wait(account or client_address(request)):
        return _later(request, wait)
    said = {
        "number": number,
        "account": account,
        "email": form.cleaned_data.get("email", ""),
        "text": form.cleaned_data["text"],
        "language": get_language() or "en",
    }
    raw = json.dumps(said, sort_keys=True).encode()
    taken = pipeline.take_in(raw, provider=PROVIDER, account=FRAME)
    context = {"case": taken.complaint, "account": account, "email": said["email"]}
    return render(request, "embed/feedback_done.html", context)


def _page(
    request: HttpRequest,
    form: FeedbackForm,
    account: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "ticket": _ticket(account),
        "origins": " ".join(settings.EMBED_ORIGINS) if not account else "",
        **more,
    }
    return render(request, "embed/feedback.html", context, status=status)


def _later(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"minutes": whole_minutes(seconds)}
    response = render(request, "embed/feedback_later.html", context, status=429)
    return with_wait(response, seconds)


def _ticket(account: str) -> str:
    """Signed: a number that makes a second sending harmless, and whose the form is."""
    return signing.dumps([secrets.token_hex(16), account], salt=SALT)


def _read(ticket: str) -> tuple[str, str] | None:
    try:
        number, account = signing.loads(ticket, salt=SALT, max_age=LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(number), str(account)
