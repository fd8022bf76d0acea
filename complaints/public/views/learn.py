"""Education: articles, search, helpful or not, and suggestions while somebody files."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from complaints.public import pages, votes
from complaints.public.caching import revalidated
from complaints.public.models import Document, Kind, Version
from complaints.public.search import LONGEST, Found, search, suggest
from complaints.public.views.pages import page_context
from complaints.throttle import Limit, client_address, with_wait

CHAPTERS = (
    gettext_lazy("If something has just happened"),
    gettext_lazy("Deposits and withdrawals"),
    gettext_lazy("Trading and fees"),
    gettext_lazy("Complaints"),
)
"""By the hundreds of an article's position."""

ASKED = 200
"""Characters of a search that are read."""

VOTES = Limit("vote", tries=30, seconds=900)
SUGGESTIONS = Limit("suggest", tries=120, seconds=60)


@require_safe
@revalidated
def learn(request: HttpRequest) -> HttpResponse:
    """All articles, or those that answer ``?q=``."""
    asked = request.GET.get("q", "")[:ASKED].strip()
    found = search(asked, get_language() or "en") if asked else []
    context = {
        "asked": asked,
        "found": found,
        "groups": [] if found else _groups(pages.listed(Kind.ARTICLE)),
    }
    return render(request, "public/learn.html", context)


def _groups(versions: list[Version]) -> list[tuple[str, list[pages.Shown]]]:
    """Articles by chapter, in the order of both."""
    grouped: dict[int, list[pages.Shown]] = {}
    for version in versions:
        chapter = min(version.document.position // 100, len(CHAPTERS) - 1)
        grouped.setdefault(chapter, []).append(pages.shown(version))
    return [(str(CHAPTERS[chapter]), rows) for chapter, rows in grouped.items()]


@require_safe
@revalidated
def article(request: HttpRequest, code: str) -> HttpResponse:
    version = pages.current(code, Kind.ARTICLE)
    if version is None:
        raise Http404
    context = page_context(version)
    context["mine"] = votes.given(version.document, request.session)
    context["others"] = _others(version)
    return render(request, "public/article.html", context)


def _others(version: Version) -> list[Found]:
    """What comes next to it: articles that its own title finds."""
    words = version.words()
    near = suggest(f"{words.title} {words.keywords}", words.language, limit=4)
    return [one for one in near if one.code != version.document.code][:3]


@require_POST
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """``helpful`` is "yes" or "no"; a second vote takes the place of the first."""
    document = get_object_or_404(Document, code=code, kind=Kind.ARTICLE)
    said = request.POST.get("helpful", "")
    if said in ("yes", "no") and not VOTES.wait(f"ip:{client_address(request)}"):
        voter = votes.voter_of(request.session)
        votes.vote(document=document, voter=voter, helpful=said == "yes")
    return redirect(f"{reverse('public:article', kwargs={'code': code})}#helpful")


@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: HttpRequest) -> HttpResponse:
    """Articles for what somebody types, as JSON, or as HTML with ``as=html``.

    ``q`` comes in the query, or by POST where it is the text of a complaint and must
    stand in no log. JSON: ``{"suggestions": [{"title", "summary", "url"}]}``, at most
    three, none when nothing fits well. 429 with Retry-After beyond 120 a minute.
    """
    wait = SUGGESTIONS.wait(f"ip:{client_address(request)}")
    sent = request.POST if request.method == "POST" else request.GET
    text = sent.get("q", "")[:LONGEST]
    found = [] if wait else suggest(text, get_language() or "en")
    response = _drawn(request, found, sent.get("as") == "html", 429 if wait else 200)
    response["Cache-Control"] = "no-store, private"
    return with_wait(response, wait)


def _drawn(
    request: HttpRequest, found: list[Found], as_html: bool, status: int
) -> HttpResponse:
    if as_html:
        context = {"found": found}
        return render(request, "partials/suggestions.html", context, status=status)
    rows = [{n: getattr(one, n) for n in ("title", "summary", "url")} for one in found]
    return JsonResponse({"suggestions": rows}, status=status)
