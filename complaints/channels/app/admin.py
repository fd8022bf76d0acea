"""Superusers' side: which apps may ask customers, and which addresses are called.

Nothing here opens a case: an app gets what its customer gives it, and a call of a
webhook holds ids alone.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.channels.app import calls, connected, events, webhooks
from complaints.channels.app.models import Delivery, Endpoint
from complaints.channels.app.names import EventType
from complaints.channels.app.tokens import READ, WRITE
from complaints.channels.safetext import storable
from complaints.errors import RecourseError
from teams.admin_base import SuperuserOnly

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

SCOPES = "\n".join(("openid", READ, WRITE))
GRANTS = "\n".join(
    (Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN)
)

admin.site.unregister(Token)
admin.site.unregister(Client)


@admin.register(Client)
class ClientAdmin(SuperuserOnly, Base):
    """An app that may ask customers; none is let in without being asked about."""

    list_display = ("name", "client_id", "type", "created_at")
    fields = ("name", "type", "redirect_uris", "client_id")
    readonly_fields = ("client_id",)
    change_form_template = "admin/app_channel/client.html"

    @admin.display(description=gettext_lazy("Client ID"))
    def client_id(self, obj: Client) -> str:
        return str(obj.pk)

    def save_model(
        self, request: HttpRequest, obj: Client, form: Any, change: bool
    ) -> None:
        if not change:
            obj.scopes, obj.grant_types = SCOPES, GRANTS
            secret = get_adapter().generate_client_secret()
            obj.set_secret(secret)
            if obj.type == Client.Type.CONFIDENTIAL:
                words = _("The secret of this app, shown once: %(secret)s")
                messages.warning(request, words % {"secret": secret})
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its tokens and its webhooks go with it, at once."""
        return self.has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path("<str:pk>/end/", view(self.end), name="app_channel_end")
        return [own, *super().get_urls()]

    def end(self, request: HttpRequest, pk: str) -> HttpResponse:
        """POST: whoever let it in has to do so again, and its webhooks stop."""
        app, actor = _posted(request, Client, storable(pk)), request.user
        count = connected.end_for_all(client=app, actor=actor)  # type: ignore[arg-type]
        words = ngettext(
            "The app may do nothing more. %(count)s customer had let it in.",
            "The app may do nothing more. %(count)s customers had let it in.",
            count,
        )
        messages.success(request, words % {"count": count})
        return redirect("admin:allauth_idp_oidc_client_change", pk)


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    events = forms.MultipleChoiceField(
        label=gettext_lazy("events"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(EventType.values),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            calls.check_url(url)
        except calls.Forbidden:
            words = _("Enter an https address that can be reached from outside.")
            raise ValidationError(words, code="url") from None
        return url


@admin.register(Endpoint)
class EndpointAdmin(SuperuserOnly, Base):
    form = EndpointForm
    list_display = ("name", "url", "client", "active", "stopped_for")
    list_select_related = ("client",)
    fields = (
        *("name", "url", "client", "events", "active"),
        *("secret", "old_until", "stopped_for"),
    )
    readonly_fields = ("secret", "old_until", "stopped_for")
    change_form_template = "admin/app_channel/endpoint.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("name", "url", "client", "events")

    def save_model(
        self, request: HttpRequest, obj: Endpoint, form: Any, change: bool
    ) -> None:
        webhooks.prepare(obj)
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/rotate/", view(self.rotate), name="app_channel_rotate"),
            path("<int:pk>/try/", view(self.try_out), name="app_channel_try"),
        ]
        return [*own, *super().get_urls()]

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: a new secret; the one before it signs as well for a day."""
        endpoint = _posted(request, Endpoint, pk)
        webhooks.rotate(endpoint)
        messages.success(request, _("There is a new secret. The old one works a day."))
        return redirect("admin:app_channel_endpoint_change", pk)

    def try_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: call it with an event that means nothing."""
        events.try_out(_posted(request, Endpoint, pk))
        messages.success(request, _("A test is on its way."))
        return redirect("admin:app_channel_delivery_changelist")


@admin.register(Delivery)
class DeliveryAdmin(SuperuserOnly, Base):
    """The calls that are due, were made or were given up; these can be made again."""

    list_display = (
        "subject",
        "recipient_name",
        "status",
        "attempts",
        "due_at",
        "error",
    )
    list_filter = ("status", "subject")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    fields = readonly_fields = (
        "subject",
        "recipient_name",
        "status",
        "attempts",
        "created_at",
        "due_at",
        "sent_at",
        "error",
    )
    change_form_template = "admin/app_channel/delivery.html"
    search_fields: ClassVar[Any] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path("<int:pk>/again/", view(self.again), name="app_channel_again")
        return [own, *super().get_urls()]

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: make a call again, whether it was given up or taken."""
        row = _posted(request, Delivery, pk)
        try:
            webhooks.replay(row, actor=request.user)  # type: ignore[arg-type]
        except RecourseError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It is called again."))
        return redirect("admin:app_channel_delivery_change", pk)


def _posted(request: HttpRequest, model: Any, pk: int | str) -> Any:
    if not request.user.is_superuser or request.method != "POST":
        raise PermissionDenied
    return get_object_or_404(model, pk=pk)
