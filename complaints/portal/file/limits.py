"""Who is signed in, and how often others may begin, send and ask for a link."""

from typing import TYPE_CHECKING

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import ngettext_lazy

from complaints.throttle import Limit, client_address, in_minutes

if TYPE_CHECKING:
    from teams.models import User

FILINGS = Limit("filing", tries=20, seconds=3600)
DRAFTS = Limit("drafts", tries=60, seconds=3600)
LINKS = Limit("draft-links", tries=6, seconds=3600)


def signed_in(request: HttpRequest) -> "User | None":
    return request.user if request.user.is_authenticated else None


def drafts_wait(request: HttpRequest) -> int:
    """Seconds until one more draft may be begun; 0 for whoever is signed in."""
    return 0 if signed_in(request) else DRAFTS.wait(client_address(request))


def filings_wait(request: HttpRequest) -> int:
    """Seconds until one more complaint may be sent; 0 for whoever is signed in."""
    return 0 if signed_in(request) else FILINGS.wait(client_address(request))


def status_of(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


TOO_MANY = ngettext_lazy(
    "Many complaints came from your connection. What you wrote is still here: "
    "send it in %(minutes)d minute, or call us.",
    "Many complaints came from your connection. What you wrote is still here: "
    "send it in %(minutes)d minutes, or call us.",
    "minutes",
)


def wait_words(wait: int) -> str:
    return in_minutes(TOO_MANY, wait)
