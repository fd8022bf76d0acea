"""Signed links of the subscription: one proves an address, the other ends it."""

from datetime import timedelta

from django.conf import settings
from django.core import signing

from complaints.public.models import Subscriber

JOIN = "public.notices.join"
LEAVE = "public.notices.leave"
JOIN_LIVES = timedelta(hours=48)


def for_joining(email: str, language: str) -> str:
    """Nothing about the address is kept until this comes back."""
    return signing.dumps([email, language], key=settings.SIGNING_KEY, salt=JOIN)


def read_joining(token: str) -> tuple[str, str] | None:
    """Address and language; None for a token forged, cut or too old."""
    try:
        email, language = signing.loads(
            token, key=settings.SIGNING_KEY, salt=JOIN, max_age=JOIN_LIVES
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(email), str(language)


def for_leaving(subscriber: Subscriber) -> str:
    """Works as long as they are subscribed."""
    signer = signing.Signer(key=settings.SIGNING_KEY, salt=LEAVE)
    return signer.sign_object([subscriber.pk, subscriber.email])


def read_leaving(token: str) -> tuple[int, str] | None:
    signer = signing.Signer(key=settings.SIGNING_KEY, salt=LEAVE)
    try:
        pk, email = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(pk), str(email)
