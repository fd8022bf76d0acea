"""The UK: FCA Handbook DISP 1, its extension to crypto firms being a proposal.

Data only: the profile is off until the rules and their start are final (CP26/4).
"""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints.clocks import CalendarData, Limit
from complaints.profiles import house
from complaints.profiles.base import DECISION_PARTS, DELAY_PARTS, RECEIPT_PARTS, Profile
from complaints.profiles.parts import Contact, Retention, Route, Seen, Statutory
from complaints.states import LetterKind, Step

BANK_HOLIDAYS: Final = CalendarData(
    code="uk-bank",
    version=1,
    timezone="Europe/London",
    spans=dict.fromkeys(house.WORKING_WEEK, ((9 * 60, 17 * 60),)),
    # England and Wales, substitute days included.
    holidays=house.days(
        *("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26"),
        *("2025-08-25", "2025-12-25", "2025-12-26"),
        *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25"),
        *("2026-08-31", "2026-12-25", "2026-12-28"),
        *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31"),
        *("2027-08-30", "2027-12-27", "2027-12-28"),
        *("2028-01-03", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-29"),
        *("2028-08-28", "2028-12-25", "2028-12-26"),
        *("2029-01-01", "2029-03-30", "2029-04-02", "2029-05-07", "2029-05-28"),
        *("2029-08-27", "2029-12-25", "2029-12-26"),
        *("2030-01-01", "2030-04-19", "2030-04-22", "2030-05-06", "2030-05-27"),
        *("2030-08-26", "2030-12-25", "2030-12-26"),
    ),
)
_seen = partial(Seen.read, date(2026, 11, 29))

EIGHT_WEEKS: Final = Limit(8 * 7, "calendar_days")

ROUTES: Final = (
    Route(
        code="uk-ombudsman",
        kind="ombudsman",
        name=_("Financial Ombudsman Service"),
        address=_("Exchange Tower, London E14 9SR, United Kingdom"),
        url="https://www.financial-ombudsman.org.uk/",
        time_limit=_(
            "Six months from our final response; six years from the event or, if that "
            "is later, three years from when you knew of it"
        ),
        language=_("English"),
        conditions=_(
            "You have our final response, or eight weeks have passed. It decides on "
            "regulated activities: what a firm does that is only registered for its "
            "crypto-asset business is mostly outside."
        ),
        fee=_("Free of charge for you"),
        to_check=frozenset({"address", "language"}),
        seen=(
            # DISP 2.8.1R and 2.8.2R, DISP 1 Annex 3R.
            _seen(
                "https://handbook.fca.org.uk/handbook/DISP/2/8.html",
                *("time_limit", "conditions"),
            ),
            _seen("https://handbook.fca.org.uk/handbook/DISP/1/Annex3.html", "fee"),
        ),
    ),
    Route(
        code="uk-authority",
        kind="authority",
        name=_("Financial Conduct Authority"),
        address=_("It takes reports about firms and does not decide single cases."),
        url="https://www.fca.org.uk/",
        time_limit=_("None; you can go there at any time"),
        language=_("English"),
        to_check=frozenset({"address", "time_limit", "language"}),
    ),
    Route(
        code="uk-court",
        kind="court",
        name=_("Courts of the United Kingdom"),
        address="",
        url="https://www.gov.uk/make-court-claim-for-money",
        time_limit=_("The limitation period of the law that applies"),
        language=_("English"),
        to_check=frozenset({"address", "url", "time_limit", "language"}),
    ),
)

_LETTERS: Final = house.letters("2026.1")
_LETTERS[LetterKind.RECEIPT] = replace(
    # DISP 1.6.1R: what will be sent, and by when.
    _LETTERS[LetterKind.RECEIPT],
    parts=(*RECEIPT_PARTS, "what_comes_next"),
)
_LETTERS[LetterKind.DELAY] = replace(
    # DISP 1.6.2R(2): from now on the ombudsman may be asked.
    _LETTERS[LetterKind.DELAY],
    parts=(*DELAY_PARTS, "may_refer_now", "leaflet"),
)
_LETTERS[LetterKind.DECISION] = replace(
    # DISP 1.6.2R(1), and which of the three kinds of final response it is.
    _LETTERS[LetterKind.DECISION],
    parts=(
        *DECISION_PARTS,
        "kind_of_response",
        "leaflet",
        "ombudsman_website",
        "six_months",
        "waiver",
    ),
)

UK_DISP_2026_1: Final = Profile(
    code="uk-disp",
    version="2026.1",
    title=_("United Kingdom, DISP"),
    valid_from=date(2026, 1, 1),
    enabled=False,
    timezone="Europe/London",
    calendar=BANK_HOLIDAYS,
    countries=frozenset({"GB"}),
    entities=frozenset({"uk"}),
    languages=("en",),
    contact=Contact(
        name=_("Complaints department"),
        email="complaints-uk@recourse.example",
        phone="+44 20 7946 0100",
        address=_(
            "Recourse Exchange UK, Complaints department, London, United Kingdom"
        ),
    ),
    # DISP 1.5.1R third business day, 1.6.2R eight weeks.
    statutory=Statutory(decision=EIGHT_WEEKS, summary=Limit(3, "business_days")),
    variants={
        # Payment services and e-money: DISP 1.6.1R as shown for 1 June 2026.
        "payment": Statutory(
            decision=Limit(35, "business_days"),
            summary=Limit(3, "business_days"),
            holding=Limit(15, "business_days"),
        )
    },
    steps={**house.STEPS, Step.INVESTIGATE: Limit(10, "business_days")},
    outside_window=Limit(6, "calendar_months"),
    ladder=house.LADDER,
    bands=house.BANDS,
    grounds=house.GROUNDS,
    outside_routes=ROUTES,
    letters=_LETTERS,
    # DISP 1.9.1R: three years from the day it was received.
    retention=Retention(years=3, most_years=5, starts="received"),
    privacy_notice_version=house.PRIVACY_NOTICE,
    procedure_version="2026.1",
)
