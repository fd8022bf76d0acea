"""A case as one file that anybody can check: who asks, what goes in, how it is made."""

from appeals.services.bundles.ask import (
    TooManyBundles,
    ask_bundle,
    forget_old,
    known_bundles,
    may_ask,
    open_bundle,
)
from appeals.services.bundles.make import make_due, make_now

__all__ = [
    "TooManyBundles",
    "ask_bundle",
    "forget_old",
    "known_bundles",
    "make_due",
    "make_now",
    "may_ask",
    "open_bundle",
]
