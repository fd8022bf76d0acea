"""The story of one case, newest first: what its customer is told, what staff see.

A customer never meets an internal note, a name of ours, or a step that has no
public label of its own. The number of queries does not depend on the length.
"""

from complaints.selectors.timeline.entry import TimelineEntry
from complaints.selectors.timeline.read import (
    EARLIEST,
    StoryPage,
    customer_timeline,
    staff_timeline,
    story_for_customer,
    story_for_staff,
    story_page,
)

__all__ = [
    "EARLIEST",
    "StoryPage",
    "TimelineEntry",
    "customer_timeline",
    "staff_timeline",
    "story_for_customer",
    "story_for_staff",
    "story_page",
]
