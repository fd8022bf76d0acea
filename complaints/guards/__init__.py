"""What must be true of a complaint before it moves, each as a named function.

A guard yields its refusals in words for the person who asked; none means go. A module
holds the guards of one stage; those who name them ask the package.
"""

from complaints.guards.admission import (
    assessed,
    enquiry_or_other_firm,
    published_ground,
    something_new,
)
from complaints.guards.closing import (
    appealable,
    cause_known,
    cause_recorded,
    nature_of,
    not_appealed_before,
    remedies_settled,
    window_open_still,
    window_over_or_accepted,
)
from complaints.guards.decision import (
    decision_drafted,
    every_point_found,
    evidence_named,
    money_valued,
    precedents_considered,
    reasons_given,
    shares_complete,
)
from complaints.guards.handling import (
    answer_by_in_future,
    competent,
    member_of_team,
    not_conflicted,
    other_team,
    present,
    word_recorded,
)
from complaints.guards.merging import mergeable, merged_lately
from complaints.guards.signing import (
    EARLY_ISSUE,
    all_signed,
    capacity_open,
    letter_complete,
    not_signed_yet,
    signed_last,
    unconditional_remedies_done,
)

__all__ = [
    "EARLY_ISSUE",
    "all_signed",
    "answer_by_in_future",
    "appealable",
    "assessed",
    "capacity_open",
    "cause_known",
    "cause_recorded",
    "competent",
    "decision_drafted",
    "enquiry_or_other_firm",
    "every_point_found",
    "evidence_named",
    "letter_complete",
    "member_of_team",
    "mergeable",
    "merged_lately",
    "money_valued",
    "nature_of",
    "not_appealed_before",
    "not_conflicted",
    "not_signed_yet",
    "other_team",
    "precedents_considered",
    "present",
    "published_ground",
    "reasons_given",
    "remedies_settled",
    "shares_complete",
    "signed_last",
    "something_new",
    "unconditional_remedies_done",
    "window_open_still",
    "window_over_or_accepted",
    "word_recorded",
]
