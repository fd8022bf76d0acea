"""Our signature under what goes out of the house: Ed25519 (RFC 8032).

The private key is derived from ``SIGNING_KEY`` and stands nowhere. Whoever checks needs
the public key alone, which the figures page publishes; what is signed keeps the public
key beside it, so that it can be checked after ``SIGNING_KEY`` was changed.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"recourse ed25519 1"
ALGORITHM = "Ed25519"


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The public key in use, 32 bytes in hex."""
    return _private(settings.SIGNING_KEY).public_key().public_bytes_raw().hex()


def sign(content: bytes) -> str:
    """The signature of ``content``, 64 bytes in hex. What is signed names its own
    format, so that none can be taken for another."""
    return _private(settings.SIGNING_KEY).sign(content).hex()


def is_signed(content: bytes, signature: str, key: str) -> bool:
    """Whether ``signature`` of ``content`` was made with the public ``key``."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
