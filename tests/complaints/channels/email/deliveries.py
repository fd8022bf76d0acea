"""Deliveries of mail providers, in the shapes that their documentation shows."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

HOOK = "/hooks/email/"
SECRET = "desk:a-secret-of-the-hook"
KEY = "key-0123456789abcdef"

Delivery = tuple[bytes, dict[str, str]]
"""Body and headers."""


def basic(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def form(**fields: bytes | str) -> Delivery:
    """multipart/form-data, as Mailgun and SendGrid send it."""
    edge = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
    parts = []
    for name, value in fields.items():
        content = value.encode() if isinstance(value, str) else value
        head = f'Content-Disposition: form-data; name="{name.replace("_", "-")}"'
        parts.append(b"--%s\r\n%s\r\n\r\n%s\r\n" % (edge, head.encode(), content))
    body = b"".join(parts) + b"--" + edge + b"--\r\n"
    return body, {"Content-Type": f"multipart/form-data; boundary={edge.decode()}"}


def _json(what: Any) -> Delivery:
    return json.dumps(what).encode(), {"Content-Type": "application/json", **basic()}


def mailgun(raw: bytes, *, token: str = "t" * 50, at: int | None = None) -> Delivery:
    stamp = str(at or int(time.time()))
    signed = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256)
    fields = {"timestamp": stamp, "token": token, "signature": signed.hexdigest()}
    return form(recipient="complaints@desk.example", body_mime=raw, **fields)


def sendgrid(raw: bytes) -> Delivery:
    envelope = json.dumps({"to": ["complaints@desk.example"], "from": "a@b.example"})
    body, headers = form(email=raw, envelope=envelope, spam_score="0.1")
    return body, headers | basic()


def postmark(raw: bytes) -> Delivery:
    return _json({"RawEmail": raw.decode(), "MessageID": "73e6d360", "Headers": []})


def amazon_ses(raw: bytes) -> Delivery:
    received = {
        "notificationType": "Received",
        "mail": {"timestamp": "2026-11-17T09:30:00.000Z", "messageId": "d6iitobk75ur"},
        "receipt": {"action": {"type": "SNS", "encoding": "BASE64"}},
        "content": base64.b64encode(raw).decode(),
    }
    outer = {"Type": "Notification", "MessageId": "m1", "Message": json.dumps(received)}
    body, headers = _json(outer)
    kinds = {"X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": "m1"}
    return body, headers | kinds


def mandrill(raw: bytes, url: str = "https://desk.example/hooks/email/") -> Delivery:
    event = {"event": "inbound", "ts": 1795599000, "msg": {"raw_msg": raw.decode()}}
    fields = {"mandrill_events": json.dumps([event])}
    signed = url + "".join(name + value for name, value in sorted(fields.items()))
    digest = hmac.new(KEY.encode(), signed.encode(), hashlib.sha1).digest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Mandrill-Signature": base64.b64encode(digest).decode(),
    }
    return urlencode(fields).encode(), headers


def sparkpost(raw: bytes) -> Delivery:
    content = {
        "email_rfc822": base64.b64encode(raw).decode(),
        "email_rfc822_is_base64": True,
    }
    return _json(
        [{"msys": {"relay_message": {"protocol": "smtp", "content": content}}}]
    )


RAW: dict[str, Callable[[bytes], Delivery]] = {
    "amazon_ses": amazon_ses,
    "mailgun": mailgun,
    "mandrill": mandrill,
    "postmark": postmark,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
}
"""The providers that hand the mail over byte for byte."""

HEADERS = {
    "From": "Ann Smith <ann@customers.example>",
    "To": "complaints@desk.example",
    "Subject": "提现不见了",
    "Message-ID": "<1@customers.example>",
    "Date": "Tue, 17 Nov 2026 10:00:00 +0000",
}
TEXT = "我的账户在夜里被转走 1,860 USDT。"
FILE = base64.b64encode(b"%PDF-1.7 proof").decode()


def mailjet_parsed() -> Delivery:
    part = {
        "Headers": {
            "Content-Type": 'application/pdf; name="proof.pdf"',
            "Content-Disposition": 'attachment; filename="proof.pdf"',
        },
        "ContentRef": "Attachment1",
    }
    parsed = {"Headers": HEADERS, "Parts": [part], "Text-part": TEXT}
    return _json({**parsed, "Attachment1": FILE})


def brevo_parsed() -> Delivery:
    item = {"Uuid": ["u1"], "Headers": HEADERS, "RawTextBody": TEXT, "Attachments": []}
    return _json({"items": [item]})


def postmark_parsed() -> Delivery:
    headers = [{"Name": name, "Value": HEADERS[name]} for name in ("Message-ID",)]
    sender = {"Name": "Ann Smith", "Email": "ann@customers.example"}
    file = {"Name": "proof.pdf", "ContentType": "application/pdf", "Content": FILE}
    parsed = {"FromFull": sender, "ToFull": [{"Email": HEADERS["To"]}]}
    said = {"Subject": HEADERS["Subject"], "TextBody": TEXT, "Date": HEADERS["Date"]}
    return _json({**parsed, **said, "Headers": headers, "Attachments": [file]})


def mailgun_parsed(token: str = "t" * 50) -> Delivery:
    stamp = str(int(time.time()))
    signed = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256)
    listed = json.dumps(list(HEADERS.items()))
    fields = {"timestamp": stamp, "token": token, "signature": signed.hexdigest()}
    body, headers = form(message_headers=listed, body_plain=TEXT, **fields)
    edge = headers["Content-Type"].partition("boundary=")[2].encode()
    file = (
        b'--%s\r\nContent-Disposition: form-data; name="attachment-1"; '
        b'filename="proof.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        b"%%PDF-1.7 proof\r\n--%s\r\nContent-Disposition: form-data; "
        b'name="attachment-count"\r\n\r\n1\r\n--%s--\r\n' % (edge, edge, edge)
    )
    return body.removesuffix(b"--" + edge + b"--\r\n") + file, headers


PARSED: dict[str, Callable[[], Delivery]] = {
    "mailgun": mailgun_parsed,
    "mailjet": mailjet_parsed,
    "postmark": postmark_parsed,
}
"""The same mail where a provider takes it apart."""
