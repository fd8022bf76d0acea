"""Rows in the shape of the public complaint database of the CFPB: 18 columns, in order.

The narrative is never given out: nobody here was asked to have it published. Postcodes
and states of the United States are not kept, so both stand empty.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from complaints import profiles
from complaints.compliance.returns.ends import Counted, cases, with_ends
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return, Table
from complaints.models import Remedy
from complaints.states import Barrier, Channel, Outcome, RemedyState

HEAD = (
    "Date received",
    "Product",
    "Sub-product",
    "Issue",
    "Sub-issue",
    "Consumer complaint narrative",
    "Company public response",
    "Company",
    "State",
    "ZIP code",
    "Tags",
    "Consumer consent provided?",
    "Submitted via",
    "Date sent to company",
    "Company response to consumer",
    "Timely response?",
    "Consumer disputed?",
    "Complaint ID",
)
PRODUCT = "Money transfer, virtual currency, or money service"
SUB_PRODUCT = "Virtual currency"
OTHER_ISSUE = "Other service problem"
IN_PROGRESS, UNTIMELY = "In progress", "Untimely response"
MONEY = "Closed with monetary relief"
RELIEF = "Closed with non-monetary relief"
EXPLAINED = "Closed with explanation"
VIA = {Channel.PHONE: "Phone", Channel.LETTER: "Postal mail", Channel.EMAIL: "Email"}
FINAL = timedelta(days=60)
"""Calendar days from receipt to the final response."""
NOTES = (
    _("Cases behind an information barrier are left out."),
    _("Timely: answered for good within 60 calendar days of receipt."),
)


def build(period: Period, cut_off: datetime) -> Return:
    """What was received in the period, oldest first, as it stands at ``cut_off``."""
    table = Table("complaints", HEAD, list(_rows(period, cut_off)))
    return Return("cfpb", period, cut_off, (table,), NOTES)


def _rows(period: Period, cut_off: datetime) -> Iterator[tuple[str, ...]]:
    found = cases().filter(
        barrier=Barrier.NONE,
        received_at__gte=period.since,
        received_at__lt=period.until,
    )
    relief = _relief(period)
    for one in with_ends(found.order_by("received_at", "pk")):
        yield _row(one, relief.get(one.case.pk, EXPLAINED), cut_off)


def _relief(period: Period) -> dict[int, str]:
    """Case -> the better of what was done for its customer."""
    done = Remedy.objects.using(settings.READ_DATABASE).filter(
        complaint__received_at__gte=period.since,
        complaint__received_at__lt=period.until,
        state=RemedyState.EXECUTED,
    )
    best: dict[int, str] = {}
    for key, worth in done.values_list("complaint_id", "reporting_value"):
        if worth:
            best[key] = MONEY
        else:
            best.setdefault(key, RELIEF)
    return best


def _row(one: Counted, relief: str, cut_off: datetime) -> tuple[str, ...]:
    day = one.case.received_at.date().isoformat()
    response, timely = _response(one, relief, cut_off)
    via = VIA.get(Channel(one.case.channel), "Web")
    return (
        *(day, PRODUCT, SUB_PRODUCT, _issue(one), "", "", ""),
        *(_company(one), "", "", "", "N/A"),
        *(via, day, response, timely, "N/A", one.case.reference),
    )


def _response(one: Counted, relief: str, cut_off: datetime) -> tuple[str, str]:
    """The response, and whether it came in time."""
    final = one.case.received_at + FINAL
    if one.end is None:
        return (UNTIMELY, "No") if cut_off > final else (IN_PROGRESS, "Yes")
    if one.end.outcome not in Outcome.values:
        relief = EXPLAINED
    return relief, "Yes" if one.end.at <= final else "No"


def _company(one: Counted) -> str:
    """The house, as its address begins."""
    with override("en"):
        address = str(profiles.by_key(one.case.profile_key).contact.address)
    return address.partition(",")[0]


def _issue(one: Counted) -> str:
    category = one.case.category
    return category.mapped("cfpb_issue", OTHER_ISSUE) if category else OTHER_ISSUE
