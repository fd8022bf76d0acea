"""Celery: each task calls a service and nothing else."""

from celery import shared_task

from appeals.services import bundles, watch


@shared_task(ignore_result=True)
def make_bundles() -> int:
    """Make the bundles that are owed; how many were made."""
    return bundles.make_due()


@shared_task(ignore_result=True)
def forget_bundles() -> int:
    """Delete the files of bundles that nobody needs any more; how many."""
    return bundles.forget_old()


@shared_task(ignore_result=True)
def check_independence() -> int:
    """Name whoever hears an appeal and is not independent; how many are new."""
    return watch.name_violations()
