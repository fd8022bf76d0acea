"""What seems wrong with ids that were typed, in words; it never stops anybody."""

from collections.abc import Callable, Iterable
from functools import partial

from django.utils.translation import gettext as _

from complaints.chains import Doubt, doubt_address, doubt_transaction

Judge = Callable[..., Doubt | None]


def _short(value: str) -> str:
    return value if len(value) <= 14 else f"{value[:6]}…{value[-6:]}"


def _words(doubt: Doubt) -> str:
    """One sentence; the network's name stays as the network writes itself."""
    sentences: dict[str, Callable[[], str]] = {
        "length": lambda: _(
            "This has %(found)d characters; %(network)s IDs have %(right)d."
        ),
        "letters": lambda: _("It holds letters that %(network)s IDs never have."),
        "checksum": lambda: _("A character in this address seems to be mistyped."),
        "shape": lambda: _("This does not look like an address on %(network)s."),
        "network": lambda: _("This looks like %(fits)s, not %(network)s."),
        "address": lambda: _("This is an address, not a transaction ID."),
        "transaction": lambda: _("This is a transaction ID, not an address."),
    }
    facts = {
        "found": doubt.found,
        "right": doubt.right,
        "network": doubt.network,
        "fits": doubt.fits,
    }
    return sentences[doubt.code]() % facts


def _tip(values: Iterable[str], doubt: Callable[[str], Doubt | None]) -> str:
    found = [(value, known) for value in values if (known := doubt(value))]
    if not found:
        return ""
    value, first = found[0]
    said = _("%(id)s: %(words)s") % {"id": _short(value), "words": _words(first)}
    return said + " " + _("Look at both ends once more. You can continue with it.")


def tips(data: dict[str, object]) -> dict[str, str]:
    """Advice by field name, from the cleaned answers about a transaction."""
    network = str(data.get("network") or "")
    judges: dict[str, Judge] = {
        "transactions": doubt_transaction,
        "wallets": doubt_address,
    }
    found = {
        name: _tip(_lines(data, name), partial(judge, network=network))
        for name, judge in judges.items()
    }
    return {name: words for name, words in found.items() if words}


def _lines(data: dict[str, object], name: str) -> tuple[str, ...]:
    value = data.get(name)
    return value if isinstance(value, tuple) else ()
