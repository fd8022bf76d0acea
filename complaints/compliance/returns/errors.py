"""What is wrong with an order."""

from django.utils.translation import gettext_lazy as _

from complaints.errors import RecourseError


class BadOrder(RecourseError):
    """What was ordered cannot be made."""

    code = "bad_order"
    default = _("This return cannot be made like that.")


class NoPeriod(BadOrder):
    """Days that nobody can name so."""

    default = _("No such period. Write it like 2026, 2026-H1, 2026-Q3 or 2026-09.")
