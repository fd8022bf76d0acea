"""Celery: each task calls a service and nothing else."""

from celery import shared_task

from complaints.compliance.returns import make, orders


@shared_task(ignore_result=True)
def make_returns() -> int:
    """Make the files that were ordered; how many were made."""
    return make.make_due()


@shared_task(ignore_result=True)
def forget_returns() -> int:
    """Delete files whose time is over; how many."""
    return orders.forget_old()
