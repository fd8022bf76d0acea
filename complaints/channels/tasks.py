"""Celery: what the channels do without being asked."""

from celery import shared_task

from complaints.channels import pipeline


@shared_task(ignore_result=True)
def resume_intake() -> int:
    """Decide messages that a killed process left undecided; how many were taken up.

    Each row is its own lease, so that two workers at once decide it once.
    """
    return len(pipeline.resume_undecided())
