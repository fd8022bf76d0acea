"""What seems wrong with ids and amounts that were typed, in words; it stops nobody."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints.chains import Doubt, doubt_address, doubt_transaction
from complaints.portal.fields import reads_two_ways
from complaints.portal.questions import TransactionForm
from complaints.portal.viewer import no_store
from complaints.templatetags.look import amount
from complaints.throttle import Limit, client_address, with_wait

ASKED = Limit("advice", tries=120, seconds=60)

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


def tips(form: Form) -> dict[str, str]:
    """Advice by field name, from the answers of a bound form about a transaction."""
    form.full_clean()
    data = form.cleaned_data
    network = str(data.get("network") or "")
    judges: dict[str, Judge] = {
        "transactions": doubt_transaction,
        "wallets": doubt_address,
    }
    found = {
        name: _tip(_lines(data, name), partial(judge, network=network))
        for name, judge in judges.items()
    }
    found["amount"] = _read_as(form, data.get("amount"))
    return {name: words for name, words in found.items() if words}


def _read_as(form: Form, value: Decimal | None) -> str:
    """How an amount was taken whose one sign can mean two things."""
    typed = str(form.data.get("amount", ""))
    if value is None or not reads_two_ways(typed):
        return ""
    return _("We read this as %(amount)s.") % {"amount": amount(value)}


def _lines(data: dict[str, object], name: str) -> tuple[str, ...]:
    value = data.get(name)
    return value if isinstance(value, tuple) else ()


@require_POST
def advise(request: HttpRequest) -> HttpResponse:
    """Advice on what stands in the fields about a transaction now; nothing is kept.

    Takes any of their names. JSON: ``{"advice": {name: words}}`` without the fields
    there is nothing to say of. 429 with Retry-After beyond 120 a minute.
    """
    wait = ASKED.wait(f"ip:{client_address(request)}")
    said = {} if wait else _said(TransactionForm(request.POST))
    response = JsonResponse({"advice": said}, status=429 if wait else 200)
    return no_store(with_wait(response, wait))


def _said(form: Form) -> dict[str, str]:
    """Advice, and what would have to be put right before one can go on."""
    found = tips(form)
    return found | {name: str(errors[0]) for name, errors in form.errors.items()}
