"""Pages and letters about an account hold one language each."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from complaints.models import Outbox
from config.messages import compile_messages
from config.oidc import OidcClient
from tests.config.test_account_pages import GUARDED, OPEN, OWN
from tests.people import PASSWORD, make_user
from tests.test_translations import CHINESE, PO, Reader, english_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_messages()


@pytest.fixture
def owner(settings: Settings) -> Any:
    settings.EXCHANGE_SIGN_ON = OidcClient(
        "http://localhost:1", "recourse", "secret", name="交易所"
    )
    user = make_user("page.owner", first_name="", account_id="40001")
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    SocialAccount.objects.create(user=user, provider="exchange", uid="40001")
    return user


def _pages(owner: Any, language: str) -> dict[str, str]:
    """Every page, signed out and in, as somebody with that language meets it."""
    client = Client()
    client.cookies["django_language"] = language
    found = {path: client.get(path).content.decode() for path in OPEN}
    client.post("/accounts/login/", {"login": "page.owner", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    Authenticator.objects.create(
        user=owner, type="webauthn", data={"name": "1", "credential": {}}
    )
    passkeys = f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get().pk}"
    extra = (f"{passkeys}/edit/", f"{passkeys}/remove/", "/accounts/2fa/totp/activate/")
    for path in extra:
        found[path] = client.get(path).content.decode()
    Authenticator.objects.all().delete()
    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    for path in (*OWN, *GUARDED):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        found[path] = answer.content.decode()
    return found


def test_no_english_on_a_chinese_page(owner: Any) -> None:
    with PO.open("rb") as text:
        catalogue = read_po(text, locale="zh_Hans", abort_invalid=True)

    found = {
        path: words
        for path, page in _pages(owner, "zh-hans").items()
        if (words := english_on(page, catalogue))
    }

    assert found == {}


def test_no_chinese_on_an_english_page(owner: Any, settings: Settings) -> None:
    settings.EXCHANGE_SIGN_ON = OidcClient("http://localhost:1", "r", "s", name="X")
    found = {}
    for path, page in _pages(owner, "en").items():
        reader = Reader()
        reader.feed(re.sub(r'<(\w+)[^>]* lang="zh-hans"[^>]*>.*?</\1>', "", page))
        if words := [said for said in reader.words if CHINESE.search(said)]:
            found[path] = words

    assert found == {}


@pytest.mark.parametrize(("language", "is_chinese"), [("en", False), ("zh-hans", True)])
def test_letters_of_the_account_keep_to_the_language(
    owner: Any, client: Client, language: str, is_chinese: bool
) -> None:
    client.cookies["django_language"] = language
    with override(language):
        for address in (owner.email, "nobody@example.org"):
            client.post("/accounts/password/reset/", {"email": address})
            words = {"password1": "a quiet harbour 7", "password2": "a quiet harbour 7"}
            client.post("/accounts/signup/", {"email": address, **words})
        client.post("/accounts/login/", {"login": "page.owner", "password": PASSWORD})
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/2fa/recovery-codes/generate/")

    letters = list(Outbox.objects.filter(kind="account"))
    assert len(letters) >= 4
    for letter in letters:
        assert "example.com" not in letter.body
        lines = [letter.subject, *letter.body.splitlines()]
        said = [
            line for line in lines if re.search(r"[A-Za-z]{3}|[\u4e00-\u9fff]", line)
        ]
        told = [line for line in said if not re.match(r"\s*http", line)]
        assert [bool(CHINESE.search(line)) for line in told] == [is_chinese] * len(told)
