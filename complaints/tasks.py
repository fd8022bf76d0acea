"""Celery: each task calls a service and nothing else.

None is needed for correctness: what is due stands in the database, and a task that
runs twice, late or on two machines does its work once.
"""

from celery import shared_task

from complaints.services import (
    access_reminders,
    affected,
    bulk,
    compliance,
    digest,
    drafts,
    early_warning,
    evidence,
    feedback,
    improvement_reminders,
    learning,
    ledger_roots,
    letter_pdfs,
    orders,
    presence,
    previews,
    pulse,
    quality,
    relay,
    scanning,
    unsent,
)
from complaints.services.privacy import erase, requests

BATCH = 100
MOST_BATCHES = 20


@shared_task(ignore_result=True)
def relay_outbox() -> int:
    """Deliver what is due; how many notices were sent."""
    sent = 0
    for _batch in range(MOST_BATCHES):
        result = relay.relay_due(limit=BATCH, files=False)
        sent += result.sent
        if result.sent < BATCH:
            break
    return sent


@shared_task(ignore_result=True)
def purge_expired() -> int:
    """Empty the cases whose time is over; a little at a time, it comes again."""
    requests.forget_old()
    return erase.purge_expired(limit=500)


@shared_task(ignore_result=True)
def learn_topics() -> int:
    """Learn from the triage of the past; from how many cases."""
    return learning.learn_topics()


@shared_task(ignore_result=True)
def draw_letters() -> int:
    """Draw the PDFs that are owed; how many were made."""
    return letter_pdfs.draw_due(limit=BATCH)


@shared_task(ignore_result=True)
def carry_out() -> int:
    """Tell the exchange's ledger what is owed; how many it carried out."""
    return orders.send_due(limit=BATCH)


@shared_task(ignore_result=True)
def look_at_evidence() -> tuple[int, int]:
    """Scan what is held, draw what is clean; how many of each."""
    return scanning.scan_due(limit=BATCH), previews.draw_due(limit=BATCH)


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """One scan of reminders, escalations, breaches and lapsed windows."""
    # The scan reads what channels and appeals signed up; it is not needed to relay.
    from complaints.services import clocks  # noqa: PLC0415

    clocks.sweep()


@shared_task(ignore_result=True)
def heartbeat() -> None:
    """Show that somebody works here."""
    pulse.beat()


@shared_task(ignore_result=True)
def forget_drafts() -> None:
    """Delete drafts and texts that nobody sent in their time."""
    drafts.forget_expired()
    feedback.forget_old()
    unsent.forget_old()
    presence.forget_old()
    bulk.forget_old()
    affected.forget_old()


@shared_task(ignore_result=True)
def forget_orphans() -> None:
    """Delete stored files whose row never came to be."""
    evidence.forget_orphans()


@shared_task(ignore_result=True)
def draw_for_compliance() -> int:
    """Draw decided cases that compliance looks at again; how many."""
    return compliance.draw()


@shared_task(ignore_result=True)
def draw_for_quality() -> int:
    """Draw the week's cases that leads look through; how many."""
    return quality.draw()


@shared_task(ignore_result=True)
def remind_of_access() -> int:
    """Say what runs out: trainings, memberships, the time since somebody looked, and
    requests of persons."""
    return access_reminders.remind() + requests.remind()


@shared_task(ignore_result=True)
def send_digests() -> int:
    """The morning's numbers for those who lead."""
    return digest.send_digests()


@shared_task(ignore_result=True)
def make_root() -> bool:
    """Sign the day's root of the ledger; whether it was made now."""
    return ledger_roots.make_root() is not None


@shared_task(ignore_result=True)
def scan_for_alarms() -> int:
    """Look for causes that recur and for sudden rises; how many alarms were raised."""
    return early_warning.scan()


@shared_task(ignore_result=True)
def remind_of_improvements() -> int:
    """Remind owners and leads of improvement actions; of how many."""
    return improvement_reminders.remind()
