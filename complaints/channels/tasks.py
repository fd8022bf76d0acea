"""Celery: what the channels do without being asked."""

from celery import shared_task

from complaints.channels import pipeline
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
