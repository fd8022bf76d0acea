"""What the script of passkeys reads from the page."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Options of a WebAuthn ceremony for an attribute; the template escapes it."""
    return json.dumps(value, default=dict)
