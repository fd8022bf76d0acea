"""The notices as an Atom feed, one in each language, that any cache may keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from complaints.public import caching, pages
from complaints.public.mailing import absolute
from complaints.public.models import Area, Kind
from complaints.public.pages import Shown

MOST = 30
KEPT_FOR = 300
"""Seconds that a reader's program may go without asking again."""

if TYPE_CHECKING:
    Base = Feed[Shown, str]
else:
    Base = Feed


class NoticeFeed(Base):
    """The newest notices; the object of the feed is its language."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return str(kwargs["language"])

    def title(self, language: str) -> str:
        return _("Recourse: notices")

    def subtitle(self, language: str) -> str:
        return _("Operating status, risk warnings and security incidents.")

    def link(self, language: str) -> str:
        return absolute(reverse("public:notices"))

    def feed_url(self, language: str) -> str:
        return absolute(reverse("public:feed", kwargs={"language": language}))

    def feed_guid(self, language: str) -> str:
        return self.feed_url(language)

    def items(self, language: str) -> Sequence[Shown]:
        notices = pages.listed(Kind.NOTICE)
        notices.sort(key=lambda version: str(version.effective_from), reverse=True)
        return [pages.shown(version, language) for version in notices[:MOST]]

    def item_title(self, item: Shown) -> str:
        return item.words.title

    def item_description(self, item: Shown) -> str:
        return item.words.summary

    def item_link(self, item: Shown) -> str:
        return absolute(reverse("public:notice", kwargs={"code": item.code}))

    def item_guid(self, item: Shown) -> str:
        """One for each version, so that an update of an incident shows as new."""
        return f"{self.item_link(item)}#{item.version.number}"

    def item_pubdate(self, item: Shown) -> datetime | None:
        return item.version.effective_from

    def item_updateddate(self, item: Shown) -> datetime | None:
        return item.version.effective_from

    def item_categories(self, item: Shown) -> list[str]:
        area = item.version.document.area
        return [str(Area(area).label)] if area else []


_feed = NoticeFeed()


@require_safe
def feed(request: HttpRequest, language: str) -> HttpResponseBase:
    """The feed in ``language``, whatever the browser prefers."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        response: HttpResponse = _feed(request, language=language)
        response["Content-Language"] = language
    response["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    etag = caching.etag_of(response.content)
    response["ETag"] = etag
    known = get_conditional_response(request, etag=etag, response=response)
    return known or response
