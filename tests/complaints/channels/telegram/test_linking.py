"""A code entered while signed in links an account; nothing else does."""

import pytest

from complaints.models import Contact, Outbox
from complaints.services.handles import issue_code
from tests.complaints.channels.telegram.bot import ADA, filed, reply, say
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]


@pytest.mark.parametrize("command", ["/link {}", "/start {}", "/link@ourbot {}"])
def test_code_links_and_the_next_complaint_is_the_customers(
    people: People, command: str
) -> None:
    code = issue_code(user=people.customer)
    say(command.format(code))
    assert reply().startswith("This account is linked")
    case = filed("Mine, and a proven account's.")
    assert case.customer.user == people.customer
    receipt = Outbox.objects.get(complaint=case, kind="receipt", channel="telegram")
    assert receipt.body == ""  # the letter itself, whole


def test_code_may_be_sent_alone_when_it_was_asked_for(people: People) -> None:
    code = issue_code(user=people.customer)
    say("/link")
    say(code.lower())
    assert Contact.objects.get(value=str(ADA)).party.user == people.customer


@pytest.mark.usefixtures("one_window")
def test_wrong_codes_are_counted(people: People) -> None:
    for _try in range(10):
        say("/link AAAAAAAAAA")
        assert reply().startswith("This code is wrong")
    code = issue_code(user=people.customer)
    say(f"/link {code}")
    assert reply().startswith("Too many codes")
    assert not Contact.objects.filter(proved_at__isnull=False, value=str(ADA)).exists()


def test_unlinked_account_is_nobody_to_its_former_customer(people: People) -> None:
    say(f"/link {issue_code(user=people.customer)}")
    case = filed()
    say("/unlink")
    assert reply() == "The link is ended."
    say("/status")
    assert reply() == "There is no complaint from this account."
    assert say("Tell me more about my case").complaint is None
    assert filed("A new one").customer != case.customer
