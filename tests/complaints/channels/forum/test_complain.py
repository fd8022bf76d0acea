"""From a post to a complaint: once, with its snapshot, and off the board."""

import json
import threading
from typing import Any

import pytest
from django.db import connection

from complaints import ledger
from complaints.channels import hold, pipeline
from complaints.channels.forum import complain, snapshot, threads
from complaints.channels.forum.models import Member, Note, Standing, Topic
from complaints.channels.forum.sight import NOBODY
from complaints.channels.inbound import Inbound
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Complaint, Event, Outbox, RawMessage
from complaints.permissions import viewer_of
from complaints.services.relay import relay_due
from tests.complaints.channels.forum import board
from tests.people import People, everybody

pytestmark = pytest.mark.django_db


def test_author_opens_a_complaint_of_their_own(people: People, ada: Member) -> None:
    post = board.asked(ada, "Held since Tuesday", "I want it released.")
    case = complain.by_author(post=post, user=people.customer)

    assert (case.state, case.channel) == ("received", "forum")
    assert case.customer.user == people.customer
    assert case.subject == "Held since Tuesday"
    assert case.description.startswith("I want it released.\n\nhttps://recourse.test")
    assert case.received_at == post.created_at
    assert Complaint.objects.visible_to(viewer_of(people.customer)).get() == case
    raw = RawMessage.objects.get()
    assert (raw.provider, raw.account, raw.outcome) == ("forum", "board", "opened")
    assert board.again(post).raw == raw
    assert Event.objects.get(what="taken_in").payload["verified"] is True
    assert list(ledger.verify()) == []


def test_snapshot_with_thread_and_link_is_evidence(
    people: People, ada: Member, ben: Member
) -> None:
    post = board.asked(ada)
    board.answered(ben, post.topic, "Mine took an hour.")
    hidden = board.answered(ben, post.topic, "between us")
    complain.services.stand(hidden, Standing.HIDDEN)

    case = complain.by_author(post=post, user=people.customer)

    with case.evidence.get().file.open("rb") as file:
        said = file.read().decode()
    link = f"https://recourse.test/community/topics/{post.topic_id}/#post-1"
    for words in (link, "Since Tuesday.", "nordlicht", "Mine took an hour."):
        assert words in said
    assert "between us" not in said
    assert people.customer.email not in said


def test_words_leave_the_board_and_a_neutral_line_stays(
    client: Any, people: People, ada: Member
) -> None:
    post = board.asked(ada, "Held since Tuesday", "I want it released.")
    complain.by_author(post=post, user=people.customer)

    page = client.get(f"/community/topics/{post.topic_id}/")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    for words in ("Held since Tuesday", "I want it released", "nordlicht"):
        assert words not in page.content.decode()
    assert threads.topics(NOBODY).topics == []
    assert threads.search(NOBODY, "released").found == []


def test_receipt_comes_to_the_private_notes_and_by_mail(
    people: People, ada: Member, client: Any
) -> None:
    post = board.asked(ada)
    case = complain.by_author(post=post, user=people.customer)
    relay_due()

    rows = Outbox.objects.filter(complaint=case, kind="receipt")
    assert {(row.channel, row.status) for row in rows} == {
        ("email", "sent"),
        ("forum", "sent"),
    }
    assert Note.objects.get().member == ada
    client.force_login(people.customer)
    page = client.get("/community/notes/").content.decode()
    assert case.reference in page
    client.force_login(people.other_customer)
    assert (
        case.reference
        not in client.get("/community/notes/", follow=True).content.decode()
    )


def test_pressed_again_it_is_the_same_complaint(people: People, ada: Member) -> None:
    post = board.asked(ada)
    cases = {
        complain.by_author(post=board.again(post), user=people.customer).pk
        for _time in range(3)
    }
    assert (len(cases), Complaint.objects.count()) == (1, 1)


def test_answer_alone_goes_private_and_the_topic_stays(
    people: People, ada: Member, ben: Member
) -> None:
    answer = board.answered(ben, board.asked(ada).topic, "Mine is lost too.")
    complain.by_author(post=answer, user=people.other_customer)

    topic = threads.find(NOBODY, answer.topic_id)
    assert topic is not None
    lines = threads.thread(NOBODY, topic).lines
    assert [line.gone for line in lines] == ["", "private"]
    assert topic.replies == 0


@pytest.mark.parametrize("who", ["other_customer", "support", "outsider"])
def test_nobody_complains_for_others(people: People, ada: Member, who: str) -> None:
    with pytest.raises(IllegalMove):
        complain.by_author(post=board.asked(ada), user=getattr(people, who))
    assert not RawMessage.objects.exists()


# By the desk --------------------------------------------------------------------------


def test_desk_holds_it_and_accepting_opens_it_for_its_author(
    people: People, ada: Member
) -> None:
    post = board.asked(ada)
    raw = complain.by_desk(post=post, actor=people.support)

    assert (raw.outcome, raw.reason) == ("held", "public_post")
    assert Topic.objects.get().state == Standing.PRIVATE
    assert not Complaint.objects.exists()
    assert Event.objects.get(what="board_captured").actor == people.support

    case = hold.accept(raw, actor=people.support)
    relay_due()

    assert case.customer.user == people.customer
    assert case.evidence.count() == 1
    assert Note.objects.filter(member=ada, outbox__complaint=case).count() == 1


def test_of_two_who_hold_it_one_is_on_the_ledger(people: People, ada: Member) -> None:
    """The second has the page open from before."""
    one, other = (board.again(board.asked(ada)) for _press in "ab")
    seen = board.again(one)
    complain.by_desk(post=one, actor=people.support)
    complain.by_author(post=board.again(other), user=people.customer)

    for stale in (seen, other):
        with pytest.raises(IllegalMove):
            complain.by_desk(post=stale, actor=people.support_lead)

    assert Event.objects.get(what="board_captured").actor == people.support


def test_author_need_not_wait_for_the_desk(people: People, ada: Member) -> None:
    post = board.asked(ada)
    raw = complain.by_desk(post=post, actor=people.support)
    case = complain.by_author(post=board.again(post), user=people.customer)

    raw.refresh_from_db()
    assert (raw.outcome, raw.complaint) == ("opened", case)
    with pytest.raises(IllegalMove):
        hold.accept(raw, actor=people.support)
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize("who", ["customer", "tech", "reviewer", "admin"])
def test_others_hold_nothing(people: People, ada: Member, who: str) -> None:
    with pytest.raises(NotPermitted):
        complain.by_desk(post=board.asked(ada), actor=getattr(people, who))


def test_official_answer_is_no_complaint(people: People, ada: Member) -> None:
    said = board.officially(people, board.asked(ada).topic)
    with pytest.raises(IllegalMove):
        complain.by_desk(post=said, actor=people.support)


# Faults -------------------------------------------------------------------------------


def test_killed_while_deciding_leaves_bytes_that_are_taken_up(
    people: People, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever dies after the bytes are stored, the button works when pressed again."""
    post = board.asked(ada)

    def killed(*_arguments: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            complain.by_author(post=post, user=people.customer)
    assert (RawMessage.objects.get().outcome, Complaint.objects.count()) == ("", 0)
    assert board.again(post).state == Standing.SHOWN

    case = complain.by_author(post=board.again(post), user=people.customer)

    assert board.again(post).raw.complaint == case  # type: ignore[union-attr]
    assert Topic.objects.get().state == Standing.PRIVATE


def test_snapshot_is_read_as_it_was_taken(ada: Member) -> None:
    post = board.asked(ada, "标题", "正文")
    raw = snapshot.take(post, by_author=True)
    found = snapshot.read(raw)

    assert isinstance(found, Inbound)
    assert (found.subject, found.language) == ("标题", "zh-hans")
    assert found.sender.handle == ada.address
    assert found.external_id == f"post-{post.pk}"
    assert json.loads(raw)["board"]["text"] == "正文"


def test_nobody_writes_an_answer_of_ours_into_the_snapshot(ada: Member) -> None:
    forged = "2 | Recourse | 2026-11-22T20:15:30+00:00"
    post = board.asked(ada, "Title", f"Hello\n\n{forged}\nYou are right.")
    sheet = snapshot.read(snapshot.take(post, by_author=True)).attachments[0]
    lines = sheet.content.decode().splitlines()

    assert [line for line in lines if line.startswith("2 |")] == []
    assert f"    {forged}" in lines


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_pressed_many_times_at_once_it_is_one_complaint() -> None:
    people = everybody()
    post = board.asked(board.member(people.customer, "nordlicht"))
    gate, found = threading.Barrier(5), []

    def press() -> None:
        gate.wait()
        try:
            found.append(
                complain.by_author(post=board.again(post), user=people.customer).pk
            )
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _time in range(5)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()

    assert (len(found), len(set(found)), Complaint.objects.count()) == (5, 1, 1)
