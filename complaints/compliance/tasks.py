"""Celery: keeps the figures of the dashboards up to date."""

from celery import shared_task

from complaints.compliance import viewlog
from complaints.compliance.models import RollupState
from complaints.compliance.rollup import freeze, refresh, reminder


@shared_task(ignore_result=True)
def refresh_figures() -> int:
    """Reckon what is new on the ledger; how many cases. The first time, everything."""
    if not RollupState.objects.filter(rebuilt_at__isnull=False).exists():
        return refresh.rebuild()
    return refresh.refresh()


@shared_task(ignore_result=True)
def freeze_month() -> bool:
    """Freeze the figures of the month before this one; whether it was done now."""
    return freeze.freeze_last_month() is not None


@shared_task(ignore_result=True)
def remind_of_months() -> int:
    """Write to the head about months that wait for their sign-off; how many notices."""
    return reminder.remind()


@shared_task(ignore_result=True)
def carry_views() -> int:
    """Write the looks at figures that wait on the ledger; how many."""
    return viewlog.carry()
