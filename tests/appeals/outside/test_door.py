"""The arbitrator's door: T31, T16 and T17 of quality/trust.md.

A token opens exactly its bundle, after a second factor, in one browser, until its day.
"""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from appeals.models import Arbitrator, ArbitratorLink, Referral
from appeals.services import bundles
from appeals.services.bundles import make
from appeals.services.outside import links, register, seats
from complaints.errors import NotVisible
from complaints.models import Complaint, Event, Outbox
from complaints.permissions import viewer_of
from complaints.services.correspond import note
from complaints.services.evidence import Upload, add_evidence
from complaints.states import State
from tests.appeals.outside import stage
from tests.people import People

PRIVATE = "zwiebelturm"
HOSTILE = (
    "My bank says no. <iframe src='file:///etc/passwd'></iframe><script>1</script>"
)


@pytest.fixture
def row(people: People, case_at: Any, monkeypatch: pytest.MonkeyPatch) -> Referral:
    """Referred, and its bundle made without the seconds that the PDF takes."""
    monkeypatch.setattr(make.page, "pdf", lambda _case: b"%PDF-1.7 drawn elsewhere")
    case: Complaint = case_at(State.INVESTIGATING, description=HOSTILE)
    note(complaint=case, text=f"Inside: {PRIVATE}", actor=people.security)
    from tests import cases

    for step in cases.PATHS[State.ANSWERED][2:]:
        step(people, case)
    upload = Upload(name="proof.txt", content=b"My bank says no. " * 4)
    add_evidence(complaint=case, upload=upload, actor=people.customer)
    stage.arbitrator(people)
    made = stage.referred(people, case)
    bundles.make_due()
    return made


def _token(row: Referral) -> str:
    """As the arbitrator has it: from the mail."""
    mail = Outbox.objects.filter(complaint=row.complaint, kind=links.KIND).latest("pk")
    found = re.search(r"/arbitration/([\w-]{43})/", mail.body)
    assert found is not None
    return found.group(1)


def _code(offset: int = 0) -> str:
    step = int(timezone.now().timestamp()) // links.STEP + offset
    return links.code_at(stage.SECRET, step)


def _in(token: str, code: str = "") -> Client:
    client = Client()
    answer = client.post(f"/arbitration/{token}/", {"code": code or _code()})
    assert answer.status_code == 302
    return client


def _accept(client: Client, token: str) -> None:
    client.post(f"/arbitration/{token}/accept/")


def _read(answer: Any) -> bytes:
    """All of it: at its end the client closes what it was read from."""
    return b"".join(answer.streaming_content)


def _pages(token: str) -> list[str]:
    names = "accept decline leave ask order end award vote make bundle exhibits/1"
    page = f"/arbitration/{token}/"
    return [page, *(f"{page}{name}/" for name in names.split())]


def test_token_is_kept_as_a_hash_alone(row: Referral) -> None:
    token = _token(row)

    link = ArbitratorLink.objects.get()
    assert token not in "".join(map(str, link.__dict__.values()))
    assert link.token_hash == links.token_hash(token)
    events = Event.objects.filter(stream=row.stream)
    assert not any(token in str(event.payload) for event in events)


def test_link_alone_shows_nothing_of_the_case(row: Referral) -> None:
    token, client = _token(row), Client()
    facts = (row.complaint.reference, str(row.complaint.customer), "Ida Moor")

    for address in _pages(token):
        for answer in (client.get(address), client.post(address, {"text": "x"})):
            body = answer.content.decode()
            assert answer.status_code in (200, 302, 405, 422), address
            assert not any(fact in body for fact in facts), address
            if answer.status_code == 302:
                assert answer["Location"] == f"/arbitration/{token}/"


@pytest.mark.parametrize("wrong", ["", " ", "0" * 43, "../admin", "%00"])
def test_every_other_token_is_the_same_page_of_nothing(
    wrong: str, row: Referral
) -> None:
    token = _token(row)
    client = Client()

    for bad in (wrong, token[:-1], token.swapcase(), row.complaint.reference):
        answer = client.get(f"/arbitration/{bad}/")
        assert answer.status_code in (404, 410), bad


def test_before_the_declaration_no_file_is_read(row: Referral) -> None:
    token = _token(row)
    client = _in(token)

    page = client.get(f"/arbitration/{token}/").content.decode()

    assert "Does anything tie you to this case?" in page
    for name in ("bundle/", "exhibits/1/"):
        assert client.get(f"/arbitration/{token}/{name}").status_code == 404


def test_token_opens_exactly_its_bundle(
    people: People, row: Referral, case_at: Any
) -> None:
    """Another case of another customer, with a bundle, is reached by nothing."""
    token = _token(row)
    client = _in(token)
    _accept(client, token)
    page = client.get(f"/arbitration/{token}/").content.decode()
    assert "Save everything as one signed file" in page
    whole = _read(client.get(f"/arbitration/{token}/bundle/"))
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        names = packed.namelist()
        assert not any(PRIVATE.encode() in packed.read(name) for name in names)
    first = client.get(f"/arbitration/{token}/exhibits/1/")
    assert HOSTILE.encode() in _read(first)
    assert first["Content-Type"] == "application/octet-stream"
    assert first["Content-Disposition"].startswith("attachment")
    assert first["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in first["Content-Security-Policy"]

    assert client.get(f"/arbitration/{token}/exhibits/999/").status_code == 404
    case = row.complaint
    elsewhere = [
        f"/complaints/{case.reference}/",
        f"/complaints/{case.reference}/bundle/",
        f"/complaints/{case.reference}/appeal/{row.appeal_id}/",
        f"/admin/appeals/appeal/{row.appeal_id}/outside/",
        f"/api/v1/complaints/{case.reference}/",
    ]
    for address in elsewhere:
        answer = client.get(address)
        assert answer.status_code in (302, 401, 403, 404), address
    viewer = stage.presiding(row)
    assert not Complaint.objects.visible_to(viewer).exists()
    assert not Complaint.objects.status_visible_to(viewer).exists()
    assert list(Referral.objects.visible_to(viewer)) == [row]


def test_one_seat_opens_no_page_of_another(
    people: People, row: Referral, case_at: Any
) -> None:
    """Two cases, two arbitrators: the session of one is nothing to the other's link."""
    stage.arbitrator(people, "Bo Lind")
    other_case: Complaint = case_at(State.ANSWERED)
    other = stage.referred(people, other_case)
    assert other.seats.get().arbitrator.full_name == "Bo Lind"
    token, foreign = _token(row), _token(other)
    client = _in(token)
    _accept(client, token)

    for address in _pages(foreign):
        body = client.get(address).content.decode()
        assert other_case.reference not in body
        assert other_case.reference not in client.post(address).content.decode()
    with pytest.raises(NotVisible):
        seats.accept(referral=other, actor=stage.presiding(row))


def test_code_works_once_in_one_browser(row: Referral) -> None:
    token, code = _token(row), _code()
    first = _in(token, code)

    again = Client().post(f"/arbitration/{token}/", {"code": code})
    assert again.status_code == 422
    second = _in(token, _code(1))

    page = f"/arbitration/{token}/accept/"
    assert second.post(page).status_code == 302
    assert "code" in first.get(f"/arbitration/{token}/").content.decode()


def test_revoked_expired_or_replaced_is_shut_at_once(
    people: People, row: Referral
) -> None:
    token = _token(row)
    client = _in(token)
    page = f"/arbitration/{token}/"
    seat = row.seats.get()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client.get(page).status_code == 410

    links.send_again(seat=seat, actor=people.head)
    assert client.get(page).status_code == 410
    fresh = _in(_token(row), _code(1))
    links.revoke(seat=seat, actor=people.appeals)
    assert fresh.get(f"/arbitration/{_token(row)}/").status_code == 410


def test_whoever_leaves_the_register_or_the_seat_is_out(
    people: People, row: Referral
) -> None:
    token = _token(row)
    client = _in(token)
    register.end_arbitrator(arbitrator=row.seats.get().arbitrator, actor=people.head)

    assert client.get(f"/arbitration/{token}/").status_code == 410


@pytest.mark.usefixtures("one_window")
def test_guessing_is_slowed_and_ends_the_link(people: People, row: Referral) -> None:
    page, statuses = f"/arbitration/{_token(row)}/", []
    for number in range(7):
        answer = Client().post(page, {"code": f"00000{number}"})
        statuses.append(answer.status_code)
    assert statuses == [422] * 5 + [429] * 2

    link = ArbitratorLink.objects.get()
    for _time in range(5):
        assert not links.enter(link=link, code="000000", session={})
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert Outbox.objects.filter(subject__contains="link was taken back").exists()


def test_first_visit_takes_the_enrolment_code_and_sets_up_the_device(
    people: People, row: Referral
) -> None:
    person = row.seats.get().arbitrator
    code = register.enrol_again(arbitrator=person, actor=people.head)
    client, page = Client(), f"/arbitration/{_token(row)}/"
    assert client.post(page, {"code": "WRONG-WRONG"}).status_code == 422

    client.post(page, {"code": f" {code.lower()} "})
    shown = client.get(page).content.decode()
    found = re.search(r'id="id_secret" value="([A-Z2-7]{32})"', shown)
    assert found is not None
    step = int(timezone.now().timestamp()) // links.STEP
    assert client.post(page, {"code": "000000"}).status_code == 422
    proof = links.code_at(found.group(1), step)
    assert client.post(page, {"code": proof}).status_code == 302

    person = Arbitrator.objects.get(pk=person.pk)
    assert (person.totp_secret, person.enrol_hash) == (found.group(1), "")
    assert found.group(1) not in _raw_secret(person)
    assert "Does anything tie you" in client.get(page).content.decode()


def test_device_begun_with_an_old_code_is_refused(
    people: People, row: Referral
) -> None:
    """The old code was overheard, so the head gives a fresh one: who began with the
    old one must not be able to end it."""
    person = row.seats.get().arbitrator
    overheard = register.enrol_again(arbitrator=person, actor=people.head)
    thief, page = Client(), f"/arbitration/{_token(row)}/"
    thief.post(page, {"code": overheard})
    shown = thief.get(page).content.decode()
    found = re.search(r'id="id_secret" value="([A-Z2-7]{32})"', shown)
    assert found is not None
    register.enrol_again(arbitrator=person, actor=people.head)

    step = int(timezone.now().timestamp()) // links.STEP
    stolen = thief.post(page, {"code": links.code_at(found.group(1), step)})

    assert stolen.status_code == 422
    person.refresh_from_db()
    assert (person.totp_secret, bool(person.enrol_hash)) == ("", True)


def test_device_is_set_up_before_the_code_ends(people: People, row: Referral) -> None:
    person = row.seats.get().arbitrator
    code = register.enrol_again(arbitrator=person, actor=people.head)
    client, page = Client(), f"/arbitration/{_token(row)}/"
    client.post(page, {"code": code})
    shown = client.get(page).content.decode()
    found = re.search(r'id="id_secret" value="([A-Z2-7]{32})"', shown)
    assert found is not None
    Arbitrator.objects.filter(pk=person.pk).update(enrol_until=timezone.now())

    step = int(timezone.now().timestamp()) // links.STEP
    late = client.post(page, {"code": links.code_at(found.group(1), step)})

    assert late.status_code == 422


def _raw_secret(person: Arbitrator) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT totp_secret FROM appeals_arbitrator WHERE id = %s", [person.pk]
        )
        return str(cursor.fetchone()[0])


def test_pages_are_kept_by_nobody_and_name_no_path(row: Referral) -> None:
    token = _token(row)
    for client in (Client(), _in(token)):
        answer = client.get(f"/arbitration/{token}/")
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"


def test_whoever_has_the_link_may_open_as_many_pages_as_there_are(
    row: Referral,
) -> None:
    """A case has up to 200 files; the award that is sent after them is not lost."""
    token = _token(row)
    client = _in(token)
    _accept(client, token)
    for _time in range(130):
        answer = client.get(f"/arbitration/{token}/exhibits/999/")
        assert answer.status_code == 404
    asked = {"side": "company", "text": "Who approved it?", "by": "2020-01-01"}
    assert client.post(f"/arbitration/{token}/ask/", asked).status_code == 422

    for _time in range(121):
        answer = Client().get(f"/arbitration/{token[:-3]}xyz/")
    assert answer.status_code == 429
    assert client.get(f"/arbitration/{token}/").status_code == 200


def test_what_is_not_there_is_kept_by_nobody_either(row: Referral) -> None:
    token = _token(row)
    client = _in(token)
    for name in ("bundle/", "exhibits/999/", "objection/"):
        answer = client.get(f"/arbitration/{token}/{name}")
        assert answer.status_code == 404
        assert "no-store" in answer["Cache-Control"]


def test_arbitrator_asks_orders_and_awards_from_the_page(
    people: People, row: Referral
) -> None:
    token = _token(row)
    client, page = _in(token), f"/arbitration/{token}/"
    _accept(client, token)
    by = (timezone.now() + timedelta(days=5)).date().isoformat()
    asked = {"side": "company", "text": "Who approved it?", "by": by}
    assert client.post(f"{page}ask/", asked).status_code == 302
    assert client.post(f"{page}order/", asked | {"side": "moon"}).status_code == 422
    fields = {"summary": "Pay 100 USDT.", "reasons": "The logs show it."}
    for point in row.complaint.points.all():
        fields |= {f"p{point.pk}-finding": "upheld", f"p{point.pk}-reasons": "So."}
    owed = {"r1-kind": "refund", "r1-amount": "100", "r1-asset": "usdt", "r1-due": by}
    late = owed | {"r1-due": "2020-01-01"}
    assert client.post(f"{page}award/", fields | late).status_code == 422
    assert client.post(f"{page}award/", fields | owed).status_code == 302

    assert client.post(f"{page}make/", {"sure": ""}).status_code == 422
    assert client.post(f"{page}make/", {"sure": "on"}).status_code == 302

    row.refresh_from_db()
    assert (row.state, row.award.remedies.get().asset) == ("awarded", "USDT")
    assert viewer_of(people.customer).parties
    assert "The award is made" in client.get(page).content.decode()


# After the session --------------------------------------------------------------------


def _asked(**more: str) -> dict[str, str]:
    by = (timezone.now() + timedelta(days=9)).date().isoformat()
    words = 'Who had the key?\r\n\r\n"Nobody," said </textarea><b>they</b>.'
    return {"side": "company", "text": words, "by": by, **more}


def _sent_again(html: str) -> dict[str, str]:
    """What a browser would send from the form of the page: its hidden fields."""
    form = html.split('<form class="form', 1)[1].split("</form>", 1)[0]
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form)
    fields = {name: unescape(value) for name, value in found}
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def test_what_was_written_after_the_session_is_sent_with_a_fresh_code(
    row: Referral,
) -> None:
    token = _token(row)
    client, page = _in(token), f"/arbitration/{token}/ask/"
    _accept(client, token)
    ArbitratorLink.objects.update(session_until=timezone.now() - timedelta(seconds=1))

    over = client.post(page, _asked())
    html = over.content.decode()
    assert (over.status_code, "nothing is lost" in html) == (422, True)
    assert _sent_again(html) == _asked()
    assert "<b>they</b>" not in html

    wrong = client.post(page, _sent_again(html) | {"again-code": "000000"})
    assert wrong.status_code == 422
    assert "wrong or was used already" in wrong.content.decode()
    assert _sent_again(wrong.content.decode()) == _asked()
    assert not row.questions.exists()

    sent = client.post(page, _sent_again(html) | {"again-code": _code(1)})
    assert sent.status_code == 302
    assert row.questions.get().text == _asked()["text"].replace("\r\n", "\n")
    assert client.get(f"/arbitration/{token}/").status_code == 200


def test_code_with_words_is_tried_no_more_often_than_at_the_door(
    row: Referral, one_window: None
) -> None:
    page = f"/arbitration/{_token(row)}/ask/"
    statuses = [
        Client().post(page, _asked(**{"again-code": "000000"})).status_code
        for _time in range(7)
    ]
    assert statuses == [422] * 5 + [429] * 2
