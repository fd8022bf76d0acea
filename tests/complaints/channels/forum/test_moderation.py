"""The desk's steps on a post: who may, from where to where, and what is told."""

import re
from typing import Any

import pytest

from complaints import ledger
from complaints.channels.forum import moderation, services
from complaints.channels.forum.models import Member, Note, Post, Standing
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Event, Outbox
from complaints.services.relay import relay_due
from tests.complaints.channels.forum import board
from tests.complaints.test_concurrency import race
from tests.people import People, everybody

pytestmark = pytest.mark.django_db


def done(people: People, post: Post, name: str, reason: str = "Because.") -> Post:
    moderation.moderate(
        post=board.again(post), name=name, reason=reason, actor=people.support
    )
    return board.again(post)


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        (name, source, act.target if source in act.sources else None)
        for name, act in moderation.ACTS.items()
        for source in Standing.values
    ],
)
def test_every_step_from_every_standing(
    people: People, ada: Member, name: str, source: str, target: str | None
) -> None:
    post = board.asked(ada)
    services.stand(post, source)
    if target is None:
        with pytest.raises(IllegalMove):
            done(people, post, name)
        assert board.again(post).state == source
        assert not Event.objects.filter(what=f"board_{name}").exists()
        return
    post = done(people, post, name)
    assert (post.state, post.topic.state) == (target, target)
    event = Event.objects.get(what=f"board_{name}")
    assert event.actor == people.support
    assert event.payload["post"] == post.pk
    assert "Because." not in str(event.payload)


def test_step_and_its_reason_stand_on_an_intact_ledger(
    people: People, ada: Member
) -> None:
    post = board.asked(ada)
    for name in ("hide", "show", "lock", "unlock", "block", "unblock"):
        post = done(people, post, name)

    assert list(ledger.verify()) == []
    whats = Event.objects.filter(what__startswith="board_").values_list("what")
    assert len(whats) == 6


def test_author_reads_what_became_of_it_and_why(people: People) -> None:
    people.customer.language = "en"
    new = board.member(people.customer, "nordlicht", trusted=False)
    post = done(people, board.asked(new), "hide", "It names a person.")
    relay_due()

    note = Note.objects.get(member=new)
    assert note.outbox.subject == "Your post is not shown on the board."
    assert "It names a person." in note.body
    assert "How long?" in note.body
    assert Outbox.objects.get(kind="board").recipient == new.address
    assert "nordlicht" not in note.body
    assert post.state == Standing.HIDDEN


@pytest.mark.parametrize("name", ["hide", "private", "show", "lock", "block", "settle"])
def test_reason_is_needed(people: People, ada: Member, name: str) -> None:
    with pytest.raises(InvalidInput):
        done(people, board.asked(ada), name, " \n ")


@pytest.mark.parametrize(
    "name", ["customer", "other_customer", "tech", "risk_lead", "reviewer", "admin"]
)
def test_others_may_not(people: People, ada: Member, name: str) -> None:
    post = board.asked(ada)
    with pytest.raises(NotPermitted):
        moderation.moderate(
            post=post, name="hide", reason="x", actor=getattr(people, name)
        )
    assert board.again(post).state == Standing.SHOWN


@pytest.mark.parametrize("name", ["support", "support_lead", "head"])
def test_those_who_moderate(people: People, ada: Member, name: str) -> None:
    post = board.asked(ada)
    moderation.moderate(post=post, name="hide", reason="x", actor=getattr(people, name))
    assert board.again(post).state == Standing.HIDDEN


@pytest.mark.parametrize(
    "name", ["", "unlock", "settle", "unblock", "delete", "x" * 99]
)
def test_step_that_leads_nowhere(people: People, ada: Member, name: str) -> None:
    with pytest.raises(IllegalMove):
        done(people, board.asked(ada), name)


def test_approvals_make_an_account_trusted(people: People) -> None:
    new = board.member(people.customer, trusted=False)
    for number in range(2):
        assert not Member.objects.get().is_trusted
        done(people, board.asked(Member.objects.get(), f"No. {number}"), "approve", "")
    assert Member.objects.get().is_trusted
    assert board.asked(Member.objects.get()).state == Standing.SHOWN
    assert new.approved == 0


def test_shown_again_does_not_count_as_approval(people: People, ada: Member) -> None:
    post = board.asked(ada)
    done(people, done(people, post, "hide"), "show")
    assert Member.objects.get().approved == 2


def test_report_waits_until_it_is_settled(
    people: People, ada: Member, ben: Member
) -> None:
    post = board.asked(ada)
    for _time in range(2):
        services.report(post=post, member=ben, reason="scam", words="Odd.")
    report = post.reports.get()
    assert (report.text, report.words) == ("Since Tuesday.", "Odd.")
    assert "settle" in moderation.possible(post)

    done(people, post, "settle")

    assert post.reports.get().settled_at is not None
    assert "settle" not in moderation.possible(post)


@pytest.mark.parametrize("reason", ["", "x", "SCAM"])
def test_report_needs_a_reason_of_the_list(
    ada: Member, ben: Member, reason: str
) -> None:
    post = board.asked(ada)
    with pytest.raises(InvalidInput):
        services.report(post=post, member=ben, reason=reason, words="")


def test_own_words_are_not_reported(ada: Member) -> None:
    post = board.asked(ada)
    with pytest.raises(IllegalMove):
        services.report(post=post, member=ada, reason="scam", words="")


def test_hidden_answer_is_not_counted(people: People, ada: Member, ben: Member) -> None:
    topic = board.asked(ada).topic
    answer = board.answered(ben, topic)
    assert board.again(answer).topic.replies == 1
    done(people, answer, "hide")
    assert board.again(answer).topic.replies == 0


# At the desk's pages --------------------------------------------------------------


@pytest.fixture
def desk(client: Any, people: People) -> Any:
    client.force_login(people.support)
    return client


def test_queue_holds_what_waits_or_was_reported(
    desk: Any, ada: Member, ben: Member
) -> None:
    quiet = board.asked(ada, text="Quiet words.")
    services.report(
        post=board.asked(ada, text="Reported words."),
        member=ben,
        reason="spam",
        words="",
    )
    services.stand(board.asked(ada, text="Waiting words."), Standing.PENDING)

    page = desk.get("/admin/forum/post/").content.decode()
    assert "Reported words." in page
    assert "Waiting words." in page
    assert quiet.text not in page
    everything = desk.get("/admin/forum/post/?standing=all").content.decode()
    assert quiet.text in everything


def test_step_by_the_page(desk: Any, ada: Member) -> None:
    post = board.asked(ada)
    url = f"/admin/forum/post/{post.pk}/step/"
    assert desk.post(url, {"step": "hide", "reason": ""}).status_code == 422
    assert desk.post(url, {"step": "nothing", "reason": "x"}).status_code == 422
    assert desk.post(url, {}).status_code == 422
    assert desk.get(url).status_code == 403
    assert desk.post(url, {"step": "hide", "reason": "x"}).status_code == 302
    assert board.again(post).state == Standing.HIDDEN
    assert desk.get(f"/admin/forum/post/{post.pk}/change/").status_code == 200


def test_words_that_nobody_read_are_not_approved(desk: Any, ada: Member) -> None:
    """Its author changes them between the look and the press, or just then."""
    ada.approved = 0
    ada.save()
    post = board.asked(ada, text="Harmless.")
    page = desk.get(f"/admin/forum/post/{post.pk}/change/").content.decode()
    read = re.search(r'name="seen" value="(\w+)"', page)
    assert read is not None
    stale = board.again(post)
    services.edit(post=board.again(post), text="Buy at evil.example", member=ada)
    url = f"/admin/forum/post/{post.pk}/step/"
    answer = desk.post(url, {"step": "approve", "seen": read[1]})

    assert answer.status_code == 422
    assert "changed it in the meantime" in answer.content.decode()
    with pytest.raises(IllegalMove):
        moderation.moderate(
            post=stale, name="approve", reason="", actor=everybody().support
        )
    assert board.again(post).state == Standing.PENDING
    again = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert again is not None
    assert desk.post(url, {"step": "approve", "seen": again[1]}).status_code == 302


def test_answer_by_the_page(desk: Any, ada: Member) -> None:
    post = board.asked(ada)
    url = f"/admin/forum/post/{post.pk}/answer/"
    bad = desk.post(url, {"text": "Write to ann@example.com", "key": "k"})
    assert bad.status_code == 422
    for _time in range(2):
        assert desk.post(url, {"text": "In an hour.", "key": "k"}).status_code == 302
    assert Post.objects.filter(author=None).count() == 1


@pytest.mark.parametrize("pk", ["0", "99999999", "x", "9" * 30])
def test_foreign_keys_at_the_desk(desk: Any, pk: str) -> None:
    assert desk.get(f"/admin/forum/post/{pk}/change/").status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_answers_hidden_at_once_are_all_taken_off_the_count() -> None:
    people = everybody()
    ada = board.member(people.customer, "nordlicht")
    topic = board.asked(ada).topic
    posts = [board.answered(ada, topic) for _time in range(8)]

    def hide(number: int) -> None:
        done(people, posts[number], "hide")

    assert race(hide, len(posts)) == {"won": len(posts)}
    topic.refresh_from_db()
    assert topic.replies == 0


def test_what_its_author_took_back_is_not_approved(people: People) -> None:
    new = board.member(people.customer, trusted=False)
    post = board.asked(new)
    services.delete(post=post, member=new)
    post = board.again(post)

    assert not set(moderation.possible(post)) & set(moderation.ACTS)
    with pytest.raises(IllegalMove):
        done(people, post, "approve", "")
    assert Member.objects.get().approved == 0
