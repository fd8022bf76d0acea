"""The staff's door, found by Django's autodiscovery. One file a model."""

from complaints.admin import complaint, intake, reference, remedy

__all__ = ["complaint", "intake", "reference", "remedy"]
