"""``/hooks/email/``: whoever proves to be our provider hands mail over, once each."""

import json
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from django.test import Client

from complaints.channels.email import hook, providers
from complaints.models import Complaint, Outbox, Party, RawMessage
from tests.complaints.channels.bounds import flat, quick
from tests.complaints.channels.email import deliveries
from tests.complaints.channels.email.deliveries import (
    HOOK,
    KEY,
    PARSED,
    RAW,
    SECRET,
    TEXT,
    Delivery,
    basic,
)
from tests.complaints.channels.email.mails import a_mail, with_files
from tests.complaints.test_concurrency import race

pytestmark = pytest.mark.django_db

ANY = "sendgrid"
MAIL = with_files(("proof.bin", bytes(range(256)).replace(b"\r\n", b"")))


@pytest.fixture
def by(settings: Any) -> Any:
    """``by(name)`` sets the provider up."""
    settings.SITE_URL = "https://desk.example"

    def configure(name: str) -> None:
        settings.MAIL_HOOK_PROVIDER = name
        signs = providers.PROVIDERS[name].signs
        settings.MAIL_HOOK_SECRET = "" if signs else SECRET
        settings.MAIL_HOOK_KEY = KEY

    return configure


def post(delivery: Delivery, **changed: str) -> Any:
    body, headers = delivery
    return Client().post(
        HOOK,
        body,
        content_type=headers["Content-Type"],
        headers={k: v for k, v in {**headers, **changed}.items() if v},
    )


@pytest.mark.parametrize("name", RAW)
def test_mail_is_taken_in_byte_for_byte_and_once(name: str, by: Any) -> None:
    by(name)
    raw = MAIL if name in ("mailgun", "sendgrid", "sparkpost") else a_mail("Où? 钱呢？")
    for _time in range(3):
        assert post(RAW[name](raw)).status_code == 200

    row = RawMessage.objects.get()
    assert (bytes(row.raw), row.outcome) == (raw, "opened")
    assert Complaint.objects.get().channel == "email"


@pytest.mark.parametrize("name", PARSED)
def test_mail_that_was_taken_apart_is_put_together_again(name: str, by: Any) -> None:
    by(name)
    for _time in range(2):
        assert post(PARSED[name]()).status_code == 200

    case = Complaint.objects.get()
    assert (case.subject, case.description) == ("提现不见了", TEXT)
    assert case.customer.email == "ann@customers.example"
    file = case.evidence.get()
    assert (file.original_name, file.size) == ("proof.pdf", 14)
    assert RawMessage.objects.count() == 1


@pytest.mark.parametrize("name", RAW)
def test_unproven_delivery_leaves_no_row(name: str, by: Any) -> None:
    by(name)
    body, headers = RAW[name](a_mail())
    assert post((body, headers)).status_code == 200
    rows = RawMessage.objects.count()
    wrong = {
        "missing": {"Authorization": "", "X-Mandrill-Signature": ""},
        "foreign": {
            **basic("desk:another"),
            "X-Mandrill-Signature": "Zm9yZWlnbg==",
        },
        "blank": {"Authorization": "Basic ", "X-Mandrill-Signature": " "},
    }
    for given in wrong.values():
        spoiled = body.replace(b"signature", b"signal") if name == "mailgun" else body
        answer = post((spoiled, headers), **given)
        wanted = {401, 403} if name == "amazon_ses" else {403}
        assert answer.status_code in wanted, (name, given)
    assert RawMessage.objects.count() == rows


AT_ONCE = [
    *((name, partial(make, a_mail())) for name, make in RAW.items()),
    *(PARSED | {"brevo": deliveries.brevo_parsed}).items(),
]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "make"), AT_ONCE)
def test_d11_the_same_delivery_ten_times_at_once_is_one_mail(
    name: str, make: Callable[[], Delivery], by: Any
) -> None:
    by(name)
    made = make()

    def deliver(_number: int) -> None:
        assert post(made).status_code == 200

    assert race(deliver, 10) == {"won": 10}
    one = (RawMessage, Complaint, Party, Outbox)
    assert [model.objects.count() for model in one] == [1, 1, 1, 1]


def test_d11_every_provider_is_sent_ten_times() -> None:
    assert {name for name, _make in AT_ONCE} == set(providers.PROVIDERS)


def test_t22_signature_is_good_for_its_mail_alone_and_not_for_ever(by: Any) -> None:
    by("mailgun")
    assert post(deliveries.mailgun(a_mail())).status_code == 200
    assert post(deliveries.mailgun(a_mail("Another.", number=2))).status_code == 403
    old = deliveries.mailgun(a_mail(), token="u" * 50, at=int(time.time()) - 50_000)
    assert post(old).status_code == 403

    assert RawMessage.objects.count() == 1


def test_nothing_configured_is_said(settings: Any, by: Any) -> None:
    assert post(RAW[ANY](a_mail())).json() == {"code": "not_configured"}
    by(ANY)
    settings.MAIL_HOOK_SECRET = ""
    assert post(RAW[ANY](a_mail())).status_code == 404
    by("mailgun")
    settings.MAIL_HOOK_KEY = ""
    assert post(RAW["mailgun"](a_mail())).status_code == 404


def test_address_that_asks_mailgun_for_the_raw_mail_is_the_same_hook(by: Any) -> None:
    by("mailgun")
    body, headers = deliveries.mailgun(MAIL)
    answer = Client().post(f"{HOOK}mime", body, content_type=headers["Content-Type"])

    assert (answer.status_code, bytes(RawMessage.objects.get().raw)) == (200, MAIL)


def test_addresses_of_the_hook_answer_as_providers_probe_them(by: Any) -> None:
    by("mandrill")
    assert Client().head(HOOK).status_code == 200
    assert Client().get(HOOK).status_code == 405


def test_delivery_beyond_the_limit_is_refused(
    by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(ANY)
    body, headers = RAW[ANY](a_mail())
    answer = post((body, headers), **{"Content-Length": str(hook.LIMIT + 1)})

    assert (answer.status_code, RawMessage.objects.count()) == (413, 0)


def test_proven_delivery_that_makes_no_sense_waits_for_a_person(by: Any) -> None:
    by("postmark")
    body = json.dumps({"RawEmail": 7}).encode()
    headers = {"Content-Type": "application/json", **basic()}

    assert post((body, headers)).status_code == 200
    row = RawMessage.objects.get()
    assert (bytes(row.raw), row.outcome) == (body, "held")


@pytest.mark.parametrize(("files", "reason"), [(300, "too_many_parts"), (1_100, "")])
def test_mail_taken_apart_into_very_many_parts_loses_none(
    files: int, reason: str, by: Any
) -> None:
    """It was opened without the files beyond the first 250, and nothing said so."""
    by("mailgun")
    body, headers = PARSED["mailgun"]()
    edge = headers["Content-Type"].partition("boundary=")[2].encode()
    name = b'Content-Disposition: form-data; name="attachment-%d"; filename="a%d.txt"'
    more = b"".join(
        b"--%s\r\n%s\r\n\r\nx\r\n" % (edge, name % (at, at)) for at in range(2, files)
    )
    whole = body.replace(b"\r\n1\r\n", b"\r\n%d\r\n" % (files - 1))
    whole = whole.removesuffix(b"--" + edge + b"--\r\n") + more
    assert post((whole + b"--" + edge + b"--\r\n", headers)).status_code == 200

    row = RawMessage.objects.get()
    assert (row.outcome, Complaint.objects.count()) == ("held", 0)
    assert row.reason == reason or not reason
    assert bytes(row.raw).count(b"filename=") >= files - 1


def test_news_of_another_kind_is_malformed(by: Any) -> None:
    by("postmark")
    body = json.dumps({"RecordType": "Delivery"}).encode()

    answer = post((body, {"Content-Type": "application/json", **basic()}))
    assert (answer.status_code, RawMessage.objects.count()) == (400, 0)


def test_t18_only_amazons_own_host_is_asked_to_confirm(
    by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by("amazon_ses")
    asked: list[str] = []

    def ask(url: str, **_given: Any) -> httpx.Response:
        asked.append(url)
        return httpx.Response(200, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", ask)
    right = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    for url in (
        "http://169.254.169.254/latest",
        "https://sns.evil.example/?x=.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "file:///etc/passwd",
        right,
    ):
        said = {"Type": "SubscriptionConfirmation", "MessageId": "m", "TopicArn": "a"}
        kinds = {"X-Amz-Sns-Message-Type": said["Type"], "X-Amz-Sns-Message-Id": "m"}
        body = json.dumps({**said, "SubscribeURL": url}).encode()
        sent = (body, {"Content-Type": "text/plain", **basic(), **kinds})
        assert post(sent).status_code == 200

    assert asked == [right]


def test_brevo_fetches_attachments_from_its_own_host_by_token(
    by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by("brevo")
    asked: list[tuple[str, str]] = []

    def ask(url: str, *, headers: dict[str, str], **_given: Any) -> httpx.Response:
        asked.append((url, headers["api-key"]))
        status = 503 if len(asked) == 1 else 200
        made = httpx.Request("GET", url)
        return httpx.Response(status, content=b"%PDF", request=made)

    monkeypatch.setattr(httpx, "get", ask)
    item = {
        "Uuid": ["u1"],
        "Headers": deliveries.HEADERS,
        "RawTextBody": TEXT,
        "Attachments": [
            {"Name": "a.pdf", "ContentType": "application/pdf", "DownloadToken": "../x"}
        ],
    }
    body = json.dumps({"items": [item]}).encode()
    sent = (body, {"Content-Type": "application/json", **basic()})

    assert post(sent).json() == {"code": "try_again"}
    assert not RawMessage.objects.exists()
    assert post(sent).status_code == 200
    url = "https://api.brevo.com/v3/inbound/attachments/..%2Fx"
    assert asked == [(url, KEY)] * 2
    assert Complaint.objects.get().evidence.get().size == 4


def mutated(delivery: Delivery, chance: random.Random) -> bytes:
    """The body with a few of its bytes changed, cut, doubled or swapped for others."""
    body = bytearray(delivery[0])
    for _time in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        piece = chance.choice(
            [b"", b"\0", b"\xff\xfe", b"null", b"[" * 50, b'"', b"--"]
        )
        body[at : at + chance.choice([0, 1, 20])] = piece
    return bytes(body)


@pytest.mark.parametrize("name", providers.PROVIDERS)
def test_d18_mutated_deliveries_never_fail(name: str, by: Any) -> None:
    fuzz(name, by, 25)


@pytest.mark.drill
@pytest.mark.parametrize("name", providers.PROVIDERS)
def test_d18_ten_thousand_mutated_deliveries_never_fail(name: str, by: Any) -> None:
    fuzz(name, by, 100)
    with flat():
        fuzz(name, by, 10_000 // len(providers.PROVIDERS))


def fuzz(name: str, by: Any, count: int) -> None:
    by(name)
    chance = random.Random(name)
    made = RAW[name](a_mail()) if name in RAW else deliveries.mailjet_parsed()
    for _time in range(count):
        with quick():
            answer = post((mutated(made, chance), made[1]))
        assert answer.status_code in (200, 400, 403), answer.status_code
    counted = RawMessage.objects.exclude(outcome="").count()
    assert counted == RawMessage.objects.count()
