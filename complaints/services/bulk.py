"""One act on many cases: each in its own transaction, each with its own answer.

No rule stands here: an item goes through the same door as if it were done alone.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput, NotPermitted, NotVisible, RecourseError
from complaints.models import BulkRun, Complaint
from complaints.permissions import Viewer, as_viewer, leads
from complaints.services.tags import add_tag, may_tag
from complaints.states import WORKING_STATES
from complaints.transitions import Words
from complaints.workflow import perform, stands_in_way

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

MOST = 100
"""Cases of one run."""

RUN_LIVES = timedelta(days=1)
"""How long the answers can be read again."""

ASSIGN, REROUTE, TAG, MERGE = "assign", "reroute", "tag", "merge"
DONE, SAME, REFUSED = "done", "same", "refused"
"""What became of an item; empty while it was not reached."""

Given = Mapping[str, Any]
Way = Callable[[Complaint, Viewer], RecourseError | None]


@dataclass(frozen=True)
class Act:
    """``way`` is what stands in the way before anything is filled in, or None;
    ``run`` does it and says whether anything changed."""

    label: Words
    way: Way
    run: Callable[[Complaint, Viewer, int, Given], bool]


def _assignable(case: Complaint, viewer: Viewer) -> RecourseError | None:
    """Leads give a case to anybody of the team; others take it themselves."""
    return stands_in_way(case, "assign_to" if leads(case, viewer) else "take", viewer)


def _assign(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    handler = given["handler"]
    if case.handler_id == handler.pk and case.state in WORKING_STATES:
        return False
    if not leads(case, viewer) and handler.pk == viewer.user.pk:
        perform(case, "take", actor=viewer, expected_version=version)
    else:
        perform(
            case,
            "assign_to",
            actor=viewer,
            expected_version=version,
            handler=handler,
        )
    return True


def _reroute(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    perform(
        case,
        "reroute",
        actor=viewer,
        expected_version=version,
        team=given["team"],
        reason=given["reason"],
    )
    return True


def _taggable(_case: Complaint, viewer: Viewer) -> RecourseError | None:
    return None if may_tag(viewer) else NotPermitted()


def _tag(case: Complaint, viewer: Viewer, _version: int, given: Given) -> bool:
    return add_tag(complaint=case, name=given["name"], actor=viewer)


def _merge(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    if case.pk == given["survivor"].pk:
        return False
    perform(
        case,
        "merge_into",
        actor=viewer,
        expected_version=version,
        survivor=given["survivor"],
        reason=given["reason"],
    )
    return True


def _moves(name: str) -> Way:
    return lambda case, viewer: stands_in_way(case, name, viewer)


ACTS: Mapping[str, Act] = {
    ASSIGN: Act(_("Assign"), _assignable, _assign),
    REROUTE: Act(_("Reroute"), _moves("reroute"), _reroute),
    TAG: Act(_("Tag"), _taggable, _tag),
    MERGE: Act(_("Merge"), _moves("merge_into"), _merge),
}
"""What the queue offers."""

_elsewhere: dict[str, Act] = {}


def sign_up(acts: Mapping[str, Act]) -> None:
    """Let other pages run their acts the same way; the queue does not offer them."""
    _elsewhere.update(acts)


def act_of(name: str) -> Act:
    """Raises ``KeyError``."""
    return ACTS[name] if name in ACTS else _elsewhere[name]


def run(
    *,
    key: str,
    act: str,
    cases: Iterable[tuple[int, int]],
    given: Given,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> BulkRun:
    """Do ``act`` to each of ``cases``, pairs of key and the version looked at.

    The run keeps what became of each. A ``key`` that came before does nothing again:
    its first run is returned, which may still be under way. Must not be called inside
    a transaction. Raises ``InvalidInput`` for an unknown act and too many cases.
    """
    viewer, moment, wanted = as_viewer(actor), now or timezone.now(), dict(cases)
    if act not in {*ACTS, *_elsewhere} or not wanted or len(wanted) > MOST:
        words = _("Choose between one and %(most)s cases.") % {"most": MOST}
        raise InvalidInput(words, code="too_many")
    items = [{"case": pk, "outcome": "", "words": ""} for pk in wanted]
    found, fresh = BulkRun.objects.get_or_create(
        user=viewer.user,
        key=key,
        defaults={"act": act, "made_at": moment, "items": items},
    )
    if fresh:
        for item in found.items:
            item.update(_answer(act, item["case"], wanted[item["case"]], viewer, given))
            found.save(update_fields=["items"])
    return found


def forget_old(*, now: datetime | None = None) -> int:
    """Delete runs whose answers were kept for their time; how many there were."""
    oldest = (now or timezone.now()) - RUN_LIVES
    return BulkRun.objects.filter(made_at__lte=oldest).delete()[0]


def _answer(
    act: str, pk: int, version: int, viewer: Viewer, given: Given
) -> dict[str, str]:
    try:
        case = Complaint.objects.visible_to(viewer).filter(pk=pk).first()
        if case is None:
            raise NotVisible
        changed = act_of(act).run(case, viewer, version, given)
    except RecourseError as error:
        return {"outcome": REFUSED, "words": str(error)}
    except Exception:  # whatever it is, the other cases were chosen as well
        logger.exception("%s of case %s failed.", act, pk)
        return {"outcome": REFUSED, "words": gettext("This cannot be done.")}
    if not changed:
        return {"outcome": SAME, "words": gettext("It was so already.")}
    return {"outcome": DONE, "words": ""}
