"""This desk as an OpenID provider: an app asks its customer, and gets a token.

The authorization code grant with PKCE (RFC 7636, S256) and nothing else; the tokens
are customers' alone. Signing out and changing a password end them, so does the app.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.idp.oidc import app_settings, views
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.forms import AuthorizationForm
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from complaints.channels.app.tokens import READ, WRITE

SCOPES = ("openid", "profile", "email", READ, WRITE)
CODE_LENGTH = 255

View = Callable[..., HttpResponse]


class ProviderAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Our name, our scopes in words, and tokens for this desk alone."""

    scope_display = {
        **DefaultOIDCAdapter.scope_display,
        "openid": _("Know which account is yours"),
        READ: _("Read your complaints, messages and files"),
        WRITE: _("File complaints, write messages and answer for you"),
    }

    def get_issuer(self) -> str:
        return str(settings.SITE_URL)

    def validate_resource_uris(self, *, uris: list[str], **kwargs: Any) -> None:
        """RFC 8707: a token cannot be asked for on behalf of another service."""
        if any(uri.rstrip("/") != settings.SITE_URL for uri in uris):
            raise ValidationError("invalid_target")


def offered(view: View) -> View:
    """404 unless this desk is a provider; 400 for what no client would send."""

    @csrf_exempt  # Each asks for a token of its own where a form is sent.
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.IDP_OIDC_PRIVATE_KEY:
            raise Http404
        try:
            return view(request)
        except ValidationError:
            return JsonResponse({"error": "invalid_target"}, status=400)
        except (ValueError, KeyError):
            # oauthlib says so of queries and bodies that are not form-encoded.
            return JsonResponse({"error": "invalid_request"}, status=400)

    return answer


class ConsentForm(AuthorizationForm):  # type: ignore[misc]
    """In our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].label = _("The app may")


class Consent(views.AuthorizationView):  # type: ignore[misc]
    """Asks the customer whether an app may act for them."""

    form_class = ConsentForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return super().get(request, *args, **kwargs)  # type: ignore[no-any-return]
        if not _is_customer(request.user):
            return _refused(request, "staff", 403)
        if request.GET.get("code_challenge_method") != "S256" or _is_silent(request):
            return _refused(request, "request", 400)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return _may_lead_back(answer, request.GET.get("redirect_uri", ""))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not _is_customer(request.user):
            return _refused(request, "staff", 403)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


def _is_silent(request: HttpRequest) -> bool:
    """Nobody is let in without having been asked."""
    return "none" in request.GET.get("prompt", "").split()


def _is_customer(user: Any) -> bool:
    return not (user.is_staff or user.is_superuser)


def _refused(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    return render(request, "idp/oidc/error.html", {"reason": reason}, status=status)


def _may_lead_back(answer: HttpResponse, uri: str) -> HttpResponse:
    """Let the form of the page end at the app (CSP asks for every hop of a form)."""
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https"):
        source = f"{parts.scheme}://{parts.netloc}"
    else:
        source = f"{parts.scheme}:"
    if answer.status_code == 200 and all(c.isalnum() or c in ".:-+/[]" for c in source):
        answer._csp_update = {"form-action": [source]}  # type: ignore[attr-defined]
    return answer


@require_GET
def configuration(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0: only what is really offered."""
    ways = ("authorization", "token", "revoke", "userinfo", "jwks")
    url = {way: f"{settings.SITE_URL}{reverse(f'idp:oidc:{way}')}" for way in ways}
    return JsonResponse(
        {
            "issuer": settings.SITE_URL,
            "authorization_endpoint": url["authorization"],
            "token_endpoint": url["token"],
            "revocation_endpoint": url["revoke"],
            "userinfo_endpoint": url["userinfo"],
            "jwks_uri": url["jwks"],
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": list(app_settings.AUTH_METHODS),
        }
    )


def token(request: HttpRequest) -> HttpResponse:
    """A code is good for one attempt, whatever comes of it."""
    code = request.POST.get("code", "")
    if code:
        key = f"oidc-code:{code[:CODE_LENGTH]}".encode().hex()[:200]
        if not cache.add(
            key, 1, timeout=2 * app_settings.AUTHORIZATION_CODE_EXPIRES_IN
        ):
            return JsonResponse({"error": "invalid_grant"}, status=400)
    answer: HttpResponse = views.token(request)
    return answer


def revoke(request: HttpRequest) -> HttpResponse:
    """One token ended is the app's access ended: its siblings go with it."""
    found = Token.objects.by_value(request.POST.get("token", "")).first()
    answer: HttpResponse = views.revoke(request)
    if found and not Token.objects.filter(pk=found.pk).exists():
        Token.objects.filter(user=found.user, client=found.client).delete()
    return answer


@receiver([user_logged_out, password_changed, password_reset, password_set])
def forget_tokens(sender: Any, user: Any = None, **_more: Any) -> None:
    """Whoever signs out or changes a password means every app as well."""
    if user is not None:
        Token.objects.filter(user=user).delete()
