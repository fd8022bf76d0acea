"""What nobody should write where everybody reads: made unreadable before it is kept.

The keys to a wallet go by ``complaints.masking``. On the board addresses, telephone
and identity numbers go as well, and the writer's own account number.
"""

import re

from complaints.masking import MASK, mask
from teams.models import User

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w.])\+\d[\d\s().-]{7,18}\d(?!\w)")
_MOBILE_CN = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY_CN = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![\dA-Za-z])")
_PATTERNS = (_EMAIL, _PHONE, _MOBILE_CN, _IDENTITY_CN)


def public_words(text: str, writer: User | None = None) -> str:
    """``text`` fit for everybody: every secret and private number in it is masked."""
    text = mask(text)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    own = writer.account_id if writer is not None else ""
    return text.replace(own, MASK) if len(own) >= 5 else text
