"""Fields that several moves ask for."""

from django.utils.translation import gettext_lazy as _

from complaints.states import CauseScope
from complaints.transitions import Field, Kind

REASON = Field("reason", _("Reason"), Kind.TEXT)
CAUSE = Field("cause", _("Root cause"), Kind.CAUSE, required=False)
CAUSE_SCOPE = Field(
    "cause_scope", _("Kind of cause"), Kind.CHOICE, choices=CauseScope, required=False
)
