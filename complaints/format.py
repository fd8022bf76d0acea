"""Small words shared by guards, letters and pages."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c`` in the reader's language."""
    if len(items) < 2:
        return "".join(items)
    head = _(", ").join(items[:-1])
    return _("%(head)s and %(last)s") % {"head": head, "last": items[-1]}
