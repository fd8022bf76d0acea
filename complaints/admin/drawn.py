"""A template drawn once for many rows, each of which then takes its values' place."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

_PLACE = re.compile("\0([a-z_]+)\0")


class Mould:
    """``template``, with places for values of these names; drawn in the language in
    force, for one page. ``given`` is alike in all rows."""

    def __init__(self, template: str, *names: str, **given: Any) -> None:
        places = {name: SafeString(f"\0{name}\0") for name in names}
        drawn = render_to_string(template, {**given, **places})
        self.parts = _PLACE.split(drawn)
        self.names = self.parts[1::2]

    def cast(self, values: Mapping[str, str]) -> SafeString:
        """One row; what is no ``SafeString`` is escaped, as in the template."""
        parts = [*self.parts]
        parts[1::2] = [_safe(values[name]) for name in self.names]
        return SafeString("".join(parts))


def _safe(value: str) -> str:
    return value if isinstance(value, SafeString) else escape(value)
