"""Tags: words on cases that every team shares and nobody meets uninvited."""

import pytest
from django.utils import timezone

from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import CaseTag, Complaint, Event, Tag
from complaints.permissions import viewer_of
from complaints.selectors.desk import beside, frame_of
from complaints.services import tags
from complaints.services.privacy.erase import erase_case
from teams.models import User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def met(user: User) -> list[str]:
    return [tag.name for tag in frame_of(viewer_of(user)).tags]


def events(case: Complaint) -> list[tuple[str, dict[str, int]]]:
    rows = Event.objects.filter(stream=case.stream, what__endswith="tagged")
    return list(rows.order_by("seq").values_list("what", "payload"))


def test_tag_is_put_on_and_taken_off_once_on_the_ledger(people: People) -> None:
    case = cases.at(people, "investigating")
    add = {"complaint": case, "actor": people.security}

    assert tags.add_tag(name=" Address  Poisoning ", **add)
    assert not tags.add_tag(name="address poisoning", **add)
    tag = Tag.objects.get()
    assert (tag.name, tag.key) == ("Address Poisoning", "address poisoning")
    assert [
        t.name for t in beside([case], viewer_of(people.security))[case.pk].tags
    ] == ["Address Poisoning"]
    assert tags.remove_tag(key=tag.key, **add)
    assert not tags.remove_tag(key=tag.key, **add)

    assert not CaseTag.objects.exists()
    assert events(case) == [("tagged", {"tag": tag.pk}), ("untagged", {"tag": tag.pk})]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("  ", "empty"),
        ("x" * 41, "too_long"),
        ("{reference}", "reference"),
        ("twin of {lower}", "reference"),
        ("{spaced}", "reference"),
        ("\u200b\u3164", "empty"),
    ],
)
def test_tag_that_can_be_none_is_refused(people: People, name: str, code: str) -> None:
    case = cases.at(people, "investigating")
    spelt = name.format(
        reference=case.reference,
        lower=case.reference.lower(),
        spaced=case.reference.replace("-", " "),
    )
    with pytest.raises(InvalidInput) as caught:
        tags.add_tag(complaint=case, name=spelt, actor=people.security)
    assert (caught.value.reason, Tag.objects.count()) == (code, 0)


def test_tags_that_look_the_same_are_one(people: People) -> None:
    """No mark that nobody sees tells them apart or turns the row around."""
    case = cases.at(people, "investigating")
    for name in ("fraud", "fra\u200bud", "\u202efraud", "fraud\x1b"):
        tags.add_tag(complaint=case, name=name, actor=people.security)
    assert Tag.objects.get().name == "fraud"


def test_tag_goes_with_the_last_case_that_bore_it(people: People) -> None:
    case, other = cases.at(people, "investigating"), cases.at(people, "investigating")
    for one, name in ((case, "Zhang San"), (case, "hack"), (other, "hack")):
        tags.add_tag(complaint=one, name=name, actor=people.security)

    erase_case(case, timezone.now())

    assert list(Tag.objects.values_list("name", flat=True)) == ["hack"]
    assert CaseTag.objects.get().complaint == other


def test_no_more_than_twelve_tags_on_a_case(people: People) -> None:
    case = cases.at(people, "investigating")
    for n in range(tags.MOST):
        tags.add_tag(complaint=case, name=f"t{n}", actor=people.security)
    with pytest.raises(InvalidInput):
        tags.add_tag(complaint=case, name="one more", actor=people.security)
    assert CaseTag.objects.filter(complaint=case).count() == tags.MOST


def test_only_who_works_on_the_case_tags_it(people: People) -> None:
    case = cases.at(people, "investigating")
    for user, refusal in (
        (people.tech, NotVisible),
        (people.outsider, NotVisible),
        (people.head, NotPermitted),
        (people.customer, NotPermitted),
    ):
        with pytest.raises(refusal):
            tags.add_tag(complaint=case, name="mine", actor=user)
    assert not Tag.objects.exists()


def test_tag_is_met_only_on_cases_one_sees(people: People) -> None:
    case = cases.at(people, "investigating")
    tags.add_tag(complaint=case, name="Insider", actor=people.security)

    assert met(people.security) == met(people.head) == ["Insider"]
    assert met(people.tech) == met(people.customer) == []
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    assert met(people.security) == met(people.head) == []
