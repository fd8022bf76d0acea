"""Many held messages decided with one press, from their list."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.channels import hold_many
from complaints.channels.hold_many import MOST, Sums
from complaints.channels.safetext import storable
from complaints.models import RawMessage
from complaints.permissions import Viewer


def decide_many(
    request: HttpRequest, rows: QuerySet[RawMessage], name: str, viewer: Viewer
) -> None:
    """Accept or drop those of ``rows`` that are marked, and say what became of them.

    Raises ``NotPermitted``.
    """
    keys = keys_of(request.POST.getlist("raw"))
    reason = storable(request.POST.get("reason", ""))
    if not keys or len(keys) > MOST:
        words = _("Mark between one and %(most)s messages.") % {"most": MOST}
        messages.warning(request, words)
    elif name == "drop" and not reason.strip():
        messages.warning(request, _("Nothing is dropped yet: say why nothing is done."))
    else:
        marked = list(rows.filter(pk__in=keys).order_by("received_at", "pk"))
        sums = (
            hold_many.accept(marked, actor=viewer)
            if name == "accept"
            else hold_many.drop(marked, reason[:2_000], actor=viewer)
        )
        sums.gone += len(keys) - len(marked)
        _tell(request, name, sums)


def keys_of(texts: Sequence[str]) -> set[int]:
    """The numbers among what was posted, of as many as are looked at."""
    return {
        int(text)
        for text in texts[: 2 * MOST]
        if text.isascii() and text.isdecimal() and len(text) < 19
    }


def _tell(request: HttpRequest, name: str, sums: Sums) -> None:
    if sums.done:
        messages.success(request, _done(name, sums.done))
    if sums.gone:
        words = ngettext(
            "%(n)s message was decided by somebody else meanwhile.",
            "%(n)s messages were decided by somebody else meanwhile.",
            sums.gone,
        )
        messages.info(request, words % {"n": sums.gone})
    if sums.failed:
        words = ngettext(
            "%(n)s message could not be taken and waits as before: open it by itself.",
            "%(n)s messages could not be taken and wait as before: open them singly.",
            sums.failed,
        )
        messages.warning(request, words % {"n": sums.failed})


def _done(name: str, number: int) -> str:
    if name == "accept":
        words = ngettext(
            "%(n)s complaint is opened.", "%(n)s complaints are opened.", number
        )
    else:
        words = ngettext(
            "%(n)s message is dropped, with your reason on the ledger.",
            "%(n)s messages are dropped, with your reason on the ledger.",
            number,
        )
    return words % {"n": number}
