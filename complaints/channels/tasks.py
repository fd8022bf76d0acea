"""Celery: what the channels do without being asked."""

from celery import shared_task

from complaints.channels import pipeline, watch
from complaints.channels.email import fetch


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
def watch_intake() -> int:
    """Tell who has to know where messages wait or do not add up; how many troubles."""
    return watch.tell()
