"""What the apps above are told of people and teams."""

from django.dispatch import Signal

rights_changed = Signal()
"""``user``'s rights changed: sent inside the transaction of the change, with ``actor``,
``what`` (a word for the ledger), ``facts`` (no personal data) and ``now``."""
