"""What was put into SQL for one person is asked for another with the same rights: it
answers as if it were made for them, at their moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.models import CaseAccess, Complaint, Presence, Watch
from complaints.permissions import Viewer, alike, viewer_of
from complaints.selectors import queue_counts, queue_page
from complaints.selectors.any_of import AnyOf, in_text
from complaints.selectors.desk import Here, beside, frame_of, own_teams, tags_met
from complaints.selectors.queue import ALL, MINE, VIEWS, QueueFilters, filtered
from complaints.selectors.queue_counts import counts
from complaints.selectors.queue_page import queue
from complaints.services.desk_order import watch
from complaints.services.tags import add_tag
from complaints.states import AccessKind
from teams.models import User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.both

CaseAt = Callable[..., Complaint]
WALK = ("received", "assigned", "investigating", "awaiting_customer", "in_review")
ASKED = (
    *(QueueFilters(view=view) for view in VIEWS),
    QueueFilters(view="team:security"),
    QueueFilters(view=ALL, states=("closed", "answered"), channels=("portal",)),
    QueueFilters(view=ALL, severities=("high",), categories=("withdrawals",)),
    QueueFilters(view=ALL, text="withdrawal"),
    QueueFilters(view=ALL, text="withdrawal 提现 p"),
    QueueFilters(view=ALL, text="money w"),
    QueueFilters(view=ALL, text="RC-0000-0000"),
)


def forget() -> None:
    queue_page._part.cache_clear()
    queue_counts._KNOWN._made.clear()


def twin(user: User, name: str) -> User:
    """A colleague who holds what ``user`` holds."""
    held = list(user.groups.all())
    other = User.objects.get(pk=user.pk)
    other.pk, other.username, other.account_id = None, name, ""
    other._state.adding = True
    other.save()
    other.groups.set(held)
    for row in type(user).objects.get(pk=user.pk).teamuserobjectpermission_set.all():
        row.pk, row.user = None, other
        row._state.adding = True
        row.save()
    return other


def answers(viewer: Viewer) -> dict[Any, Any]:
    return {
        "counts": counts(viewer, {7: QueueFilters(view=MINE, severities=("normal",))}),
        **{f: [row.pk for row in queue(viewer, f).rows] for f in ASKED},
    }


def test_two_with_the_same_rights_are_told_their_own(
    people: People, case_at: CaseAt
) -> None:
    for state in (*WALK, "closed"):
        case_at(state)
    one, other = people.security, twin(people.security, "security-twin")
    assert alike(viewer_of(one)) == alike(viewer_of(other)) is not None
    Watch.objects.create(
        complaint=case_at("received"), user=other, since=timezone.now()
    )
    CaseAccess.objects.create(
        complaint=case_at("received"),
        user=other,
        kind=AccessKind.CONSULTATION,
        codename="view",
        granted_by=one,
        granted_at=timezone.now(),
    )
    forget()
    told = [answers(viewer_of(user)) for user in (one, other, one)]
    assert told[0] == told[2] != told[1]
    assert queue_page._part.cache_info().hits > len(ASKED)
    for user, found in ((other, told[1]), (one, told[0])):
        forget()
        assert answers(viewer_of(user)) == found


def test_page_holds_what_its_conditions_name(people: People, case_at: CaseAt) -> None:
    for state in (*WALK, "closed"):
        case_at(state)
    for user in people.all().values():
        viewer = viewer_of(user)
        for filters in ASKED:
            rows = queue(viewer, filters).rows
            assert {row.pk for row in rows} == {
                row.pk for row in filtered(viewer, filters)
            }, (user, filters)
            for row in rows:
                plain = Complaint.objects.get(pk=row.pk)
                for name in (*queue_page.SHOWN, "pk"):
                    assert shown_as(row, name) == shown_as(plain, name)


def shown_as(row: Any, name: str) -> Any:
    """A column of the row, or of what it points at."""
    for part in name.split("__"):
        row = getattr(row, part) if row is not None else None
    return row


def test_another_word_is_looked_for_in_its_place(people: People) -> None:
    case = cases.filed(people)
    viewer = viewer_of(people.support)

    def found(text: str) -> list[int]:
        rows = queue(viewer, QueueFilters(view=ALL, text=text)).rows
        return [row.pk for row in rows]

    word = case.subject.split()[0]
    forget()
    assert found("zymurgy") == []
    assert found(word) == [case.pk]
    assert found("zymurgy " + word) == found(f"{word} zymurgy") == []
    assert found(case.reference) == [case.pk]
    assert found(cases.filed(people).reference) != [case.pk]
    assert queue_page._part.cache_info().hits >= 4


def test_moment_is_that_of_the_viewer(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    viewer = viewer_of(people.security)
    due = Complaint.objects.get(pk=case.pk).next_due_at
    assert due is not None
    before, after = (
        replace(viewer, at=due + timedelta(seconds=second)) for second in (-1, 1)
    )
    assert counts(before)["overdue"] == 0
    assert counts(after)["overdue"] == 1
    assert [r.pk for r in queue(after, QueueFilters(view="overdue")).rows] == [case.pk]


def test_rights_taken_away_are_felt_at_once(people: People, case_at: CaseAt) -> None:
    case_at("investigating")
    assert queue(viewer_of(people.security), QueueFilters(view=ALL)).rows
    viewer = replace(viewer_of(people.security), grants={})
    assert not queue(viewer, QueueFilters(view=ALL)).rows
    assert set(counts(viewer).values()) == {0}
    assert frame_of(viewer).teams == []


def test_frame_is_of_who_asks(people: People) -> None:
    case = cases.at(people, "investigating")
    add_tag(complaint=case, name="Bench", actor=people.security)
    for user in people.all().values():
        viewer = viewer_of(user)
        frame = frame_of(viewer)
        assert frame.teams == list(own_teams(viewer))
        assert frame.tags == list(tags_met(viewer))


def test_rows_bear_what_is_theirs(people: People) -> None:
    one, other, bare = (cases.at(people, "investigating") for _ in range(3))
    for case, name in ((one, "Bench"), (other, "Bench"), (one, "Chain")):
        add_tag(complaint=case, name=name, actor=people.security)
    watch(complaint=other, actor=people.security)
    viewer = viewer_of(people.security)
    for user, seconds in ((people.head, 5), (people.admin, 60), (people.security, 5)):
        Presence.objects.create(
            complaint=one, user=user, seen_at=viewer.at - timedelta(seconds=seconds)
        )

    found = beside([one, other, bare], viewer)

    assert [tag.name for tag in found[one.pk].tags] == ["Bench", "Chain"]
    assert [tag.name for tag in found[other.pk].tags] == ["Bench"]
    assert found[bare.pk].tags == []
    assert [pk for pk in (one.pk, other.pk, bare.pk) if found[pk].watched] == [other.pk]
    assert found[one.pk].here == [Here(str(people.head), False)]
    assert not beside([other], viewer)[one.pk].tags


def test_any_of_is_one_value_for_any_number(people: People) -> None:
    keys = [cases.filed(people).pk for _ in range(3)]
    for wanted in (keys, keys[1:], []):
        rows = Complaint.objects.filter(AnyOf("id", in_text(wanted))).order_by("pk")
        assert [row.pk for row in rows] == wanted
        assert in_text(wanted) in rows.query.sql_with_params()[1]


def test_nobody_is_told_where_none_can_be(people: People) -> None:
    """Not even the database is asked, neither the first time nor the second."""
    viewer = viewer_of(people.security)
    for _ in range(2):
        assert queue(viewer, QueueFilters(view=ALL, text="。!")).rows == ()
