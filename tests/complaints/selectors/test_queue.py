"""The queue: what a viewer may see, in order, whole, at the same cost at any length."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.errors import InvalidInput
from complaints.models import CaseAccess, Category, Complaint
from complaints.permissions import Viewer, viewer_of
from complaints.selectors import sla
from complaints.selectors.queue import ALL, QueueFilters
from complaints.selectors.queue_counts import CAP, counts, in_words
from complaints.selectors.queue_page import Cursor, Page, queue
from complaints.services.desk_order import watch
from complaints.services.tags import add_tag
from complaints.workflow import perform
from teams.models import Team, User
from tests import cases
from tests.people import People

CaseAt = Callable[..., Complaint]
TEAM = QueueFilters(view="team:security")


def shown(viewer: Viewer, filters: QueueFilters) -> list[int]:
    return [row.pk for row in queue(viewer, filters).rows]


def copies(case: Complaint, dues: list[datetime | None]) -> list[Complaint]:
    """Received cases of the security team with these next dates."""
    team = Team.objects.get(code="security")
    rows = []
    for due in dues:
        row = Complaint.objects.get(pk=case.pk)
        row.pk, row._state.adding = None, True
        row.reference = f"T{Complaint.objects.count():011}"
        row.__dict__["state"], row.version, row.team = "received", 0, team
        row.next_due_at = due
        rows.append(row)
        row.save()
    return rows


def pages(viewer: Viewer, filters: QueueFilters, size: int) -> list[Page]:
    found = [queue(viewer, filters, size=size)]
    while found[-1].next_cursor:
        found.append(queue(viewer, filters, found[-1].next_cursor, size))
    return found


def test_queue_shows_first_due_first_and_undated_last(people: People) -> None:
    now = timezone.now()
    days = (3, None, 1, -2, None, 2)
    rows = copies(
        cases.filed(people), [now + timedelta(days=d) if d else None for d in days]
    )

    found = shown(viewer_of(people.security), TEAM)

    assert found == [rows[place].pk for place in (3, 2, 5, 0, 1, 4)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    dues=st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=12),
    size=st.integers(1, 5),
)
def test_pages_together_are_the_queue_without_gap_or_repeat(
    people: People, dues: list[int | None], size: int
) -> None:
    now = timezone.now()
    case = cases.filed(people)
    category = Category.objects.create(
        code=f"p{Category.objects.count()}", team=Team.objects.get(code="security")
    )
    case.category = category
    case.save(update_fields=["category"])
    rows = copies(case, [None if d is None else now + timedelta(days=d) for d in dues])
    viewer = viewer_of(people.security)

    found = pages(viewer, replace(TEAM, categories=(category.code,)), size)

    order = sorted(
        rows,
        key=lambda row: (row.next_due_at is None, row.next_due_at or now, row.pk),
    )
    assert [row.pk for page in found for row in page.rows] == [row.pk for row in order]
    assert all(len(page.rows) == size for page in found[:-1])


@pytest.mark.parametrize("number", [1, 3, 50])
def test_page_costs_the_same_at_any_length(
    people: People, django_assert_max_num_queries: Any, number: int
) -> None:
    now = timezone.now()
    copies(cases.filed(people), [now + timedelta(hours=n) for n in range(number)])
    viewer = viewer_of(people.security)

    with django_assert_max_num_queries(2):
        page = queue(viewer, TEAM)
        for row in page.rows:
            chip = sla.chip(row, now)
            assert chip.words
            assert row.team.code == "security"
            assert row.category is not None
            assert row.handler is None

    assert len(page.rows) == number


def test_full_page_is_one_query(people: People, django_assert_num_queries: Any) -> None:
    now = timezone.now()
    copies(cases.filed(people), [now + timedelta(hours=n) for n in range(6)])
    viewer = viewer_of(people.security)

    with django_assert_num_queries(1):
        queue(viewer, TEAM, size=5)


@pytest.mark.parametrize(
    ("view", "states"),
    [
        ("mine", {"investigating", "awaiting_customer", "in_review"}),
        ("unassigned", {"assigned"}),
        ("waiting", {"awaiting_customer"}),
        (
            "team:security",
            {"assigned", "investigating", "awaiting_customer", "in_review"},
        ),
        (ALL, {"assigned", "investigating", "awaiting_customer", "in_review"}),
    ],
)
def test_view_of_a_handler(
    people: People, case_at: CaseAt, view: str, states: set[str]
) -> None:
    walked = ("received", "assigned", "investigating", "awaiting_customer")
    for state in (*walked, "in_review", "answered", "closed"):
        case_at(state)

    page = queue(viewer_of(people.security), QueueFilters(view=view))

    assert {row.state for row in page.rows} == states


def test_overdue_is_what_we_owe_and_did_not_do(people: People, case_at: CaseAt) -> None:
    ours, theirs = case_at("investigating"), case_at("awaiting_customer")
    past = timezone.now() - timedelta(hours=1)
    for case, step in ((ours, "investigate"), (theirs, "answer_customer")):
        Complaint.objects.filter(pk=case.pk).update(
            next_due_at=past, next_due_step=step
        )

    assert shown(viewer_of(people.security), QueueFilters(view="overdue")) == [ours.pk]


def test_watching_is_what_one_watches_and_still_sees(
    people: People, case_at: CaseAt
) -> None:
    kept, closed, _other = (
        case_at("investigating"),
        case_at("closed"),
        case_at("closed"),
    )
    filters = QueueFilters(view="watching")
    for case in (kept, closed):
        watch(complaint=case, actor=people.security)

    assert set(shown(viewer_of(people.security), filters)) == {kept.pk, closed.pk}
    assert shown(viewer_of(people.security_lead), filters) == []
    Complaint.objects.filter(pk=kept.pk).update(barrier="insider")
    assert shown(viewer_of(people.security), filters) == [closed.pk]
    assert counts(viewer_of(people.security))["watching"] == 1


def test_to_sign_is_what_this_person_may_still_sign(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("in_review")
    filters = QueueFilters(view="to_sign")

    def waiting() -> list[str]:
        names = ("security_lead", "compliance_officer", "approver", "legal", "security")
        return [
            name for name in names if shown(viewer_of(getattr(people, name)), filters)
        ]

    assert waiting() == ["security_lead", "compliance_officer"]
    perform(case, "sign_off", actor=people.security_lead)
    assert waiting() == ["compliance_officer"]
    perform(case, "sign_off", actor=people.compliance_officer)
    assert waiting() == []


def test_to_sign_of_a_large_amount_is_for_approver_and_not_for_lead(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    cases.draft(people, case, amount="6000")
    perform(case, "propose_decision", actor=people.security)
    filters = QueueFilters(view="to_sign")

    for name, sees in (("approver", 1), ("legal", 1), ("security_lead", 0)):
        assert len(shown(viewer_of(getattr(people, name)), filters)) == sees


# Nothing foreign ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tech", "outsider", "other_customer", "admin"])
@pytest.mark.parametrize("view", ["mine", "unassigned", "overdue", TEAM.view, ALL])
def test_queue_holds_nothing_foreign(
    people: People, case_at: CaseAt, name: str, view: str
) -> None:
    case_at("investigating")
    assert shown(viewer_of(getattr(people, name)), QueueFilters(view=view)) == []


def test_search_by_reference_finds_nothing_foreign(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("closed")
    filters = QueueFilters(view=ALL, text=case.reference.lower())

    assert shown(viewer_of(people.security), filters) == [case.pk]
    assert shown(viewer_of(people.tech), filters) == []


def test_barred_case_is_shown_only_to_who_was_let_in(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    CaseAccess.objects.create(
        complaint=case,
        kind="barrier",
        user=people.legal,
        granted_by=people.head,
        granted_at=timezone.now(),
    )

    assert shown(viewer_of(people.legal), QueueFilters(view=ALL)) == [case.pk]
    for person in (people.security, people.head):
        assert shown(viewer_of(person), QueueFilters(view=ALL)) == []


def test_own_complaint_of_a_member_of_staff_is_not_in_their_queue(
    people: People,
) -> None:
    cases.filed(people, by=people.support)
    assert shown(viewer_of(people.support), QueueFilters(view=ALL)) == []


# Filters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"teams": ("security",)}, True),
        ({"teams": ("risk",)}, False),
        ({"states": ("investigating", "closed")}, True),
        ({"states": ("closed",)}, False),
        ({"severities": ("high",)}, True),
        ({"severities": ("low",)}, False),
        ({"severities": ("low", "high")}, True),
        ({"severities": ("high",), "channels": ("email",)}, False),
        ({"tags": ("phishing",)}, True),
        ({"tags": ("vip",)}, False),
        ({"channels": ("portal",)}, True),
        ({"channels": ("email",)}, False),
        ({"categories": ("security",)}, True),
        ({"categories": ("security.unauthorised-withdrawal",)}, True),
        ({"categories": ("fees",)}, False),
        ({"text": "WITHDRAWAL"}, True),
        ({"text": "left my account"}, True),
        ({"text": "9f3c51aa5a697c"}, True),
        ({"text": "9f3c51aa"}, False),
        ({"text": "nothing of it"}, False),
        ({"text": "100%"}, False),
    ],
)
def test_filter(
    people: People, case_at: CaseAt, change: dict[str, Any], found: bool
) -> None:
    add_tag(complaint=case_at("investigating"), name="Phishing", actor=people.security)
    filters = QueueFilters(view=ALL, **change)
    assert bool(shown(viewer_of(people.security), filters)) is found


@pytest.mark.parametrize("view", ["", "everything", "team"])
def test_unknown_view_is_refused(people: People, view: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        queue(viewer_of(people.security), QueueFilters(view=view))
    assert caught.value.field == "view"


@pytest.mark.parametrize(
    "text",
    ["x", "~", "-~", "-~0", "-~x", "2026-01-01T00:00~5", "2026-99-01T00:00Z~5", "~5"],
)
def test_cursor_that_never_was_one_is_refused(people: People, text: str) -> None:
    with pytest.raises(InvalidInput):
        queue(viewer_of(people.security), TEAM, after=text)


@given(
    due=st.none() | st.datetimes(timezones=st.just(timezone.get_default_timezone())),
    pk=st.integers(1, 10**18 - 1),
)
def test_cursor_reads_back(due: datetime | None, pk: int) -> None:
    assert Cursor.parse(str(Cursor(due, pk))) == Cursor(due, pk)


# Counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["security", "security_lead", "support", "head", "legal", "customer"]
)
def test_counts_are_the_lengths_of_the_views_in_one_query(
    people: People, case_at: CaseAt, django_assert_num_queries: Any, name: str
) -> None:
    for state in ("received", "assigned", "investigating", "in_review", "closed"):
        case_at(state)
    user: User = getattr(people, name)
    viewer = viewer_of(user)

    saved = {
        1: QueueFilters(view=ALL, severities=("high",), categories=("security",)),
        2: QueueFilters(view=ALL, states=("closed",), text="WITHDRAWAL"),
        3: QueueFilters(view="team:security", teams=("security", "risk")),
    }

    with django_assert_num_queries(1):
        counted = counts(viewer, saved)

    kept = {f"saved:{key}": filters for key, filters in saved.items()}
    lengths = {
        view: len(shown(viewer, kept.get(view) or QueueFilters(view=view)))
        for view in counted
    }
    assert counted == lengths
    assert set(kept) <= set(counted)


def test_counts_are_exact_up_to_99(people: People) -> None:
    now = timezone.now()
    case = cases.filed(people)
    copies(case, [now] * 3)
    viewer = viewer_of(people.security)
    assert counts(viewer)["team:security"] == 3
    copies(case, [now] * 96)
    assert in_words(counts(viewer)["team:security"]) == "99"
    copies(case, [now] * 2)
    assert counts(viewer)["team:security"] == CAP + 1
    assert in_words(CAP + 1) == "99+"
