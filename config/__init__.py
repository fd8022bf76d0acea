"""How the project is put together. Importing it makes the Celery application known,
so that every shared task, wherever it is called from, finds its broker.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
