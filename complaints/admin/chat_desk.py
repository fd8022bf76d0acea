"""The chat desk: who waits, my conversations, one conversation, and what to do there.

Rows are those of ``Conversation.visible_to``; every act is a service that asks again.
"""

from typing import Any, ClassVar

from csp.constants import SELF
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin import chat_acts, chat_show
from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.channels.chat import desk, presence, seats
from complaints.channels.chat.downloads import as_file, as_picture
from complaints.channels.chat.models import (
    Author,
    ChatFile,
    Conversation,
    Duty,
    answers_chats,
)
from complaints.errors import RecourseError
from complaints.permissions import Viewer


@admin.register(Conversation)
class ConversationAdmin(TeamScopedAdmin):
    PAGES: ClassVar[Any] = (
        ("lists/", "lists_view", "lists"),
        ("duty/", "duty_view", "duty"),
        ("<int:pk>/news/", "news_view", "news"),
        ("<int:pk>/files/<int:number>/", "file_view", "file"),
        ("<int:pk>/files/<int:number>/picture/", "picture_view", "picture"),
        ("<int:pk>/do/<slug:name>/", "do_view", "do"),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and answers_chats(
            viewer_for(request)
        )

    # The lists

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        viewer = self._agent(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        duty = Duty.objects.filter(user=viewer.user).first()
        capacity = duty.capacity if duty else desk.CAPACITY
        context = {
            **self.admin_site.each_context(request),
            **chat_show.lists_for(viewer),
            "title": _("Chat desk"),
            "duty": duty,
            "form": chat_acts.DutyForm(
                initial={"on": bool(duty and duty.on), "capacity": capacity}
            ),
        }
        return TemplateResponse(request, "admin/chat/desk.html", context)

    def lists_view(self, request: HttpRequest) -> HttpResponse:
        """The lists alone; whoever looks at them is at the desk."""
        viewer = self._agent(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        presence.seen(presence.AGENT, viewer.user.pk)
        return render(request, "admin/chat/lists.html", chat_show.lists_for(viewer))

    def duty_view(self, request: HttpRequest) -> HttpResponse:
        """POST: begin or stop taking chats."""
        viewer = self._agent(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = chat_acts.DutyForm(request.POST)
        if form.is_valid():
            desk.set_duty(viewer, **form.cleaned_data)
        else:
            words = [str(e) for errors in form.errors.values() for e in errors]
            messages.error(request, " ".join(words))
        return HttpResponseRedirect(reverse(chat_show.DESK))

    def _agent(self, request: HttpRequest) -> Viewer:
        """Raises 404 for whoever answers no chats."""
        viewer = viewer_for(request)
        if not answers_chats(viewer):
            raise Http404
        return viewer

    # One conversation

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        conversation = self.visible_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        presence.seen(presence.AGENT, viewer_for(request).user.pk)
        return self._page(request, conversation)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("agent", "user", "complaint")

    def _page(
        self,
        request: HttpRequest,
        conversation: Conversation,
        status: int = 200,
        **forms_given: Any,
    ) -> HttpResponse:
        viewer = viewer_for(request)
        context = {
            **self.admin_site.each_context(request),
            **chat_show.talk_for(conversation, viewer),
            **forms_given,
            "title": conversation.who,
        }
        response = TemplateResponse(
            request, "admin/chat/talk.html", context, status=status
        )
        response._csp_update = {"media-src": [SELF]}  # type: ignore[attr-defined]
        return response

    def news_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET ``?after=``: what came since, for a page without a socket."""
        conversation = self.visible_or_404(request, str(pk))
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        presence.seen(presence.AGENT, viewer_for(request).user.pk)
        text = request.GET.get("after", "0")
        after = int(text) if text.isdecimal() and len(text) < 19 else 0
        news = seats.news(conversation, after, side=Author.AGENT, urls=seats.staff_urls)
        return JsonResponse(news)

    def file_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return as_file(self._file(request, pk, number))

    def picture_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        file = self._file(request, pk, number)
        if not file.has_preview:
            raise Http404
        return as_picture(file)

    def _file(self, request: HttpRequest, pk: int, number: int) -> ChatFile:
        conversation = self.visible_or_404(request, str(pk))
        rows = ChatFile.objects.filter(line__conversation=conversation, line=number)
        file = rows.first()
        if file is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return file

    # Acts

    def do_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """POST: one of ``chat_acts.ACTS``, then the page again."""
        conversation = self.visible_or_404(request, str(pk))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if name not in chat_acts.ACTS:
            raise Http404
        viewer = viewer_for(request)
        try:
            refused = chat_acts.ACTS[name](request, conversation, viewer)
        except RecourseError as error:
            return self._refuse(request, conversation, str(error.words), error.status)
        if refused is not None:
            words = " ".join(str(e) for es in refused.errors.values() for e in es)
            return self._refuse(request, conversation, words, 422)
        if _is_script(request):
            return JsonResponse({"code": "ok"})
        seen = Conversation.objects.visible_to(viewer).filter(pk=pk).exists()
        there = reverse(chat_show.TALK, args=[pk]) if seen else reverse(chat_show.DESK)
        return HttpResponseRedirect(there)

    def _refuse(
        self, request: HttpRequest, conversation: Conversation, words: str, status: int
    ) -> HttpResponse:
        if _is_script(request):
            return JsonResponse({"code": "refused", "words": words}, status=status)
        messages.error(request, words)
        conversation.refresh_from_db()
        return self._page(request, conversation, status)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
