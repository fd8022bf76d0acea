"""Every address. Each door keeps its own list; this page only says where it hangs."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from complaints.admin.front import front, with_rail
from config import health

# The admin has no sign-in page of its own: it would know no second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.index_title = _("What is set up")
admin.site.each_context = with_rail(admin.site)  # type: ignore[method-assign]
admin.site.index = front(admin.site.index)  # type: ignore[method-assign]


def door(route: str, module: str) -> list[URLPattern | URLResolver]:
    """The addresses of ``module`` under ``route``; none when it is not installed."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    return [path(route, include(module))] if found else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include(([path("", include("config.provider_urls"))], "idp"))),
    path("i18n/", include("django.conf.urls.i18n")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema"),
        name="api-docs",
    ),
    *door("api/v1/", "complaints.api.urls"),
    *door("api/v1/", "appeals.api.urls"),
    *door("hooks/", "complaints.channels.hooks"),
    *door("compliance/", "complaints.compliance.urls"),
    *door("chat/", "complaints.channels.chat.urls"),
    *door("embed/feedback/", "complaints.channels.app.urls"),
    *door("embed/chat/", "complaints.channels.chat.embed_urls"),
    *door("community/", "complaints.channels.forum.urls"),
    *door("", "complaints.public.urls"),
    *door("", "appeals.arbitration.urls"),
    *door("", "appeals.portal.urls"),
    *door("", "complaints.portal.urls"),
]
if settings.DEBUG:
    urlpatterns += door("dev/", "complaints.portal.dev_urls")

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
