"""Who an account on a platform is, and what proves it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.errors import InvalidInput
from complaints.models import Contact
from complaints.services import handles
from complaints.services.handles import CODE_LIVES, guest_of, issue_code, redeem

pytestmark = pytest.mark.django_db


def test_unknown_account_is_a_customer_of_its_own_once():
    first = guest_of("telegram", "4711", name="Ada")
    again = guest_of("telegram", "4711", name="Eve")
    assert (first.party, first.proven) == (again.party, False)
    assert guest_of("x", "4711").party != first.party


def test_code_links_the_account_to_who_made_it(people):
    guest = guest_of("telegram", "4711")
    code = issue_code(user=people.customer)
    party = redeem(provider="telegram", handle="4711", code=code.lower())
    speaker = handles.speaker_of("telegram", "4711")
    assert (speaker.party, speaker.proven) == (people.customer.party, True)
    assert party == people.customer.party != guest.party


@pytest.mark.parametrize("late", [timedelta(0), CODE_LIVES])
def test_code_is_good_once_and_for_a_quarter_of_an_hour(people, late):
    now = timezone.now()
    code = issue_code(user=people.customer, now=now)
    if not late:
        redeem(provider="x", handle="1", code=code, now=now)
    with pytest.raises(InvalidInput) as refused:
        redeem(provider="telegram", handle="2", code=code, now=now + late)
    assert refused.value.reason == "unknown_code"
    assert not Contact.objects.filter(value="2").exists()


def test_new_code_voids_the_one_before(people):
    old = issue_code(user=people.customer)
    issue_code(user=people.customer)
    with pytest.raises(InvalidInput):
        redeem(provider="telegram", handle="3", code=old)


def test_account_speaks_for_one_customer_at_a_time(people):
    redeem(provider="x", handle="9", code=issue_code(user=people.customer))
    redeem(provider="x", handle="9", code=issue_code(user=people.other_customer))
    proven = Contact.objects.filter(value="9", proved_at__isnull=False)
    assert [row.party.user for row in proven] == [people.other_customer]


def test_what_is_theirs_by_signing_in_is_no_link(people):
    """A conversation of our own chat is neither shown as a link nor ended as one."""
    code = issue_code(user=people.customer)
    redeem(provider="telegram", handle="4711", code=code)
    chat = Contact.objects.create(
        party=people.customer.party,
        kind="handle",
        provider="chat",
        value="AZIWozZM",
        proved_at=timezone.now(),
        proof="account",
    )

    assert [row.provider for row in handles.linked(user=people.customer)] == [
        "telegram"
    ]
    assert not handles.unlink(user=people.customer, contact=chat.pk)
    chat.refresh_from_db()
    assert chat.proved_at is not None
