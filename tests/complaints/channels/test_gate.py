"""A stranger's delivery is refused by its headers; its body is never read.

Through the ASGI application that servers run, where Django keeps a body first.
"""

from typing import Any

import pytest
from django.db import connections

from complaints.channels.email.hook import LIMIT
from complaints.channels.email.providers import MAILGUN_LARGEST
from complaints.channels.webhook import BODY_LIMIT
from complaints.models import RawMessage
from tests import asgi
from tests.asgi import Line
from tests.complaints.channels.email import deliveries
from tests.complaints.channels.email.deliveries import SECRET, Delivery, basic
from tests.complaints.channels.email.mails import a_mail
from tests.complaints.channels.test_signatures import PROVIDERS, Provider, provider

__all__ = ["provider"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_line_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request has a thread of its own here; none keeps its connection."""
    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)


PARTS = 8
"""A body comes in so many parts; how many were asked for is counted."""


def asked(path: str, body: bytes, **headers: str) -> Line:
    size = -(-len(body) // PARTS) or 1
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return asgi.asked(path, parts, named)


def mail(settings: Any, name: str, delivery: Delivery, **changed: str) -> Line:
    settings.MAIL_HOOK_PROVIDER, settings.MAIL_HOOK_KEY = name, deliveries.KEY
    settings.MAIL_HOOK_SECRET = "" if name in ("mailgun", "mandrill") else SECRET
    settings.SITE_URL = "https://desk.example"
    body, headers = delivery
    given = {**headers, "Content-Length": str(len(body)), **changed}
    return asked("/hooks/email/", body, **{k: v for k, v in given.items() if v})


# What is proven by a header -----------------------------------------------------------


@pytest.mark.parametrize("shown", ["", "Basic ", "Basic eDp5", "Bearer x", "é"])
def test_mail_without_the_password_is_never_read(settings: Any, shown: str) -> None:
    line = mail(
        settings, "sendgrid", deliveries.sendgrid(a_mail()), Authorization=shown
    )

    assert (line.status, line.read) == (403, 0)
    assert not RawMessage.objects.exists()


def test_mail_with_the_password_is_read_to_its_end(settings: Any) -> None:
    line = mail(settings, "sendgrid", deliveries.sendgrid(a_mail()))

    assert (line.status, line.read) == (200, PARTS)
    assert RawMessage.objects.count() == 1


def test_amazon_is_asked_for_its_password_on_a_line_that_stays(settings: Any) -> None:
    line = mail(
        settings, "amazon_ses", deliveries.amazon_ses(a_mail()), Authorization=""
    )

    assert (line.status, line.read, line.cut) == (401, 0, False)


@pytest.mark.parametrize("said", [str(BODY_LIMIT + 1), "", "x"])
def test_what_is_long_or_says_nothing_is_cut_off(settings: Any, said: str) -> None:
    wrong = basic("desk:guessed") | {"Content-Length": said}
    line = mail(settings, "sendgrid", deliveries.sendgrid(a_mail()), **wrong)

    assert (line.status, line.read, line.cut) == (403, 0, True)


def test_nothing_is_read_of_what_is_not_set_up() -> None:
    for path in ("email/", "email/mime", *(one.path[7:] for one in PROVIDERS.values())):
        line = asked(f"/hooks/{path}", b"x" * 100, content_length="100")
        assert (line.status, line.read) == (404, 0), path


@pytest.mark.parametrize("shown", ["", "-", "guessed"])
def test_telegrams_secret_comes_before_the_body(settings: Any, shown: str) -> None:
    telegram = PROVIDERS["telegram"]
    for name, value in telegram.settings.items():
        setattr(settings, name, value)
    line = asked(telegram.path, telegram.body, **{telegram.header: shown})

    assert (line.status, line.read) == (403, 0)


# What is signed over its body ---------------------------------------------------------


def test_nothing_is_read_of_what_brings_no_signature(provider: Provider) -> None:
    line = asked(provider.path, provider.body)
    assert (line.status, line.read) == (403, 0)

    proof = {provider.header: provider.sign(provider.body, provider.key)}
    kind = {"Content-Type": provider.kind}
    assert asked(provider.path, provider.body, **proof, **kind).status == 200


def test_no_more_is_read_than_a_provider_sends(provider: Provider) -> None:
    """Half of it is beyond the limit, and it does not say so."""
    body = b"x" * (2 * BODY_LIMIT)
    proof = {provider.header: provider.sign(provider.body, provider.key)}

    line = asked(provider.path, body, **proof)
    assert (line.status, line.read) == (413, PARTS // 2 + 1)
    line = asked(provider.path, body, **proof, content_length=str(len(body)))
    assert (line.status, line.read) == (413, 0)
    assert not RawMessage.objects.exists()


def test_mailgun_proves_itself_in_a_body_no_larger_than_it_sends(settings: Any) -> None:
    made = deliveries.mailgun(a_mail())
    beyond = {"Content-Length": str(MAILGUN_LARGEST + 1)}
    line = mail(settings, "mailgun", made, **beyond)

    assert (line.status, line.read) == (413, 0)
    assert MAILGUN_LARGEST < LIMIT
    assert mail(settings, "mailgun", made).status == 200


def test_mandrill_without_its_header_is_not_read(settings: Any) -> None:
    made = deliveries.mandrill(a_mail())
    line = mail(settings, "mandrill", made, **{"X-Mandrill-Signature": ""})

    assert (line.status, line.read) == (403, 0)
    assert mail(settings, "mandrill", made).status == 200


def test_a_password_is_asked_of_a_provider_that_signs_where_one_is_set(
    settings: Any,
) -> None:
    made = deliveries.mailgun(a_mail())
    assert mail(settings, "mailgun", made).status == 200
    settings.MAIL_HOOK_SECRET = SECRET
    line = asked("/hooks/email/", made[0], **made[1])
    assert (line.status, line.read) == (403, 0)
    assert asked("/hooks/email/", made[0], **made[1], **basic()).status == 200


# Everything else ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/none/", "/hooks/email/x", "/x"])
def test_other_addresses_are_pages_as_before(path: str) -> None:
    line = asked(path, b"x" * 80, content_length="80")
    assert (line.status, line.read) == (404, PARTS)
