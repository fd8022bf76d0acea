"""The portal's name for ``complaints.throttle``, which other doors use as well."""

from complaints.throttle import Limit, client_address

__all__ = ["Limit", "client_address"]
