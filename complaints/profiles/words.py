"""Limits in words, for the public page and for letters."""

from django.utils.translation import ngettext

from complaints.clocks import Limit


def limit_words(limit: Limit) -> str:
    """A limit in the reader's language, such as "2 months" or "3 working days"."""
    n = limit.amount
    match limit.unit:
        case "hours":
            text = ngettext("%(n)d hour", "%(n)d hours", n)
        case "business_hours":
            text = ngettext("%(n)d working hour", "%(n)d working hours", n)
        case "business_days":
            text = ngettext("%(n)d working day", "%(n)d working days", n)
        case "calendar_days":
            text = ngettext("%(n)d day", "%(n)d days", n)
        case "calendar_months":
            text = ngettext("%(n)d month", "%(n)d months", n)
    return text % {"n": n}
