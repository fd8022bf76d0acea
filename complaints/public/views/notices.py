"""Notices: the list, one notice, and asking for them by e-mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from complaints.public import pages, subscribe, tokens
from complaints.public.caching import revalidated
from complaints.public.forms import SubscribeForm
from complaints.public.models import Area, Kind, Stage, Version
from complaints.public.views.pages import page_context
from complaints.throttle import Limit, client_address, in_minutes, with_wait

BY_VISITOR = Limit("subscribe", tries=5, seconds=900)
BY_ADDRESS = Limit("subscribe-to", tries=3, seconds=86_400)
LINKS = Limit("subscribe-link", tries=60, seconds=900)
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@revalidated
def notices(request: HttpRequest) -> HttpResponse:
    """What goes on now, what stands at all times, and what is over."""
    return _list(request, SubscribeForm())


def _list(request: HttpRequest, form: SubscribeForm, status: int = 200) -> HttpResponse:
    found = sorted(
        pages.listed(Kind.NOTICE), key=lambda row: str(row.effective_from), reverse=True
    )
    context = {
        "ongoing": [pages.shown(row) for row in found if row.stage == Stage.ONGOING],
        "standing": [pages.shown(row) for row in found if _stands(row)],
        "past": [pages.shown(row) for row in found if _is_past(row)],
        "form": form,
        "language": get_language(),
    }
    return render(request, "public/notices.html", context, status=status)


def _stands(row: Version) -> bool:
    return row.document.area == Area.RISK and not row.stage


def _is_past(row: Version) -> bool:
    return row.stage != Stage.ONGOING and not _stands(row)


@require_safe
@revalidated
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A notice as it is now, with what was said before."""
    version = pages.current(code, Kind.NOTICE)
    if version is None:
        raise Http404
    held = [one for one in pages.history(code) if not one.is_future]
    context = {**page_context(version), "held": held}
    return render(request, "public/notice.html", context)


# By e-mail ----------------------------------------------------------------------------


@GET_OR_POST
def ask(request: HttpRequest) -> HttpResponse:
    """An address; the answer is the same whether or not it is subscribed."""
    if request.method != "POST":
        return redirect("public:notices")
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _kept_nowhere(_list(request, form, status=422))
    email = form.cleaned_data["email"]
    wait = BY_VISITOR.wait(f"ip:{client_address(request)}")
    wait = wait or BY_ADDRESS.wait(f"to:{email.lower()}")
    if wait:
        return _too_many(request, form, wait)
    subscribe.ask(email=email, language=get_language() or "en")
    return _kept_nowhere(redirect("public:subscribe-sent"))


TOO_MANY = ngettext_lazy(
    "Too many tries. Try again in %(minutes)d minute.",
    "Too many tries. Try again in %(minutes)d minutes.",
    "minutes",
)


def _too_many(request: HttpRequest, form: SubscribeForm, wait: int) -> HttpResponse:
    form.add_error(None, in_minutes(TOO_MANY, wait))
    return with_wait(_kept_nowhere(_list(request, form, status=429)), wait)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now, in the same words for everybody."""
    return _kept_nowhere(render(request, "public/subscribe_sent.html"))


@GET_OR_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link from the mail. Looking changes nothing: mail scanners look too."""
    good = tokens.read_joining(token) is not None
    if request.method == "POST" and good:
        subscriber = subscribe.confirm(token=token, now=timezone.now())
        context = {"subscriber": subscriber, "done": True}
        return _secret(render(request, "public/subscribe_confirm.html", context))
    context = {"good": good}
    status = 200 if good else 410
    page = render(request, "public/subscribe_confirm.html", context, status=status)
    return _secret(page)


@csrf_exempt
@GET_OR_POST
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """The way out: a button for people, a POST for mail programs (RFC 8058).

    Without a CSRF token, since a mail program has none; the signed link is the proof.
    """
    wait = LINKS.wait(f"ip:{client_address(request)}")
    good = not wait and tokens.read_leaving(token) is not None
    done = good and request.method == "POST" and subscribe.leave(token=token)
    context = {"good": good, "done": done}
    status = 429 if wait else 200 if good else 410
    page = render(request, "public/unsubscribe.html", context, status=status)
    return _secret(with_wait(page, wait))


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


def _secret(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret: no cache, and no path in a referrer.

    Without any referrer browsers send "Origin: null", which no form may come from.
    """
    response["Referrer-Policy"] = "strict-origin"
    return _kept_nowhere(response)
