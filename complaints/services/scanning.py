"""The virus scan: a file is held until it is clean, and for good where it is not.

Without a scanner (``CLAMD_URL``) files are not held, and every page says that they
were not checked; once there is one, those are checked as well.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from complaints import clamd, ledger, notifications
from complaints.models import Event, Evidence, EvidenceTask, EvidenceWork
from complaints.permissions import Viewer
from complaints.registry import Done
from complaints.services import correspond, evidence_work, previews
from complaints.states import ScanState
from teams.system import system_actor

logger = logging.getLogger(__name__)

BACKLOG = 200
INFECTED = "evidence_infected"
CHECKED = "evidence_checked"


def scan_due(*, limit: int = 50, now: datetime | None = None) -> int:
    """Check up to ``limit`` files that are owed a scan; how many verdicts there were.

    Where the scanner does not answer the rest waits for another turn. Never call it
    inside a transaction.
    """
    url = settings.CLAMD_URL
    if not url:
        return 0
    _take_up_unchecked(now or timezone.now())
    told = 0
    for task in evidence_work.claim_due(EvidenceWork.SCAN, limit=limit, now=now):
        try:
            verdict = clamd.scan(url, read(task.evidence))
        except (clamd.ScannerDown, FileNotFoundError) as error:
            logger.warning("Evidence %s was not checked: %s", task.evidence_id, error)
            evidence_work.put_off(task, str(error), now=now or timezone.now())
            continue
        told += _keep(task, verdict, now or timezone.now())
    return told


def read(evidence: Evidence) -> bytes:
    """The bytes as they lie there; for work on them, never for a person."""
    with evidence.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _take_up_unchecked(now: datetime) -> None:
    """Files of a time without a scanner are checked too, some at a turn."""
    rows = Evidence.every.filter(scan_state=ScanState.NOT_SCANNED)
    fresh = rows.exclude(tasks__what=EvidenceWork.SCAN).order_by("-pk")
    keys = list(fresh.values_list("pk", flat=True)[:BACKLOG])
    evidence_work.owe_all(keys, EvidenceWork.SCAN, now=now)


@transaction.atomic
def _keep(task: EvidenceTask, verdict: clamd.Verdict, now: datetime) -> bool:
    # Read again: it may have been moved behind a barrier while it was scanned.
    rows = Evidence.every.select_for_update(of=("self",))
    evidence = rows.select_related("complaint", "behind").get(pk=task.evidence_id)
    stream = _stream(evidence)
    head = ledger.lock(stream)
    if not evidence_work.finish(task, now=now):
        return False
    evidence.scan_state = ScanState.CLEAN if verdict.clean else ScanState.QUARANTINED
    evidence.scan_verdict, evidence.scanned_at = verdict.found, now
    evidence.save(update_fields=["scan_state", "scan_verdict", "scanned_at"])
    viewer = Viewer(user=system_actor())
    facts = {"evidence": evidence.label, "sha256": evidence.sha256}
    what = CHECKED if verdict.clean else INFECTED
    entry = ledger.Entry(what, viewer, now, {**facts, "verdict": verdict.found})
    event = ledger.append(stream, entry, head=head)
    if verdict.clean:
        previews.owe(evidence, now=now)
    elif evidence.behind is None:
        _tell(evidence, event, viewer, now)
    return True


def _stream(evidence: Evidence) -> str:
    """What is kept behind a barrier leaves its verdict there alone."""
    barrier = evidence.behind
    return evidence.complaint.stream if barrier is None else barrier.stream


def _tell(evidence: Evidence, event: Event, viewer: Viewer, now: datetime) -> None:
    done = Done.of_event(evidence.complaint, event, viewer, evidence=evidence)
    notifications.announce(done)
    if evidence.shared_with_customer:
        _tell_customer(evidence, viewer, now)


def _tell_customer(evidence: Evidence, viewer: Viewer, now: datetime) -> None:
    """In the language of the case, on its channel."""
    with override(evidence.complaint.language):
        words = gettext(
            "Our scanner found a virus in the file %(name)s. We hold it back, and "
            "nobody here opens it.\n\nYour complaint goes on. If the file matters, "
            "send it again from a clean device, or as a picture of the screen. Have "
            "the device that it came from checked."
        ) % {"name": evidence.original_name}
    correspond.reply(complaint=evidence.complaint, text=words, actor=viewer, now=now)
