"""The addresses of the OpenID provider, under the names that allauth knows them by."""

from allauth.idp.oidc import views
from django.urls import URLPattern, path

from config import provider
from config.provider import offered

app_name = "oidc"
BASE = "identity/o/"

urlpatterns: list[URLPattern] = [
    path(
        ".well-known/openid-configuration",
        offered(provider.configuration),
        name="configuration",
    ),
    path(".well-known/jwks.json", offered(views.jwks), name="jwks"),
    path(f"{BASE}authorize", offered(provider.Consent.as_view()), name="authorization"),
    path(f"{BASE}api/token", offered(provider.token), name="token"),
    path(f"{BASE}api/revoke", offered(provider.revoke), name="revoke"),
    path(f"{BASE}api/userinfo", offered(views.user_info), name="userinfo"),
]
