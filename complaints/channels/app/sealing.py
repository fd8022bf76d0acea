"""Text that must be read again by us and by nobody who copies the database."""

import base64
import hashlib
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

PREFIX = "whsec_"
"""Standard Webhooks: what a shared secret begins with."""


def new_secret() -> str:
    """A fresh secret of a webhook, 32 bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _box() -> MultiFernet:
    """Sealed with ``SECRET_KEY``; opened by the keys before it as well."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str | bytes) -> bytes:
    plain = secret.encode() if isinstance(secret, str) else secret
    digest = hashlib.sha256(b"app_channel.sealing:" + plain).digest()
    return base64.urlsafe_b64encode(digest)


class SealedField(models.TextField):  # type: ignore[type-arg]
    """Plain in Python, sealed in the database; empty where the key is lost."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return _box().encrypt(text.encode()).decode() if text else ""

    def from_db_value(self, value: str, *_about: Any) -> str:
        try:
            return _box().decrypt(value.encode()).decode() if value else ""
        except InvalidToken:
            return ""
