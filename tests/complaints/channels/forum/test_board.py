"""Asking, answering, changing and taking back; what others see of it, and when."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints import ledger
from complaints.channels.forum import services, threads
from complaints.channels.forum.models import (
    EDIT_WINDOW,
    Category,
    Member,
    Post,
    Standing,
    Topic,
)
from complaints.channels.forum.sight import NOBODY, Reader, as_customer, as_moderator
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.masking import MASK
from complaints.models import Event
from tests.complaints.channels.forum import board
from tests.people import People

pytestmark = pytest.mark.django_db
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def test_first_posts_of_an_account_wait_and_later_ones_do_not(people: People) -> None:
    new = board.member(people.customer, trusted=False)
    first = board.asked(new)
    assert (first.state, first.topic.state) == (Standing.PENDING, Standing.PENDING)
    Member.objects.update(approved=2)
    new.refresh_from_db()

    assert board.asked(new).state == Standing.SHOWN


def test_same_form_sent_twice_is_one_post(ada: Member) -> None:
    first, second = (board.asked(ada, key="k") for _time in range(2))
    replies = {board.answered(ada, first.topic, key="r").pk for _time in range(2)}

    assert first == second
    assert (Topic.objects.count(), len(replies)) == (1, 1)


def test_key_of_one_member_is_none_of_anothers(ada: Member, ben: Member) -> None:
    assert board.asked(ada, key="k") != board.asked(ben, key="k")


def test_secrets_never_reach_the_database(ada: Member) -> None:
    written = services.begin_topic(
        member=ada,
        category=Category.objects.all()[0],
        title="Write to ann@people.example",
        text=f"My words: {SEED}",
        key="k",
    )
    assert written.masked
    assert written.post.topic.title == f"Write to {MASK}"
    assert written.post.text == f"My words: {MASK}"
    assert "sausage" not in written.post.search


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"title": " \n"}, "title"),
        ({"text": "\x00 "}, "text"),
        ({"text": "x" * 10_001}, "text"),
    ],
)
def test_what_is_no_post_is_refused(
    ada: Member, columns: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        board.asked(ada, **columns)
    assert refusal.value.field == field


def test_closed_part_takes_nothing_new(ada: Member) -> None:
    Category.objects.update(active=False)
    with pytest.raises(InvalidInput):
        board.asked(ada)


# Who reads ----------------------------------------------------------------------------


@pytest.fixture
def readers(people: People) -> dict[str, Reader]:
    return {
        "nobody": NOBODY,
        "author": as_customer(people.customer),
        "other": as_customer(people.other_customer),
        "staff as customer": as_customer(people.support),
        "desk": as_moderator(people.support),
        "other team": as_moderator(people.tech),
    }


@pytest.mark.parametrize("state", Standing.values)
def test_only_shown_words_are_everybodys(
    ada: Member, readers: dict[str, Reader], state: str
) -> None:
    post = board.asked(ada)
    services.stand(post, state)
    everybody = {*readers} if state == Standing.SHOWN else {"author", "desk"}

    for name, reader in readers.items():
        seen = name in everybody
        assert Topic.objects.visible_to(reader).exists() == seen, name
        assert Post.objects.visible_to(reader).exists() == seen, name
        assert (threads.find(reader, post.topic_id) is not None) == seen, name
        found = threads.search(reader, "Tuesday").found
        assert bool(found) == (state == Standing.SHOWN), name


@pytest.mark.parametrize("state", [Standing.PENDING, Standing.HIDDEN, Standing.PRIVATE])
def test_answer_that_is_not_shown_has_no_words(
    ada: Member, ben: Member, readers: dict[str, Reader], state: str
) -> None:
    topic = board.asked(ada).topic
    services.stand(board.answered(ben, topic, "between us"), state)

    lines = threads.thread(readers["author"], topic).lines
    assert [line.gone for line in lines] == (
        [""] if state == Standing.PENDING else ["", state]
    )
    assert all("between us" not in line.html for line in lines)
    own = threads.thread(readers["other"], topic).lines
    assert "between us" in own[1].html


def test_answers_of_a_private_topic_are_their_authors_alone(
    ada: Member, ben: Member, readers: dict[str, Reader]
) -> None:
    post = board.asked(ada)
    answer = board.answered(ben, post.topic)
    services.stand(post, Standing.PRIVATE)

    assert list(Post.objects.visible_to(readers["other"])) == [answer]
    assert not Post.objects.visible_to(NOBODY).exists()


# Changing -----------------------------------------------------------------------------


def test_edit_within_half_an_hour_and_no_later(ada: Member) -> None:
    post = board.asked(ada)
    services.edit(post=post, text="Since Monday.", member=ada)
    post = board.again(post)
    assert (post.text, post.edited_at is not None) == ("Since Monday.", True)
    assert threads.search(NOBODY, "monday").found
    assert not threads.search(NOBODY, "tuesday").found

    late = post.created_at + EDIT_WINDOW + timedelta(seconds=1)
    with pytest.raises(IllegalMove):
        services.edit(post=post, text="Never.", member=ada, now=late)


def test_edited_words_of_a_new_account_are_looked_at_again(people: People) -> None:
    new = board.member(people.customer, trusted=False)
    post = board.asked(new)
    services.stand(post, Standing.SHOWN)

    services.edit(post=post, text="Buy at cheap.example", member=new)

    assert board.again(post).topic.state == Standing.PENDING


def test_nobody_changes_words_of_others(ada: Member, ben: Member) -> None:
    post = board.asked(ada)
    for act in (
        lambda: services.edit(post=post, text="x", member=ben),
        lambda: services.delete(post=post, member=ben),
        lambda: services.accept(post=post, member=ben),
    ):
        with pytest.raises(IllegalMove):
            act()
    assert board.again(post).text == "Since Tuesday."


def test_deleted_words_are_gone_and_their_place_stays(ada: Member, ben: Member) -> None:
    post = board.asked(ada)
    answer = board.answered(ben, post.topic, "It takes an hour.")
    services.accept(post=answer, member=ada)
    services.delete(post=board.again(answer), member=ben)

    topic = threads.find(NOBODY, post.topic_id)
    assert topic is not None
    assert (topic.replies, topic.accepted_id) == (0, None)
    assert [line.gone for line in threads.thread(NOBODY, topic).lines] == [
        "",
        "deleted",
    ]
    assert board.again(answer).text == ""

    services.delete(post=board.again(post), member=ada)
    assert threads.topics(NOBODY).topics == []
    assert Topic.objects.get().title == ""


def test_the_asker_says_what_helped_and_takes_it_back(ada: Member, ben: Member) -> None:
    topic = board.asked(ada).topic
    answer = board.answered(ben, topic)
    services.accept(post=answer, member=ada)
    assert Topic.objects.get().accepted == answer

    services.accept(post=board.again(answer), member=ada)
    assert Topic.objects.get().accepted is None


def test_locked_topic_takes_no_answers_but_the_desks(
    people: People, ada: Member
) -> None:
    topic = board.asked(ada).topic
    Topic.objects.update(locked_at=timezone.now())
    with pytest.raises(IllegalMove):
        board.answered(ada, topic)
    assert board.officially(people, topic).number == 2


# The desk -----------------------------------------------------------------------------


def test_official_answer_is_marked_nameless_and_on_the_ledger(
    people: People, ada: Member
) -> None:
    topic = board.asked(ada).topic
    said = board.officially(people, topic)

    assert (said.is_official, said.state, said.number) == (True, "shown", 2)
    assert Topic.objects.get().official_at is not None
    event = Event.objects.get(what="board_answered")
    assert event.actor == people.support
    assert event.payload["post"] == said.pk
    assert list(ledger.verify()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We paid ann@example.com",
        "Call +49 69 1234567",
        "See RC-7K4M-93XD",
        SEED,
    ],
)
def test_official_answer_carries_no_account_data(
    people: People, ada: Member, text: str
) -> None:
    from complaints.reference_number import new_reference

    topic = board.asked(ada).topic
    with pytest.raises(InvalidInput):
        board.officially(people, topic, text.replace("RC-7K4M-93XD", new_reference()))


@pytest.mark.parametrize("name", ["customer", "tech", "risk_lead", "reviewer", "admin"])
def test_others_do_not_answer_officially(
    people: People, ada: Member, name: str
) -> None:
    topic = board.asked(ada).topic
    with pytest.raises(NotPermitted):
        services.answer_officially(
            topic=topic, text="So it is.", actor=getattr(people, name), key="k"
        )


# Lists --------------------------------------------------------------------------------


def test_lists_go_on_by_their_last_row(ada: Member) -> None:
    now = timezone.now()
    made = [
        board.asked(ada, f"Number {n}", now=now - timedelta(hours=n // 2)).topic
        for n in range(45)
    ]
    found: list[int] = []
    before, pages = "", 0
    while before or not pages:
        page = threads.topics(NOBODY, before=before)
        found += [topic.pk for topic in page.topics]
        before, pages = page.older, pages + 1

    assert pages == 3
    assert sorted(found) == sorted(topic.pk for topic in made)
    assert len(set(found)) == 45


@pytest.mark.parametrize("before", ["x", "-", "9-", "٣-٣", "9" * 40 + "-1", "1-2-3"])
def test_foreign_cursor_begins_anew(ada: Member, before: str) -> None:
    board.asked(ada)
    assert len(threads.topics(NOBODY, before=before).topics) == 1


def test_search_finds_both_languages(ada: Member, ben: Member) -> None:
    post = board.asked(ada, "资金费率怎么收？", "结算时收取手续费吗")
    board.answered(ben, post.topic, "Withdrawals are free of charge.")
    expected = {
        "费率": 1,
        "手续": 1,
        "费": 1,
        "续手": 0,
        "withdraw": 1,
        "WITHDRAWALS free": 1,
        "ithdrawal": 0,
        "withdrawals 费率": 0,
        "%": 0,
        "": 0,
    }
    found = {asked: len(threads.search(NOBODY, asked).found) for asked in expected}
    assert found == expected


def test_queries_are_the_same_for_one_row_and_for_many(
    ada: Member, ben: Member
) -> None:
    def count(act: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            act()
        return len(seen)

    topic = board.asked(ada).topic

    def read() -> list[Any]:
        reader = as_customer(ben.user)
        listed = [
            str(row.author) + row.category.label
            for row in threads.topics(reader).topics
        ]
        lines = threads.thread(reader, topic).lines
        hits = [
            hit.post.topic.category.label
            for hit in threads.search(reader, "Tuesday").found
        ]
        return [listed, [line.post.author for line in lines], hits]

    few = count(read)
    for _number in range(4):
        board.asked(ada)
        board.answered(ben, topic)
    assert count(read) == few
    assert few <= 5
