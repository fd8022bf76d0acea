"""The customer's chat: a page of ours, and the same in a frame on other sites.

Everything works by forms and a reload. With scripts the same addresses answer JSON to
whoever asks for it, and a socket says when there is something new.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from complaints.channels.chat import desk, inbound, pages, seats, speaker, talk
from complaints.channels.chat.downloads import as_file, as_picture
from complaints.channels.chat.forms import SayForm, StartForm
from complaints.channels.chat.models import Author, ChatFile, Code, Conversation
from complaints.channels.chat.pages import Door
from complaints.channels.framing import framed
from complaints.errors import InvalidInput, RecourseError
from complaints.throttle import Limit, client_address

STARTS = Limit("chat-start", tries=10, seconds=900)
KEEPS = Limit("chat-keep", tries=10, seconds=900)


# The page -----------------------------------------------------------------------------


def page_view(door: Door) -> Callable[[HttpRequest], HttpResponseBase]:
    """The conversation, or the first question where there is none."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        conversation = door.find(request)
        if request.method != "POST":
            return pages.page(request, door, conversation)
        if request.POST.get("do") == "again":
            return _again(request, door, conversation)
        if door.embedded and request.POST.get("do") == "resume":
            return pages.page(request, door, conversation)
        if conversation is not None and not conversation.is_over:
            return _say(request, door, conversation)
        return _start(request, door)

    return view


def _again(
    request: HttpRequest, door: Door, conversation: Conversation | None
) -> HttpResponse:
    """Away from a conversation that is over, to begin another one."""
    if conversation is not None and not conversation.is_over:
        return pages.page(request, door, conversation)
    if door.embedded:
        return pages.page(request, door, None)
    speaker.forget(request.session)
    return redirect(door.url("page"))


def _start(request: HttpRequest, door: Door) -> HttpResponse:
    user = None if door.embedded or not request.user.is_authenticated else request.user
    form = StartForm(request.POST, request.FILES, known=user is not None)
    if form.is_valid() and STARTS.wait(client_address(request)):
        form.add_error(None, str(talk.TooFast().words))
        return pages.begin(request, door, form, 429)
    if not form.is_valid():
        return pages.begin(request, door, form, 422)
    data = form.cleaned_data
    start = talk.Start(
        language=get_language() or settings.LANGUAGE_CODE,
        name=data.get("name", ""),
        email=data.get("email", ""),
        user=user,
        embedded=door.embedded,
    )
    conversation, is_new = talk.begin_once(start, data["key"], client_address(request))
    if is_new or not _was_said(conversation, data):
        _first_words(conversation, data)
    if not door.embedded:
        speaker.remember(request.session, conversation)
    return pages.answer(request, door, conversation)


def _was_said(conversation: Conversation, data: dict[str, Any]) -> bool:
    """Whether a form that came again brings nothing but what it brought before."""
    first = conversation.lines.filter(author=Author.CUSTOMER).order_by("pk").first()
    return first is None or talk.is_same(first, data["text"])


def _first_words(conversation: Conversation, data: dict[str, Any]) -> None:
    """Said to somebody, or left: while nobody is at the desk it is a complaint."""
    talk.say(
        conversation,
        data["text"],
        author=Author.CUSTOMER,
        user=conversation.user,
        file=data["file"],
        key=data["key"],
    )
    if not desk.is_staffed():
        talk.note(conversation, Code.LEFT)
        inbound.keep(conversation)


def _say(request: HttpRequest, door: Door, conversation: Conversation) -> HttpResponse:
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        return pages.refuse(request, door, conversation, form, 422)
    data = form.cleaned_data
    try:
        talk.say(
            conversation,
            data["text"],
            author=Author.CUSTOMER,
            user=conversation.user,
            file=data["file"],
            key=data["key"],
        )
    except RecourseError as error:
        form.add_error(None, str(error.words))
        return pages.refuse(request, door, conversation, form, error.status)
    return pages.answer(request, door, conversation)


# Acts ---------------------------------------------------------------------------------

Act = Callable[[HttpRequest, Conversation], None]


def act_view(door: Door, act: Act) -> Callable[[HttpRequest], HttpResponseBase]:
    """POST: something done to the conversation, then the page again."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        conversation = door.find(request)
        if conversation is None:
            raise Http404
        try:
            act(request, conversation)
        except RecourseError as error:
            form = SayForm(data={})
            form.errors.clear()
            form.add_error(None, str(error.words))
            return pages.refuse(request, door, conversation, form, error.status)
        return pages.answer(request, door, conversation)

    return view


def end(request: HttpRequest, conversation: Conversation) -> None:
    talk.end(conversation)


def complain(request: HttpRequest, conversation: Conversation) -> None:
    """Keep what was said as a complaint. Raises ``InvalidInput`` or ``TooFast``."""
    if KEEPS.wait(client_address(request)):
        raise talk.TooFast
    taken = inbound.keep(conversation)
    if taken.complaint is None:
        raise InvalidInput(_("A person looks at this first. You hear from us here."))


def news_view(door: Door) -> Callable[[HttpRequest], HttpResponseBase]:
    """GET ``?after=``: what came since, for pages without a socket."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        text = request.GET.get("after", "0")
        after = int(text) if text.isdecimal() and len(text) < 19 else 0
        try:
            return pages.unkept(
                JsonResponse(door.seat(request).look(after, present=True))
            )
        except seats.Shut:
            return pages.unkept(JsonResponse({"code": "no_conversation"}, status=404))

    return view


def file_view(door: Door, picture: bool) -> Callable[..., HttpResponseBase]:
    """A file of the conversation. The widget names it by a ticket of ten minutes,
    since a frame sends nothing else with a link."""

    def view(
        request: HttpRequest, number: int = 0, token: str = ""
    ) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        rows = ChatFile.objects.select_related("line")
        if door.embedded:
            found = rows.filter(line=_of_ticket(token)).first()
        else:
            conversation = door.find(request)
            found = rows.filter(line=number, line__conversation=conversation).first()
        if found is None or (picture and not found.has_preview):
            raise Http404
        return as_picture(found) if picture else as_file(found)

    return view


def _of_ticket(token: str) -> int:
    try:
        key = signing.loads(token, salt=seats.TICKET_SALT, max_age=seats.TICKET_SECONDS)
    except signing.BadSignature:
        return 0
    return int(key)


def in_frame(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the widget: framed, and in the language that the address asks for."""

    @framed
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("language", "")
        if wanted not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with override(wanted):
            return view(request, *args, **kwargs)

    return wrapped
