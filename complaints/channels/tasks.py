"""Celery: what the channels do without being asked."""

from celery import shared_task

from complaints.channels import pipeline, watch
from complaints.channels.email import fetch
from complaints.services import relay

FETCHING = 30.0
"""Seconds after which a round begins no other file."""


@shared_task(ignore_result=True)
def resume_intake() -> int:
    """Decide messages that a killed process left undecided; how many were taken up.

    Each row is its own lease, so that two workers at once decide it once.
    """
    return len(pipeline.resume_undecided())


@shared_task(ignore_result=True)
def fetch_mail() -> int:
    """One round through our mailboxes; how many mails were taken in.

    Beside ``manage.py fetch_mail --idle`` it finds nothing to do; a mail that both
    fetch is one.
    """
    return sum(one.taken for one in fetch.fetch_all())


@shared_task(ignore_result=True)
def fetch_files() -> int:
    """Fetch files that providers keep for us, apart from what the relay sends, so that
    a slow one holds up no letter; how many came. The rest waits for the next round."""
    return relay.relay_due(files=True, seconds=FETCHING).sent


@shared_task(ignore_result=True)
def watch_intake() -> int:
    """Tell who has to know where messages wait or do not add up; how many troubles."""
    return watch.tell()
