"""What goes, what stays and why; and that the ledger is whole afterwards."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from complaints import ledger
from complaints.channels.chat import talk
from complaints.channels.chat.models import Author
from complaints.clocks.limits import add_calendar_months
from complaints.errors import CaseErased, IllegalMove, InvalidInput, NotPermitted
from complaints.models import (
    Complaint,
    Contact,
    Event,
    Evidence,
    Party,
    Representative,
    SavedView,
)
from complaints.public.models import Subscriber
from complaints.services.correspond import customer_writes, reply
from complaints.services.evidence import Upload, add_evidence
from complaints.services.privacy import erase
from complaints.services.privacy.erase import erase_case, erase_person, purge_expired
from complaints.services.privacy.export import export_person
from complaints.services.privacy.retention import hold, kept_until, lift, why_kept
from complaints.states import ScanState
from complaints.workflow import perform
from tests import cases
from tests.flush import every_row
from tests.people import People

pytestmark = pytest.mark.django_db

CANARY = "Zinnober-4711"


def _later(years: int = 5) -> datetime:
    return timezone.now() + timedelta(days=366 * years)


@pytest.fixture
def told(people: People) -> Complaint:
    """A finished case in which the customer said one word everywhere they could."""
    case = cases.filed(
        people,
        subject=f"About {CANARY}",
        description=CANARY,
        points=(CANARY,),
        desired_outcome=CANARY,
        identifiers=(("transaction", CANARY, "tron"),),
    )
    upload = Upload(f"{CANARY}.txt", CANARY.encode())
    add_evidence(complaint=case, upload=upload, actor=people.customer)
    cases._withdraw(people, case)
    case.refresh_from_db()
    return case


def _whole() -> dict[str, str]:
    """Each table as one text."""
    return {
        table: json.dumps(rows, default=_as_text) for table, rows in every_row().items()
    }


def _as_text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return str(value)


def _told_in() -> list[str]:
    return sorted(table for table, text in _whole().items() if CANARY in text)


def test_kept_for_five_years_from_its_end(told: Complaint) -> None:
    ended = Event.objects.get(object_type="complaint", target="withdrawn").at
    until = add_calendar_months(ended, 60, "Europe/Berlin")

    assert kept_until(told) == until
    assert "Art 17(3)(b)" in str(why_kept(told, until))
    assert why_kept(told, until + timedelta(seconds=1)) == ""


def test_order_of_an_authority_keeps_it_longer(told: Complaint, settings: Any) -> None:
    settings.RETENTION_BY_ORDER = True

    assert why_kept(told, _later(6))
    assert why_kept(told, _later(8)) == ""


def test_case_that_goes_on_is_kept_whatever_its_age(people: People) -> None:
    case = cases.at(people, "investigating")

    assert kept_until(case) is None
    assert purge_expired(now=_later(30)) == 0


def test_purge_leaves_no_word_and_a_whole_ledger(told: Complaint) -> None:
    assert "complaints_complaint" in _told_in()
    sent = list(told.outbox.values_list("key", "status"))

    assert purge_expired(now=_later()) == 1

    assert _told_in() == []
    # That it was sent stays, and to whom goes.
    assert list(told.outbox.values_list("key", "status")) == sent != []
    assert not told.outbox.exclude(recipient="", body="").exists()
    assert list(ledger.verify()) == []
    told.refresh_from_db()
    assert (told.state, told.erased_at is not None) == ("withdrawn", True)
    assert purge_expired(now=_later()) == 0
    assert Event.objects.filter(what="case_purged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_files_go_with_the_rows(told: Complaint) -> None:
    file = Path(told.evidence.get().file.path)
    assert file.read_bytes() == CANARY.encode()

    purge_expired(now=_later())

    assert not file.exists()


def test_nothing_comes_to_a_case_that_was_emptied(
    told: Complaint, people: People
) -> None:
    """It would stay for ever: what was erased is not looked at again."""
    purge_expired(now=_later())
    told.refresh_from_db()

    with pytest.raises(CaseErased):
        customer_writes(complaint=told, text=CANARY, actor=people.customer)
    upload = Upload("again.txt", CANARY.encode())
    with pytest.raises(CaseErased):
        add_evidence(complaint=told, upload=upload, actor=people.customer)
    assert _told_in() == []


def test_case_that_cannot_be_emptied_holds_up_no_other(
    told: Complaint, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cases.filed(people, by=people.other_customer)
    perform(other, "withdraw", actor=people.other_customer)

    def fail(case: Complaint, now: datetime) -> None:
        if case.pk == told.pk:
            raise IntegrityError
        erase_case(case, now)

    monkeypatch.setattr(erase, "erase_case", fail)

    assert purge_expired(now=_later()) == 1
    other.refresh_from_db()
    assert other.erased_at is not None


def test_nothing_goes_sooner(told: Complaint) -> None:
    assert purge_expired(now=_later(4)) == 0
    assert _told_in()


def test_hold_keeps_it_until_it_is_lifted(told: Complaint, people: People) -> None:
    hold(complaint=told, reason="Claim before the court of Berlin", actor=people.head)
    with pytest.raises(IllegalMove):
        hold(complaint=told, reason="Again", actor=people.head)

    for other in (people.support_lead, people.customer, people.reviewer):
        with pytest.raises(NotPermitted):
            hold(complaint=told, reason="Mine", actor=other)
        with pytest.raises(NotPermitted):
            lift(complaint=told, actor=other)

    assert purge_expired(now=_later()) == 0
    lift(complaint=told, actor=people.head)
    assert purge_expired(now=_later()) == 1
    with pytest.raises(IllegalMove):
        lift(complaint=told, actor=people.head)
    with pytest.raises(IllegalMove):
        hold(complaint=told, reason="Too late", actor=people.head)
    with pytest.raises(InvalidInput):
        hold(complaint=told, reason=" ", actor=people.head)
    whats = Event.objects.filter(stream=told.stream).values_list("what", flat=True)
    assert {"legal_hold_set", "legal_hold_lifted", "texts_erased"} <= set(whats)


def test_appealed_case_is_emptied_of_both_sides(people: People) -> None:
    case = cases.at(people, "appealed")
    appeal = case.appeals.get()
    assert appeal.grounds.exclude(text="").exists()

    erase_case(case, timezone.now())

    appeal.refresh_from_db()
    assert (appeal.statement, appeal.file_head != "") == ("", True)
    assert not appeal.grounds.exclude(text="").exists()
    assert not case.decisions.exclude(reasons="").exists()
    assert not case.letters.exclude(body="").exists()
    assert list(ledger.verify()) == []


def test_erasure_within_the_time_restricts_and_says_why(
    told: Complaint, people: People
) -> None:
    name = told.customer.last_name

    done = erase_person(people.customer.email.upper())

    assert (done.cases, done.person) == ([], False)
    (kept,) = done.kept
    assert kept.reference == told.reference
    assert "Art 17(3)(b)" in str(kept.why)
    told.customer.refresh_from_db()
    assert told.customer.restricted_at is not None
    assert told.customer.last_name == name


def test_erasure_after_the_time_leaves_nobody(told: Complaint, people: People) -> None:
    user, party = people.customer, told.customer
    email = user.email

    done = erase_person(email, now=_later())

    assert (done.cases, done.kept, done.person) == ([told.reference], [], True)
    user.refresh_from_db()
    party.refresh_from_db()
    assert (user.email, user.is_active) == ("", False)
    assert not user.has_usable_password()
    assert party.erased_at is not None
    assert (party.full_name, party.email, party.contacts.count()) == ("", "", 0)
    assert [table for table, text in _whole().items() if f'"{email}"' in text] == []
    with pytest.raises(LookupError):
        erase_person(email)


def test_restricted_person_goes_with_the_last_case(
    told: Complaint, people: People
) -> None:
    erase_person(people.customer.email)

    assert purge_expired(now=_later()) == 1

    told.customer.refresh_from_db()
    assert told.customer.erased_at is not None


def test_customer_who_did_not_ask_stays(told: Complaint) -> None:
    purge_expired(now=_later())

    told.customer.refresh_from_db()
    assert told.customer.erased_at is None
    assert told.customer.user is not None


def test_account_and_subscription_go_without_any_complaint(people: People) -> None:
    user = people.outsider
    email = user.email
    assert not Party.objects.filter(user=user).exists()
    Subscriber.objects.create(email=email, language="en", confirmed_at=timezone.now())

    done = erase_person(f" {email} ")

    assert (done.cases, done.kept, done.person) == ([], [], True)
    user.refresh_from_db()
    assert (user.email, user.first_name, user.is_active) == ("", "", False)
    assert not Subscriber.objects.exists()
    with pytest.raises(LookupError):
        erase_person(email)
    with pytest.raises(LookupError):
        erase_person(people.head.email)


def test_somebody_of_ours_keeps_the_account(people: People) -> None:
    Party.objects.create(user=people.support, last_name="Support")

    erase_person(people.support.email)

    people.support.refresh_from_db()
    assert people.support.is_active


def test_export_is_what_the_customer_may_read(people: People, tmp_path: Path) -> None:
    case = cases.at(people, "answered")
    reply(complaint=case, text="We looked at it.", actor=people.security)
    cases.filed(people, by=people.other_customer)
    path = tmp_path / "person.zip"

    assert export_person(people.customer.email, path) == [case.reference]

    with ZipFile(path) as archive:
        (record,) = json.loads(archive.read("person.json"))["records"]
        page = archive.read("person.html").decode()
    (told,) = record["cases"]
    assert told["description"] == case.description
    assert told["decisions"][0]["reasons"] == case.decisions.get().reasons
    assert any(entry["body"] == "We looked at it." for entry in told["history"])
    assert case.reference in page
    assert path.stat().st_mode & 0o077 == 0
    assert Event.objects.filter(what="person_exported").count() == 1


def test_copy_holds_no_record_of_somebody_who_mistyped(tmp_path: Path) -> None:
    """They gave the address of another, who asks for what is theirs."""
    address, path = "slip@people.example", tmp_path / "x.zip"
    party = Party.objects.create(last_name="Another", email=address)
    contact = Contact.objects.create(
        party=party, kind="email", value=address, created_at=timezone.now()
    )

    with pytest.raises(CommandError, match="1 gave it without proof"):
        call_command("export_person", address, out=path)
    assert not path.exists()

    assert export_person(address, path, unproven=True) == []
    Contact.objects.filter(pk=contact.pk).update(proved_at=timezone.now())
    assert export_person(address, path) == []


def test_export_brings_files_and_no_note(people: People, tmp_path: Path) -> None:
    case = cases.at(people, "investigating")
    mine, ours = Upload("mine.txt", b"my words"), Upload("ours.txt", b"our words")
    add_evidence(complaint=case, upload=mine, actor=people.customer)
    add_evidence(complaint=case, upload=ours, actor=people.security)
    path = tmp_path / "person.zip"

    export_person(people.customer.email, path)

    with ZipFile(path) as archive:
        files = [name for name in archive.namelist() if name.startswith("files/")]
        assert [archive.read(name) for name in files] == [b"my words"]


def test_export_names_files_that_nobody_is_handed(
    people: People, told: Complaint, tmp_path: Path
) -> None:
    """One that is held, as in the portal; and after its case was emptied, all."""
    held = add_evidence(
        complaint=told, upload=Upload("virus.txt", b"virus"), actor=people.customer
    )
    Evidence.objects.filter(pk=held.pk).update(scan_state=ScanState.QUARANTINED)
    path = tmp_path / "person.zip"

    def inside() -> list[bool]:
        export_person(people.customer.email, path)
        with ZipFile(path) as archive:
            (record,) = json.loads(archive.read("person.json"))["records"]
            listed = record["cases"][0]["files"]
            names = {one["name"] for one in listed if one["inside"]}
            found = {name for name in archive.namelist() if name.startswith("files/")}
            assert found == names
        return [one["inside"] for one in listed]

    assert inside() == [True, False]
    erase_case(told, timezone.now())
    assert inside() == [False, False]


def test_commands_say_what_they_did(
    told: Complaint, people: People, tmp_path: Path
) -> None:
    email, said = people.customer.email, StringIO()
    call_command("export_person", email, out=tmp_path / "x.zip", stdout=said)
    call_command("erase_person", email, stdout=said)
    call_command("legal_hold", told.reference, by="head", reason="Court", stdout=said)
    call_command("legal_hold", told.reference, by="head", lift=True, stdout=said)
    call_command("purge_expired", stdout=said)

    lines = said.getvalue().splitlines()
    assert lines[0].startswith("1 complaints in")
    assert lines[1].startswith(f"{told.reference}: kept. The law has it kept until")
    assert lines[2:] == [
        "The person is restricted; the rest goes at its time.",
        "held",
        "lifted",
        "0 cases were emptied.",
    ]
    for name in ("erase_person", "export_person"):
        with pytest.raises(CommandError, match="Nobody"):
            call_command(name, "nobody@nowhere.example")


# Who speaks for others, guests of the chat, and what colleagues saved -----------------

SPEAKER = "attorney@law.example"


def _speaks(case: Complaint, people: People) -> None:
    Representative.objects.create(
        complaint=case,
        user=people.outsider,
        first_name="Ada",
        last_name="Anwalt",
        email=SPEAKER,
        scope="All of it",
    )


def test_representative_gets_their_own_and_nothing_of_the_customer(
    people: People, told: Complaint, tmp_path: Path
) -> None:
    _speaks(told, people)

    found = export_person(SPEAKER, tmp_path / "a.zip", unproven=True)

    with ZipFile(tmp_path / "a.zip") as archive:
        whole = archive.read("person.json").decode()
        page = archive.read("person.html").decode()
        assert "person.css" in archive.namelist()
    assert found == [told.reference]
    assert "Anwalt" in whole
    assert "Anwalt" in page
    assert CANARY not in whole
    with pytest.raises(LookupError):
        export_person(SPEAKER, tmp_path / "b.zip")


def test_representative_is_kept_with_the_case_and_may_sign_in(
    people: People, told: Complaint
) -> None:
    _speaks(told, people)

    done = erase_person(people.outsider.email)

    assert [one.reference for one in done.kept] == [told.reference]
    assert not done.person
    people.outsider.refresh_from_db()
    assert people.outsider.is_active


def test_talk_of_a_guest_is_given_and_goes(db: None, tmp_path: Path) -> None:
    start = talk.Start(language="en", name="Gast", email="guest@else.example")
    row = talk.begin(start)
    talk.say(row, CANARY, author=Author.CUSTOMER)

    export_person("guest@else.example", tmp_path / "a.zip", unproven=True)
    with ZipFile(tmp_path / "a.zip") as archive:
        assert CANARY in archive.read("person.html").decode()
    erase_person("guest@else.example")

    assert _told_in() == []
    with pytest.raises(LookupError):
        erase_person("guest@else.example")


def test_views_that_look_for_a_person_go_with_them(
    people: People, told: Complaint
) -> None:
    now = timezone.now()
    for name, query in (
        ("Mine", "view=mine"),
        ("That one", f"view=all&q={people.customer.email.replace('@', '%40')}"),
        (f"About {told.reference}", "view=all"),
    ):
        SavedView.objects.create(
            user=people.security, name=name, query=query, made_at=now
        )

    erase_person(people.customer.email)

    assert [view.name for view in SavedView.objects.all()] == ["Mine"]
