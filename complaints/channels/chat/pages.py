"""The two doors to a conversation, and the pages and answers behind them."""

from dataclasses import dataclass
from typing import Any, TypeVar

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from complaints.channels.chat import desk, seats, show, speaker, talk
from complaints.channels.chat.forms import SayForm, StartForm
from complaints.channels.chat.models import Author, Conversation, new_key
from complaints.throttle import client_address

TOKEN_HEADER = "X-Chat-Token"  # noqa: S105 - the name of a header

Answer = TypeVar("Answer", bound=HttpResponseBase)


@dataclass(frozen=True)
class Door:
    """How one of the two pages knows its visitor, and where its addresses are."""

    embedded: bool
    space: str
    page: str
    start: str

    def seat(self, request: HttpRequest) -> seats.CustomerSeat:
        language = get_language() or settings.LANGUAGE_CODE
        if self.embedded:
            given = request.POST.get("token", "")
            token = request.headers.get(TOKEN_HEADER) or given or "-"
            return seats.CustomerSeat(token=token, language=language)
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        return seats.CustomerSeat(cookie=cookie, language=language)

    def find(self, request: HttpRequest) -> Conversation | None:
        if self.embedded:
            return speaker.of_token(self.seat(request).token)
        return speaker.of_session(request.session, request.user)

    def url(self, name: str) -> str:
        return reverse(f"{self.space}:{name}")


PORTAL = Door(False, "chat", "chat/page.html", "chat/begin.html")
EMBED = Door(True, "chat-embed", "chat/frame.html", "chat/frame_begin.html")


def answer(
    request: HttpRequest, door: Door, conversation: Conversation
) -> HttpResponse:
    """After a POST: JSON for a script, the page itself in a frame, else a redirect."""
    if _is_script(request):
        return unkept(JsonResponse({"code": "ok"}))
    if not door.embedded:
        return redirect(door.url("page"))
    conversation.refresh_from_db()
    return page(request, door, conversation)


def refuse(
    request: HttpRequest,
    door: Door,
    conversation: Conversation,
    form: SayForm,
    status: int,
) -> HttpResponse:
    if _is_script(request):
        words = " ".join(str(e) for errors in form.errors.values() for e in errors)
        body = {"code": "refused", "words": words}
        return unkept(JsonResponse(body, status=status))
    return page(request, door, conversation, said=form, status=status)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def page(
    request: HttpRequest,
    door: Door,
    conversation: Conversation | None,
    *,
    said: SayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if conversation is None:
        known = not door.embedded and request.user.is_authenticated
        key = talk.form_key(client_address(request))
        form = StartForm(initial={"key": key}, known=known)
        return begin(request, door, form, status)
    side = Author.CUSTOMER
    lines = show.lines_after(conversation, 0, private=True)
    seat = door.seat(request)
    if door.embedded:
        seat = seats.CustomerSeat(token=speaker.token_of(conversation))
    context = {
        **_places(door),
        "talk": conversation,
        "token": seat.token,
        "lines": show.shown(lines, conversation, side=side, urls=seat.urls),
        "last": lines[-1].pk if lines else 0,
        "state": show.state_of(conversation, side),
        "form": said or SayForm(initial={"key": new_key()}),
    }
    return _sounding(render(request, door.page, context, status=status))


def begin(
    request: HttpRequest, door: Door, form: StartForm, status: int
) -> HttpResponse:
    context = {**_places(door), "form": form, "staffed": desk.is_staffed()}
    return _sounding(render(request, door.start, context, status=status))


def _places(door: Door) -> dict[str, Any]:
    names = ("page", "news", "end", "complain")
    return {
        "embedded": door.embedded,
        "urls": {name: door.url(name) + _query(door) for name in names},
        "socket": "/ws/chat/",
    }


def _query(door: Door) -> str:
    """A frame remembers its language in its addresses alone."""
    return f"?language={get_language()}" if door.embedded else ""


def _sounding(response: HttpResponse) -> HttpResponse:
    """A page on which voice messages are played; nobody on the way keeps it."""
    response._csp_update = {"media-src": [SELF]}  # type: ignore[attr-defined]
    return unkept(response)


def unkept(response: Answer) -> Answer:
    response["Cache-Control"] = "no-store, private"
    return response
