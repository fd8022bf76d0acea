"""What agents do at the chat desk, each by its form and its service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.channels.chat import desk, inbound
from complaints.channels.chat.forms import SayForm
from complaints.channels.chat.models import Conversation
from complaints.permissions import Viewer
from teams.models import User


class DutyForm(forms.Form):
    on = forms.BooleanField(label=gettext_lazy("I take chats"), required=False)
    capacity = forms.IntegerField(
        label=gettext_lazy("At a time"), min_value=1, max_value=desk.MOST_CAPACITY
    )


class JoinForm(forms.Form):
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=40)


class HandForm(forms.Form):
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), label=gettext_lazy("To a colleague who is there")
    )

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=[user.pk for user in colleagues])
        field.label_from_instance = lambda user: user.get_full_name() or user.username


Act = Callable[[HttpRequest, Conversation, Viewer], forms.Form | None]
"""None where it is done, else the form that was refused."""


def _say(
    request: HttpRequest, conversation: Conversation, viewer: Viewer
) -> forms.Form | None:
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        return form
    data = form.cleaned_data
    desk.answer(conversation, viewer, data["text"], file=data["file"], key=data["key"])
    return None


def _take(request: HttpRequest, conversation: Conversation, viewer: Viewer) -> None:
    desk.take(conversation, viewer)


def _end(request: HttpRequest, conversation: Conversation, viewer: Viewer) -> None:
    desk.end(conversation, viewer)


def _back(request: HttpRequest, conversation: Conversation, viewer: Viewer) -> None:
    desk.put_back(conversation, viewer)


def _hand(
    request: HttpRequest, conversation: Conversation, viewer: Viewer
) -> forms.Form | None:
    there = desk.colleagues(conversation, viewer)
    form = HandForm(request.POST, colleagues=there)
    if not form.is_valid():
        return form
    desk.hand_over(conversation, viewer, form.cleaned_data["to"])
    return None


def _keep(request: HttpRequest, conversation: Conversation, viewer: Viewer) -> None:
    _tell(request, inbound.keep(conversation, agent=viewer))


def _join(
    request: HttpRequest, conversation: Conversation, viewer: Viewer
) -> forms.Form | None:
    form = JoinForm(request.POST)
    if not form.is_valid():
        return form
    reference = form.cleaned_data["reference"]
    _tell(request, inbound.keep(conversation, join=reference, agent=viewer))
    return None


def _tell(request: HttpRequest, taken: Any) -> None:
    if taken.complaint is None:
        messages.warning(request, _("It waits among the held messages."))
        return
    words = _("The conversation is kept as %(case)s.")
    messages.success(request, words % {"case": taken.complaint.reference})


ACTS: dict[str, Act] = {
    "say": _say,
    "take": _take,
    "end": _end,
    "back": _back,
    "hand": _hand,
    "keep": _keep,
    "join": _join,
}
