"""Every public page there is, for tests that walk them all."""

from django.conf import settings
from django.test import Client
from django.urls import reverse

from complaints.public import demo, pages
from complaints.public.models import Document, Kind
from complaints.public.urls import urlpatterns

FIXED = frozenset(
    {
        *("feed", "roots", "suggest", "vote"),
        *("subscribe", "subscribe-confirm", "unsubscribe"),
    }
)
"""Routes that give no page by themselves; they have tests of their own."""

PLAIN = tuple(
    reverse(f"public:{route.name}")
    for route in urlpatterns
    if route.name not in FIXED and "<" not in str(route.pattern)
)

__all__ = ["PLAIN", "addresses", "browser_in", "demo"]


def addresses() -> list[str]:
    """Of every page: those of the table of addresses, and of each document."""
    found = [
        *PLAIN,
        "/learn/?q=xyzzy",
        "/notices/subscribe/x/",
        "/notices/unsubscribe/x/",
    ]
    for kind, name in ((Kind.NOTICE, "notice"), (Kind.ARTICLE, "article")):
        for version in pages.listed(kind):
            found.append(reverse(f"public:{name}", args=[version.document.code]))
    for code in Document.objects.values_list("code", flat=True):
        found.append(reverse("public:versions", args=[code]))
        found.append(reverse("public:version", args=[code, 1]))
    return found


def browser_in(language: str) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client
