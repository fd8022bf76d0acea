"""Mail providers that post what they receive: how each signs, where its raw mail is.

Signatures and forms are django-anymail's; here stands only what it leaves to others:
the mail byte for byte, limits for what is fetched, and freshness.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.utils.dateparse import parse_datetime

from complaints.channels.email.posted import Posted

TIMEOUT = httpx.Timeout(15, connect=5)
MAILGUN_LARGEST = 25_000_000 * 3 // 2
"""A mail of Mailgun's largest size, and half as much again for the form around it.
"Mailgun supports maximum messages size of 25MB."
Source: https://documentation.mailgun.com/en/latest/api-sending.html"""

_SNS = re.compile(r"sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a delivery; ``token`` is what was signed instead of the mail."""

    raw: bytes
    received_at: datetime | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """key: the name of the view's argument that ``MAIL_HOOK_KEY`` is; signs: whether
    that key proves a delivery, so that no further secret is needed; raw: the mails byte
    for byte, none where the provider was not asked for them; header: where the
    signature stands; largest: bytes of a delivery, where it is proven by its body."""

    view: type[AnymailBaseWebhookView]
    raw: Callable[[Posted], list[Mail]]
    key: str = ""
    signs: bool = False
    header: str = ""
    largest: int = 0


# Views --------------------------------------------------------------------------------


class Brevo(BrevoInboundWebhookView):  # type: ignore[misc]
    """Fetches attachments from Brevo's own host, by their token, in bounded time."""

    def _fetch_attachment(self, attachment: dict[str, Any]) -> Any:
        token = quote(str(attachment["DownloadToken"]), safe="")
        url = urljoin(self.api_url, f"inbound/attachments/{token}")
        answer = httpx.get(url, headers={"api-key": self.api_key}, timeout=TIMEOUT)
        answer.raise_for_status()
        return AnymailInboundMessage.construct_attachment(
            content_type=attachment.get("ContentType") or "application/octet-stream",
            content=answer.content,
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


class AmazonSES(AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Confirms a subscription without Amazon's own library, which it never needs: the
    mail itself stands in the notice (the rule's action is SNS)."""

    auto_confirm_enabled = True

    def __init__(self, **given: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **given)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        url = str(sns_message.get("SubscribeURL", ""))
        parts = urlsplit(url)
        if parts.scheme == "https" and _SNS.fullmatch(parts.hostname or ""):
            httpx.get(url, timeout=TIMEOUT).raise_for_status()


class SendGrid(SendGridInboundWebhookView):  # type: ignore[misc]
    def __init__(self, **given: Any) -> None:
        # Past its own, which only warns that nobody tests it against SendGrid any more.
        AnymailBaseWebhookView.__init__(self, **given)


# Raw mails ----------------------------------------------------------------------------


def _mailgun(posted: Posted) -> list[Mail]:
    raw, token = posted.raw_fields.get("body-mime"), posted.POST.get("token", "")
    at = _moment(posted.POST.get("timestamp"))
    return [Mail(raw, at, str(token))] if raw else []


def _sendgrid(posted: Posted) -> list[Mail]:
    raw = posted.raw_fields.get("email")
    return [Mail(raw)] if raw else []


def _postmark(posted: Posted) -> list[Mail]:
    raw = posted.json.get("RawEmail")
    return [Mail(_bytes(raw))] if raw else []


def _amazon_ses(posted: Posted) -> list[Mail]:
    if posted.json.get("Type") != "Notification":
        return []
    event = json.loads(posted.json["Message"])
    content, action = event.get("content"), event["receipt"].get("action", {})
    if not content:
        return []
    raw = b64decode(content) if action.get("encoding") == "BASE64" else _bytes(content)
    return [Mail(raw, parse_datetime(str(event["mail"].get("timestamp"))))]


def _mandrill(posted: Posted) -> list[Mail]:
    return [
        Mail(_bytes(event["msg"]["raw_msg"]), _moment(event.get("ts")))
        for event in json.loads(posted.POST["mandrill_events"])
        if event.get("event") == "inbound"
    ]


def _sparkpost(posted: Posted) -> list[Mail]:
    relayed = (event.get("msys", {}).get("relay_message") for event in posted.json)
    contents = [message["content"] for message in relayed if message]
    return [
        Mail(
            b64decode(one["email_rfc822"])
            if one.get("email_rfc822_is_base64")
            else _bytes(one["email_rfc822"])
        )
        for one in contents
    ]


def _none(posted: Posted) -> list[Mail]:
    return []


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


PROVIDERS: dict[str, Provider] = {
    "amazon_ses": Provider(AmazonSES, _amazon_ses),
    "brevo": Provider(Brevo, _none, key="api_key"),
    "mailgun": Provider(
        MailgunInboundWebhookView,
        _mailgun,
        key="webhook_signing_key",
        signs=True,
        largest=MAILGUN_LARGEST,
    ),
    "mailjet": Provider(MailjetInboundWebhookView, _none),
    "mandrill": Provider(
        MandrillCombinedWebhookView,
        _mandrill,
        key="webhook_key",
        signs=True,
        header="X-Mandrill-Signature",
        # No bytes are published: 1,000 events a delivery, each with its mail.
        # Source: https://mailchimp.com/developer/transactional/docs/webhooks/
    ),
    "postmark": Provider(PostmarkInboundWebhookView, _postmark),
    "sendgrid": Provider(SendGrid, _sendgrid),
    "sparkpost": Provider(SparkPostInboundWebhookView, _sparkpost),
}


def rebuilt(message: AnymailInboundMessage) -> bytes:
    """The mail from the parts that a provider took it apart into.

    The same parts give the same bytes, so that a delivery that is repeated is known.
    """
    said = f"{message['message-id']}\n{message['from']}\n{message['subject']}"
    stem = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"={stem}-{number}=")
    return bytes(message.as_bytes())
