"""Queries that are put into SQL once answer each time as if they were put anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import CaseAccess, Complaint, Event, Party
from complaints.permissions import Viewer, alike, as_staff, viewer_of
from complaints.states import AccessKind
from complaints.together import Shape
from complaints.worded import Worded
from teams import wording
from teams.models import TeamUserObjectPermission, User
from teams.models.user import UserKind
from teams.roles import Perm
from tests import cases
from tests.people import People

pytestmark = pytest.mark.both


class Counted:
    """``build``, and how often it was called."""

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.build, self.calls = build, 0

    def __call__(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        self.calls += 1
        return self.build(*args, **kwargs)


def seen() -> tuple[Counted, Worded]:
    built = Counted(
        lambda viewer, case: (
            Complaint.objects.visible_to(viewer)
            .filter(pk=case)
            .select_related("customer", "handler")
        )
    )
    return built, Worded(built)


def test_each_case_is_read_whole_from_one_wording(people: People) -> None:
    built, question = seen()
    viewer = as_staff(viewer_of(people.security))
    for state in ("investigating", "closed", "investigating"):
        case = cases.at(people, state)
        with CaptureQueriesContext(connection) as caught:
            [found] = question.rows(viewer, case=case.pk)
            assert found.customer.pk == case.customer_id
            assert (found.handler and found.handler.pk) == case.handler_id
        assert len(caught) == 1
        wanted = Complaint.objects.get(pk=case.pk)
        for field in Complaint._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(wanted, field.attname)
    assert built.calls == 1


def test_like_rights_share_the_wording_and_not_the_rows(people: People) -> None:
    """A pass in one's own name lets in its holder, until it ends."""
    built, question = seen()
    case, now = cases.at(people, "investigating"), timezone.now()
    viewers = [as_staff(viewer_of(user)) for user in (people.tech, people.risk)]
    mine, other = viewers
    other = type(other)(user=other.user, grants=mine.grants, at=other.at)
    assert alike(mine) == alike(other)
    assert question.rows(mine, case=case.pk) == []
    CaseAccess.objects.create(
        complaint=case,
        kind=AccessKind.BREAK_GLASS,
        user=mine.user,
        until=now + timedelta(hours=1),
        granted_by=people.head,
        granted_at=now,
    )
    assert question.rows(mine, case=case.pk) == [case]
    assert question.rows(other, case=case.pk) == []
    later = type(mine)(user=mine.user, grants=mine.grants, at=now + timedelta(hours=1))
    assert question.rows(later, case=case.pk) == []
    assert built.calls == 1


def test_whoever_loses_a_right_asks_otherwise_at_once(people: People) -> None:
    built, question = seen()
    case = cases.at(people, "investigating")
    lead = people.security_lead
    assert question.rows(as_staff(viewer_of(lead)), case=case.pk) == [case]
    TeamUserObjectPermission.objects.filter(
        user=lead, permission__codename=Perm.VIEW
    ).delete()
    assert question.rows(as_staff(viewer_of(lead)), case=case.pk) == []
    assert built.calls == 2


def test_customers_and_links_are_asked_for_alone(people: People) -> None:
    built, question = seen()
    case, other = cases.filed(people), cases.at(people, "closed")
    customer = viewer_of(people.customer)
    assert alike(customer) is None
    for _ in range(2):
        assert question.rows(customer, case=case.pk) == [case]
    assert built.calls == 2
    Party.objects.create(user=people.security)
    own = viewer_of(people.security)
    assert own.own
    assert alike(as_staff(own)) is None
    assert question.rows(as_staff(own), case=other.pk) == [other]


@pytest.mark.parametrize(
    "other",
    [
        {"covers": frozenset({7})},
        {"grants": {Perm.VIEW: frozenset({1, 2})}},
        {"grants": {Perm.HANDLE: frozenset({1})}},
        {"user": User(pk=1, is_staff=True)},
        {"user": User(pk=1, is_superuser=True)},
    ],
)
def test_whoever_differs_in_one_right_is_not_alike(other: dict[str, Any]) -> None:
    one = Viewer(User(pk=1), {Perm.VIEW: frozenset({1})})
    another = replace(one, **other)
    assert alike(another) != alike(one)
    like = alike(another)
    assert like is not None
    assert alike(like.viewer(9, another.at)) == like
    assert alike(replace(another, user=copy_of(another.user, pk=3))) == like


@pytest.mark.parametrize(
    "tie",
    [
        {"parties": frozenset({1})},
        {"own": frozenset({1})},
        {"speaks_for": frozenset({1})},
        {"only": frozenset()},
        {"user": User(pk=1, kind=UserKind.SYSTEM)},
    ],
)
def test_whoever_is_tied_to_a_case_is_like_nobody(tie: dict[str, Any]) -> None:
    one = Viewer(User(pk=1), {Perm.VIEW: frozenset({1})})
    assert alike(one) is not None
    assert alike(replace(one, **tie)) is None


def copy_of(user: User, pk: int) -> User:
    return User(pk=pk, is_staff=user.is_staff, is_superuser=user.is_superuser)


def test_whoever_can_see_nothing_is_given_nothing(people: People) -> None:
    _built, question = seen()
    case, nobody = cases.filed(people), viewer_of(people.outsider)
    assert alike(nobody) is not None
    for _ in range(2):
        assert question.rows(nobody, case=case.pk) == []


def test_value_that_is_missing_is_compared_with_nothing(people: People) -> None:
    case = cases.filed(people)
    question = Worded(lambda handler: Complaint.objects.filter(handler=handler))
    assert question.rows(handler=None) == [case]
    assert question.rows(handler=people.head.pk) == []


def test_names_moments_and_signs_of_percent_are_kept(people: People) -> None:
    case = cases.filed(people)
    Complaint.objects.filter(pk=case.pk).update(description="50% of 'it' %s")
    at = Event.objects.filter(stream=case.stream).order_by("seq")[0].at

    question = Worded(
        lambda case: Complaint.objects.filter(
            pk=case, description__contains="50% of 'it' %s"
        )
    )
    assert question.rows(case=case.pk) == [case]
    assert question.rows(case=case.pk + 1) == []
    events = Worded(
        lambda stream, since: (
            Event.objects.filter(stream=stream, at__gte=since)
            .order_by("seq")
            .values_list("seq", "at")
        )
    )
    [first, *_rest] = events.rows(stream=case.stream, since=at)
    assert first == (1, at)
    assert events.rows(stream=case.stream + "0", since=at) == []
    assert events.rows(stream=case.stream, since=at + timedelta(days=1)) == []


def test_shape_of_a_viewer_reads_what_they_may_see(people: People) -> None:
    shape = Shape(
        lambda viewer, case: [
            Complaint.objects.visible_to(viewer).filter(pk=case).only("reference")
        ]
    )
    nothing = Shape(list)
    case = cases.at(people, "investigating")
    for user in (people.security, people.tech, people.customer):
        viewer = viewer_of(user)
        wanted = [row.reference for row in Complaint.objects.visible_to(viewer)]
        [rows] = nothing.read(*shape.parts(viewer, case=case.pk))
        assert [row.reference for row in rows] == wanted


@pytest.mark.postgres
def test_a_connection_keeps_few_plans(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest gives way, and is planned anew when it is asked again."""
    monkeypatch.setattr(wording, "MOST_PLANNED", 2)
    vars(connection.connection).pop(wording._PLANNED, None)
    case = cases.filed(people)
    questions = [
        Worded(
            lambda case, skip=n: Complaint.objects.filter(pk=case, version__gte=skip)
        )
        for n in (0, 0, 0)
    ]
    for question in (*questions, questions[0]):
        with CaptureQueriesContext(connection) as caught:
            assert question.rows(case=case.pk) == [case]
        assert [each["sql"][:7] for each in caught] == ["EXECUTE"]
        assert len(vars(connection.connection)[wording._PLANNED]) <= 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] >= 2
