"""The staff's door to appeals, found by Django's autodiscovery."""

from appeals.admin import appeal

__all__ = ["appeal"]
