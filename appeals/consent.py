"""What a customer agrees to who takes a case outside (ISO 10003, 4.6).

The words have a version: the row, the ledger and the page name the same one. Whoever
changes a word here gives it the next version.
"""

import hashlib

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERSION = "2026.1"

WORDS: tuple[Promise, ...] = (
    _(
        "Taking part is voluntary. You lose no service, no account and no other way "
        "outside if you do not, and nothing in our terms obliges you to."
    ),
    _(
        "What the body may read: the file of your case that both sides may read, with "
        "your name and what you sent us. Our internal notes are not in it."
    ),
    _(
        "An arbitrator is nobody of ours: the register names them, they declare their "
        "conflicts of interest, and the one with the fewest cases is appointed."
    ),
    _(
        "An award of an arbitrator binds us. Whether it binds you is for the law of "
        "your country; a consumer keeps the way to a court wherever that law says so."
    ),
    _("You can end your part at any time before the award is made, without a reason."),
)


def said() -> list[str]:
    """The words in the language in force."""
    return [str(words) for words in WORDS]


def digest() -> str:
    """SHA-256 over the words as they are said in the language in force."""
    return hashlib.sha256("\n".join(said()).encode()).hexdigest()
