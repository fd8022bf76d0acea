"""What ``manage.py check`` says of the settings that name parts of a profile."""

from typing import Any

from django.conf import settings
from django.core import checks

from complaints.profiles import PROFILES


def check_routes(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """``CHECKED_ROUTES`` holds codes of routes; a slip there shows a route to nobody
    and tells nobody so."""
    known = {route.code for profile in PROFILES for route in profile.outside_routes}
    if not (unknown := sorted(set(settings.CHECKED_ROUTES) - known)):
        return []
    return [
        checks.Warning(
            f"CHECKED_ROUTES names no route: {', '.join(unknown)}.",
            hint=f"The codes are: {', '.join(sorted(known))}.",
            id="complaints.W002",
        )
    ]
