"""One person, two records: what proves it, what goes over, and the way back."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import ledger
from complaints.errors import (
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
    RecourseError,
)
from complaints.models import (
    Complaint,
    Contact,
    Event,
    Party,
    PartyMerge,
)
from complaints.outbox import recipients_of
from complaints.permissions import viewer_of
from complaints.services import handles, identity, intake
from complaints.services.intake import Filing, guest_party, party_of_user
from complaints.workflow import perform
from teams.system import system_actor
from tests import cases
from tests.people import People, everybody

pytestmark = pytest.mark.django_db
MAILBOX = "customer@people.example"
ACCOUNT = "4711"


def proven(party: Party, kind: str, value: str, provider: str = "") -> Contact:
    row, _made = Contact.objects.update_or_create(
        party=party,
        kind=kind,
        provider=provider,
        value=value,
        defaults={"proved_at": timezone.now(), "proof": "test"},
    )
    return row


def a_case(party: Party, **given: Any) -> Complaint:
    filing = {"channel": "x", "subject": "Gone", "description": "It is gone."}
    return intake.file_complaint(
        filing=Filing(customer=party, **filing | given),
        actor=system_actor("channel:x"),
    )


def a_guest(**given: Any) -> tuple[Party, Complaint]:
    """Somebody who wrote from the customer's mailbox and proved to read it."""
    party = guest_party(email=MAILBOX, name="Ada")
    proven(party, "email", MAILBOX)
    return party, a_case(party, **given)


def the_customer(people: People) -> Party:
    party = party_of_user(people.customer)
    proven(party, "email", MAILBOX)
    return party


def rows() -> dict[str, Any]:
    """Whose everything is, column by column."""
    tables = {"party": Party, "contact": Contact, "complaint": Complaint}
    return {
        name: {row["id"]: row for row in model._default_manager.values()}
        for name, model in tables.items()
    }


def join(people: People, one: Party, other: Party) -> PartyMerge:
    return identity.merge(
        one=one, other=other, reason="The same person.", actor=people.support_lead
    )


def end_link(people: People) -> None:
    (account,) = handles.linked(user=people.customer)
    assert handles.unlink(user=people.customer, contact=account.pk)


# Proof --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (
            ("email", "", "a@b.example", True),
            ("email", "", "A@B.example", True),
            "address",
        ),
        (("email", "", "a@b.example", True), ("email", "", "a@b.example", False), None),
        (
            ("email", "", "a@b.example", False),
            ("email", "", "a@b.example", False),
            None,
        ),
        (("email", "", "a@b.example", True), ("email", "", "c@b.example", True), None),
        (("phone", "phone", "+46", True), ("phone", "phone", "+46", True), "address"),
        (("handle", "x", "1", True), ("handle", "x", "1", False), "code"),
        (("handle", "x", "1", False), ("handle", "x", "1", True), "code"),
        (("handle", "x", "1", False), ("handle", "x", "1", False), None),
        (("handle", "x", "1", True), ("handle", "facebook", "1", True), None),
    ],
)
def test_only_what_both_proved_or_a_code_links_is_proof(
    mine: Any, theirs: Any, expected: str | None
) -> None:
    parties = [guest_party(email=""), guest_party(email="")]
    for party, (kind, provider, value, proof) in zip(
        parties, (mine, theirs), strict=True
    ):
        row = Contact.objects.create(
            party=party, kind=kind, provider=provider, value=value
        )
        if proof:
            proven(party, kind, row.value, provider)

    found = identity.proof_between(*parties)

    assert (found.basis if found else None) == expected
    assert bool(identity.others_of(parties[0])) == bool(expected)


def test_a_link_that_ended_proves_nothing(people: People) -> None:
    party, guest = the_customer(people), handles.guest_of("x", ACCOUNT).party
    code = handles.issue_code(user=people.customer)
    handles.redeem(provider="x", handle=ACCOUNT, code=code)
    assert identity.others_of(party) == [guest]

    end_link(people)

    assert identity.others_of(party) == []
    assert handles.linked(user=people.customer) == []


# Who may ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["customer", "support", "risk_lead", "security", "reviewer", "head", "admin"],
)
def test_only_two_roles_may(people: People, name: str) -> None:
    guest, _case = a_guest()
    customer, actor = the_customer(people), people.all()[name]
    before = rows()

    with pytest.raises(NotPermitted):
        identity.plan(one=customer, other=guest, actor=actor)
    with pytest.raises(NotPermitted):
        identity.merge(one=customer, other=guest, reason="x", actor=actor)
    assert rows() == before


def test_a_barred_record_is_not_there(people: People) -> None:
    guest, case = a_guest()
    Complaint.objects.filter(pk=case.pk).update(barrier="suspicion")

    with pytest.raises(NotVisible):
        join(people, the_customer(people), guest)


def test_a_barred_case_goes_over_and_is_told_to_nobody(people: People) -> None:
    guest, case = a_guest()
    barred = a_case(guest)
    Complaint.objects.filter(pk=barred.pk).update(barrier="insider")
    customer = the_customer(people)
    plan = identity.plan(one=customer, other=guest, actor=people.support_lead)
    join(people, customer, guest)

    assert plan.complaints == [case]
    assert set(customer.complaints.all()) == {case, barred}


def test_nobody_joins_records_of_their_own(people: People) -> None:
    guest, _case = a_guest()
    mine = party_of_user(people.support_lead)
    proven(mine, "email", MAILBOX)

    with pytest.raises(NotPermitted):
        join(people, mine, guest)


# What is refused ----------------------------------------------------------------------


def _unproven(people: People) -> tuple[Party, Party]:
    return the_customer(people), guest_party(email=MAILBOX)


def _two_accounts(people: People) -> tuple[Party, Party]:
    other = party_of_user(people.other_customer)
    proven(other, "email", MAILBOX)
    return the_customer(people), other


def _own_case(people: People) -> tuple[Party, Party]:
    """The handler is a customer as well, and it is their own complaint."""
    guest, case = a_guest()
    cases.admit(people, case)
    perform(case, "take", actor=people.security)
    handler = party_of_user(people.security)
    proven(handler, "email", MAILBOX)
    return handler, guest


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_unproven, "not_proven"),
        (_two_accounts, "two_accounts"),
        (_own_case, "own_case"),
    ],
)
def test_what_is_not_one_person_is_not_joined(
    people: People, make: Callable[[People], tuple[Party, Party]], code: str
) -> None:
    one, other = make(people)
    before = rows()

    with pytest.raises(InvalidInput) as refused:
        join(people, one, other)
    assert refused.value.reason == code
    assert rows() == before
    assert not PartyMerge.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001])
def test_a_reason_is_needed(people: People, reason: str) -> None:
    guest, _case = a_guest()
    with pytest.raises(InvalidInput):
        identity.merge(
            one=the_customer(people),
            other=guest,
            reason=reason,
            actor=people.support_lead,
        )


def test_an_erased_record_is_left_alone(people: People) -> None:
    guest, _case = a_guest()
    guest.erased_at = timezone.now()
    guest.save()
    with pytest.raises(IllegalMove):
        join(people, the_customer(people), guest)


# What goes over -----------------------------------------------------------------------


def test_rights_follow_the_complaints(people: People) -> None:
    guest, case = a_guest()
    handles_of_guest = Contact.objects.create(
        party=guest, kind="handle", provider="x", value=ACCOUNT
    )
    customer = the_customer(people)
    seen = Complaint.objects.visible_to
    assert case not in seen(viewer_of(people.customer))

    row = join(people, guest, customer)

    assert (row.absorbed, row.survivor) == (guest, customer)
    assert case in seen(viewer_of(people.customer))
    assert case not in seen(viewer_of(people.other_customer))
    handles_of_guest.refresh_from_db()
    assert handles_of_guest.party == customer
    assert handles.speaker_of("x", ACCOUNT) == handles.Speaker(customer, proven=False)
    case.refresh_from_db()
    there = [r for r in recipients_of(case) if r.channel == "x"]
    assert [(r.address, r.proven) for r in there] == [(ACCOUNT, False)]


def test_it_stands_on_the_ledger_with_its_reason_once(people: People) -> None:
    guest, case = a_guest()
    row = join(people, the_customer(people), guest)

    of_case = Event.objects.get(stream=case.stream, what="customers_merged")
    assert of_case.actor == people.support_lead
    assert of_case.payload == {
        "merge": row.pk,
        "absorbed": guest.pk,
        "survivor": row.survivor_id,
        "basis": "address",
    }
    of_day = Event.objects.get(stream__startswith="desk:", what="customers_merged")
    assert of_day.texts.get().text == "The same person."
    assert list(ledger.verify()) == []


def test_what_was_moved_is_never_rewritten(people: People) -> None:
    guest, _case = a_guest()
    row = join(people, the_customer(people), guest)
    for change in ({"moved": {}}, {"survivor": guest}, {"reason": "Another."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PartyMerge.objects.filter(pk=row.pk).update(**change)
    PartyMerge.objects.filter(pk=row.pk).update(reason="")


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_one_joins() -> None:
    people = everybody()
    guest, case = a_guest()
    customer, start = the_customer(people), threading.Barrier(4)
    said: list[str] = []

    def run() -> None:
        try:
            start.wait()
            join(people, guest, customer)
            said.append("won")
        except RecourseError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(said) == {"won": 1, "illegal_move": 3}
    case.refresh_from_db()
    assert case.customer == customer
    assert list(ledger.verify()) == []


# The way back -------------------------------------------------------------------------

CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["email", "handle", "phone"]),
        st.sampled_from(["", "x", "facebook"]),
        st.sampled_from(["a@b.example", "A@b.example", "4711", "+46"]),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda row: (row[0], row[1], row[2].lower()),
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(of_guest=CONTACTS, of_customer=CONTACTS, filed=st.integers(0, 3))
def test_undoing_restores_every_row_exactly(
    people: People, of_guest: Any, of_customer: Any, filed: int
) -> None:
    with transaction.atomic():
        guest, _first = a_guest()
        customer = the_customer(people)
        for party, contacts in ((guest, of_guest), (customer, of_customer)):
            for kind, provider, value, proof in contacts:
                Contact.objects.create(
                    party=party,
                    kind=kind,
                    provider=provider,
                    value=value,
                    proved_at=timezone.now() if proof else None,
                )
        for _n in range(filed):
            a_case(guest)
        before = rows()

        row = join(people, guest, customer)
        assert customer.complaints.count() == filed + 1
        identity.undo(merge=row, reason="No.", actor=people.support_lead)

        after = rows()
        ended = row.link_id and after["contact"].pop(row.link_id)
        if ended:
            before["contact"].pop(row.link_id)
            assert (ended["proved_at"], ended["proof"]) == (None, "ended")
        assert after == before
        transaction.set_rollback(True)


def test_undone_is_undone_once_and_says_by_whom(people: People) -> None:
    guest, case = a_guest()
    row = join(people, guest, the_customer(people))
    identity.undo(merge=row, reason="Two people.", actor=people.support_lead)

    with pytest.raises(IllegalMove):
        identity.undo(merge=row, reason="Again.", actor=people.support_lead)
    row.refresh_from_db()
    assert (row.undone_by, row.undo_reason) == (people.support_lead, "Two people.")
    events = Event.objects.filter(stream=case.stream, what="customers_parted")
    assert events.count() == 1
    assert list(ledger.verify()) == []


def test_what_came_since_stays(people: People) -> None:
    guest, case = a_guest()
    customer = the_customer(people)
    row = join(people, guest, customer)
    later = a_case(customer)
    identity.undo(merge=row, reason="Two people.", actor=people.support_lead)

    assert list(guest.complaints.all()) == [case]
    assert list(customer.complaints.all()) == [later]


def test_what_went_on_since_comes_back_in_turn(people: People) -> None:
    """An older guest took a younger one in, and a customer took both."""
    older, first = a_guest()
    younger, second = a_guest()
    inner = join(people, older, younger)
    outer = join(people, older, the_customer(people))

    with pytest.raises(IllegalMove):
        identity.undo(merge=inner, reason="No.", actor=people.support_lead)
    identity.undo(merge=outer, reason="No.", actor=people.support_lead)
    identity.undo(merge=inner, reason="No.", actor=people.support_lead)

    assert list(older.complaints.all()) == [first]
    assert list(younger.complaints.all()) == [second]


# By code ------------------------------------------------------------------------------


def linked(people: People) -> tuple[Complaint, PartyMerge]:
    guest = handles.guest_of("x", ACCOUNT).party
    case = a_case(guest)
    code = handles.issue_code(user=people.customer)
    handles.redeem(provider="x", handle=ACCOUNT, code=code)
    return case, PartyMerge.objects.get()


def test_what_the_account_filed_becomes_the_customers(people: People) -> None:
    case, row = linked(people)
    case.refresh_from_db()

    assert case.customer.user == people.customer
    assert (row.basis, row.made_by.username) == ("code", "channel:x")
    assert [r.proven for r in recipients_of(case) if r.channel == "x"] == [True]


def test_undoing_a_code_ends_the_link(people: People) -> None:
    case, row = linked(people)
    guest = row.absorbed
    identity.undo(merge=row, reason="Not theirs.", actor=people.support_lead)
    case.refresh_from_db()

    assert case.customer == guest
    assert handles.linked(user=people.customer) == []
    assert handles.speaker_of("x", ACCOUNT) == handles.Speaker(guest, proven=False)
    assert [r.proven for r in recipients_of(case) if r.channel == "x"] == [False]


def test_an_account_that_moved_on_is_told_nothing_more(people: People) -> None:
    """What it filed while it was somebody's stays with them; letters go elsewhere."""
    case, _row = linked(people)
    code = handles.issue_code(user=people.other_customer)
    handles.redeem(provider="x", handle=ACCOUNT, code=code)
    case.refresh_from_db()

    assert case.customer.user == people.customer
    assert [r for r in recipients_of(case) if r.channel == "x"] == []
    assert handles.speaker_of("x", ACCOUNT).party.user == people.other_customer


def test_an_unlinked_account_is_a_customer_of_its_own(people: People) -> None:
    case, row = linked(people)
    end_link(people)

    assert handles.speaker_of("x", ACCOUNT) == handles.Speaker(row.absorbed, False)
    case.refresh_from_db()
    assert case.customer.user == people.customer


def test_foreign_link_cannot_be_ended(people: People) -> None:
    linked(people)
    contact = handles.linked(user=people.customer)[0]
    assert not handles.unlink(user=people.other_customer, contact=contact.pk)
    assert handles.linked(user=people.customer) == [contact]


def test_what_gathered_since_goes_over_with_the_next_code(people: People) -> None:
    _case, row = linked(people)
    end_link(people)
    second = a_case(row.absorbed)
    code = handles.issue_code(user=people.customer)
    handles.redeem(provider="x", handle=ACCOUNT, code=code)
    second.refresh_from_db()

    assert second.customer.user == people.customer
    assert PartyMerge.objects.count() == 2


def test_a_handler_takes_no_case_of_theirs_over_by_code(people: People) -> None:
    guest = handles.guest_of("x", ACCOUNT).party
    case = a_case(guest)
    cases.admit(people, case)
    perform(case, "take", actor=people.security)
    code = handles.issue_code(user=people.security)
    handles.redeem(provider="x", handle=ACCOUNT, code=code)
    case.refresh_from_db()

    assert case.customer == guest
    assert not PartyMerge.objects.exists()
