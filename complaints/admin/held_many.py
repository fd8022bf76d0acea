"""Many held messages decided with one press, from their list."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from complaints.admin.keys import keys_of
from complaints.channels import hold_many
from complaints.channels.hold_many import MOST, Sums
from complaints.channels.safetext import storable
from complaints.models import RawMessage
from complaints.permissions import Viewer

DONE = {
    "accept": ngettext_lazy(
        "%(n)s complaint is opened.", "%(n)s complaints are opened.", "n"
    ),
    "drop": ngettext_lazy(
        "%(n)s message is dropped, with your reason on the ledger.",
        "%(n)s messages are dropped, with your reason on the ledger.",
        "n",
    ),
}
GONE = ngettext_lazy(
    "%(n)s message was decided by somebody else meanwhile.",
    "%(n)s messages were decided by somebody else meanwhile.",
    "n",
)
FAILED = ngettext_lazy(
    "%(n)s message could not be taken and waits as before: open it by itself.",
    "%(n)s messages could not be taken and wait as before: open them singly.",
    "n",
)


def decide_many(
    request: HttpRequest, rows: QuerySet[RawMessage], name: str, viewer: Viewer
) -> None:
    """Accept or drop those of ``rows`` that are marked, and say what became of them.

    Raises ``NotPermitted``.
    """
    keys = keys_of(request.POST.getlist("raw")[: 2 * MOST])
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


def _tell(request: HttpRequest, name: str, sums: Sums) -> None:
    said = (
        (messages.SUCCESS, DONE[name], sums.done),
        (messages.INFO, GONE, sums.gone),
        (messages.WARNING, FAILED, sums.failed),
    )
    for level, words, number in said:
        if number:
            messages.add_message(request, level, words % {"n": number})
