"""Single sign-on from the exchange: whose account here an exchange account opens.

The verified account id alone links the two, never an e-mail address: whoever can put
somebody's address into an account over there must not get their complaints here.
"""

import logging
from typing import Any, NoReturn

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.signals import (
    social_account_added,
    social_account_removed,
    social_account_updated,
)
from django.conf import settings
from django.db.models import Model
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from requests import RequestException

from complaints.services.person import follow_account
from teams.models import User
from teams.models.user import UserKind
from teams.services import account_holder, name_account, name_tier

log = logging.getLogger(__name__)

PROVIDER_ID = "exchange"
ACCOUNT_ID_LENGTH = 64
CONNECT = AuthProcess.CONNECT


class ExchangeProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """OpenID Connect, strict about whom the answer is for."""

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the customer over; a page in words while nobody answers there."""
        try:
            answer: HttpResponse = super().redirect(request, *args, **kwargs)
        except (RequestException, KeyError) as error:
            answer = render_authentication_error(request, self, exception=error)
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The verified account id. Raises ``ProviderException``.

        Userinfo of another subject than the token's must be thrown away (OpenID
        Connect Core 5.3.2): it would sign somebody in as somebody else.
        """
        token, more = data.get("id_token") or {}, data.get("userinfo") or {}
        if not token.get("sub") or (more and more.get("sub") != token["sub"]):
            raise ProviderException("userinfo and ID token are of different subjects")
        claim = self.app.settings["uid_field"]
        uid = str(token.get(claim) or more.get(claim) or "").strip()
        if not uid or len(uid) > ACCOUNT_ID_LENGTH:
            raise ProviderException(f"claim {claim!r} holds no account id")
        return uid


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Decides what an answer of the exchange opens; see the module's words."""

    def list_apps(
        self,
        request: HttpRequest | None,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """The one provider of the environment; a row in the database adds none."""
        client = settings.EXCHANGE_SIGN_ON
        wanted = (None, PROVIDER_ID, OpenIDConnectProvider.id)
        if client is None or provider not in wanted:
            return []
        if client_id not in (None, client.client_id):
            return []
        app = SocialApp(
            provider=OpenIDConnectProvider.id,
            provider_id=PROVIDER_ID,
            name=client.name or _("the exchange"),
            client_id=client.client_id,
            secret=client.secret,
        )
        app.settings = {
            "server_url": client.server,
            "uid_field": client.claim,
            "oauth_pkce_enabled": True,
        }
        return [app]

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, **kwargs: Any
    ) -> None:
        """Say in the log what the page must not; the customer just tries again."""
        said = str(kwargs.get("exception") or kwargs.get("error"))
        log.warning("Sign-on failed: %s", said[:200])

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> ExchangeProvider:
        app = self.get_app(request, provider=provider, client_id=client_id)
        return ExchangeProvider(request, app=app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link, refuse or let a new account be made, before anything is opened."""
        uid = sociallogin.account.uid
        holder = account_holder(uid)
        if sociallogin.state.get("process") == CONNECT:
            if not _may_connect(request.user, uid, holder):
                _refuse(request, "other")
        elif sociallogin.is_existing:
            if not _is_customer(sociallogin.user):
                _refuse(request, "staff")
        elif holder is not None:
            sociallogin.connect(request, holder)
        else:
            _settle_address(request, sociallogin)

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None
    ) -> User:
        sociallogin.user.language = get_language() or "en"
        user: User = super().save_user(request, sociallogin, form)
        _linked(user, sociallogin.account)
        return user


def _is_customer(user: Any) -> bool:
    """Staff sign in here with what this desk checks itself, never by the exchange."""
    return user.kind == UserKind.CUSTOMER and not (user.is_staff or user.is_superuser)


def _may_connect(user: Any, uid: str, holder: User | None) -> bool:
    """One account over there is one account here, both ways."""
    if not user.is_authenticated or not _is_customer(user):
        return False
    others = SocialAccount.objects.filter(user=user).exclude(uid=uid)
    return holder in (None, user) and not others.exists()


def _settle_address(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """What a new account does with an address that somebody has here already.

    The exchange vouches for it: its owner is told to sign in and link. It does not:
    the address is dropped, and one that can be proved is asked for.
    """
    mine = sociallogin.email_addresses
    taken = EmailAddress.objects.filter(email__in=[a.email.lower() for a in mine])
    if not taken.exists():
        return
    if any(address.verified for address in mine):
        _refuse(request, "address")
    sociallogin.email_addresses = []
    sociallogin.user.email = ""


def _refuse(request: HttpRequest, reason: str) -> NoReturn:
    """Answer with the page that says why. Raises ``ImmediateHttpResponse``."""
    page = render(request, "socialaccount/refused.html", {"reason": reason}, status=403)
    raise ImmediateHttpResponse(page)


def _linked(user: User, account: SocialAccount) -> None:
    name_account(user=user, account_id=account.uid, actor=user)
    name_tier(user=user, tier=tier_in(account.extra_data))
    follow_account(user)


@receiver(social_account_added)
def on_added(sender: type[Model], sociallogin: SocialLogin, **_more: Any) -> None:
    _linked(sociallogin.user, sociallogin.account)


@receiver(social_account_updated)
def on_updated(sender: type[Model], sociallogin: SocialLogin, **_more: Any) -> None:
    """Each sign-on brings the level of the account along, where the exchange says."""
    name_tier(user=sociallogin.user, tier=tier_in(sociallogin.account.extra_data))


def tier_in(said: Any) -> str:
    """The claim ``account_tier`` of what the exchange says of an account."""
    claims = said if isinstance(said, dict) else {}
    for part in (claims, claims.get("userinfo"), claims.get("id_token")):
        if isinstance(part, dict) and isinstance(part.get("account_tier"), str):
            return str(part["account_tier"])
    return ""


@receiver(social_account_removed)
def on_removed(sender: type[Model], socialaccount: SocialAccount, **_more: Any) -> None:
    """The id is nobody's then, or the next sign-on would link by it again."""
    name_account(user=socialaccount.user, account_id="", actor=socialaccount.user)
