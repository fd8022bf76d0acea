"""The board's pages: who gets which, what they say, and what nothing breaks."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import reverse

from complaints.channels.forum import services
from complaints.channels.forum.models import Member, Note, Post, Standing, Topic
from complaints.models import Complaint, Outbox
from tests.complaints.channels.forum import board
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db
BOARD = "/community/"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_everybody_reads_and_nobody_sees_who_it_is(client: Any, ben: Member) -> None:
    post = board.asked(ben)
    for path in (BOARD, f"{BOARD}topics/{post.topic_id}/", f"{BOARD}?q=Tuesday"):
        page = client.get(path)
        assert page.status_code == 200
        assert "late shift" in text(page)
        for secret in (ben.user.email, ben.handle, ben.user.username):
            assert secret not in text(page)


def test_only_pages_that_everybody_reads_may_be_indexed(
    client: Any, as_ada: Any, ada: Member
) -> None:
    topic = f"{BOARD}topics/{board.asked(ada).topic_id}/"
    indexed = {
        path: "X-Robots-Tag" not in client.get(path).headers
        for path in (
            BOARD,
            topic,
            f"{BOARD}?q=x",
            f"{BOARD}?before=9-9",
            f"{BOARD}new/",
        )
    }
    assert list(indexed.values()) == [True, True, False, False, False]
    services.stand(Post.objects.get(), Standing.PENDING)
    page = as_ada.get(topic)
    assert (page.status_code, page.headers["X-Robots-Tag"]) == (200, "noindex")
    assert '<meta name="robots" content="noindex">' in text(page)


def test_waiting_topic_is_its_authors_alone(
    client: Any, people: People, ada: Member
) -> None:
    post = board.asked(ada)
    services.stand(post, Standing.PENDING)
    path = f"{BOARD}topics/{post.topic_id}/"

    assert client.get(path).status_code == 404
    client.force_login(people.support)
    assert client.get(path).status_code == 404
    client.force_login(people.customer)
    assert client.get(path).status_code == 200
    assert "How long?" in text(client.get(BOARD))


@pytest.mark.parametrize(
    "name", ["new", "notes", "join", "edit", "delete", "report", "complain"]
)
def test_whoever_writes_signs_in(client: Any, ada: Member, name: str) -> None:
    post = board.asked(ada)
    keys = {} if name in ("new", "notes", "join") else {"post": post.pk}
    url = reverse(f"forum:{name}", kwargs=keys)
    there = unquote(client.get(url).headers["Location"])
    assert there == f"/accounts/login/?next={url}"


def test_from_the_nickname_to_the_question(client: Any, people: People) -> None:
    client.force_login(people.customer)
    first = client.get(f"{BOARD}new/?category=trading-fees")
    assert first.headers["Location"].startswith(f"{BOARD}join/?next=")
    bad = client.post(f"{BOARD}join/", {"nickname": "official"})
    assert (bad.status_code, "could be taken for ours" in text(bad)) == (422, True)
    there = f"{BOARD}new/"
    joined = client.post(f"{BOARD}join/", {"nickname": "nordlicht", "next": there})
    assert joined.headers["Location"] == there

    part = services.Category.objects.get(code="trading-fees")
    asked = {"category": part.pk, "title": "Fee?", "text": "Which one?", "key": "k"}
    sent = client.post(there, asked, follow=True)
    assert sent.status_code == 200
    assert "We look at the first posts" in text(sent)
    assert Topic.objects.get().state == Standing.PENDING


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "x\n", "/\nevil: 1"]
)
def test_nickname_leads_nowhere_else(client: Any, people: People, onward: str) -> None:
    client.force_login(people.customer)
    said = {"nickname": "nordlicht", "next": onward}
    sent = client.post(f"{BOARD}join/", said)
    assert sent.headers["Location"].startswith("/")
    assert "evil.example" not in sent.headers["Location"]


def test_answer_change_and_take_back(as_ada: Any, ben: Member) -> None:
    topic = board.asked(ben).topic
    there = f"{BOARD}topics/{topic.pk}/"
    sent = as_ada.post(f"{there}reply/", {"text": "An hour.", "key": "k"})
    assert sent.headers["Location"] == f"{there}#post-2"
    post = Post.objects.get(number=2)
    changed = as_ada.post(f"{BOARD}posts/{post.pk}/edit/", {"text": "Two hours."})
    assert changed.status_code == 302
    assert "Two hours." in text(as_ada.get(there))
    assert as_ada.post(f"{BOARD}posts/{post.pk}/delete/").status_code == 302
    assert "Two hours." not in text(as_ada.get(there))


@pytest.mark.parametrize("name", ["edit", "delete", "complain"])
def test_posts_of_others_are_not_there(as_ada: Any, ben: Member, name: str) -> None:
    post = board.asked(ben)
    for send in (as_ada.get, as_ada.post):
        assert send(f"{BOARD}posts/{post.pk}/{name}/").status_code == 404
    assert not Complaint.objects.exists()


def test_report_by_the_page(as_ada: Any, ben: Member) -> None:
    post = board.asked(ben)
    url = f"{BOARD}posts/{post.pk}/report/"
    assert as_ada.post(url, {}).status_code == 422
    assert as_ada.post(url, {"reason": "scam", "words": "Odd."}).status_code == 302
    assert post.reports.get().reason == "scam"


def test_this_helped_by_the_page(as_ada: Any, ada: Member, ben: Member) -> None:
    answer = board.answered(ben, board.asked(ada).topic)
    url = f"{BOARD}posts/{answer.pk}/accept/"
    assert as_ada.get(url).status_code == 405
    assert as_ada.post(url).status_code == 302
    assert Topic.objects.get().accepted == answer
    other = board.asked(ben)
    refused = as_ada.post(f"{BOARD}posts/{other.pk}/accept/")
    assert refused.status_code == 409


def test_complaint_by_the_page(as_ada: Any, ada: Member) -> None:
    post = board.asked(ada)
    url = f"{BOARD}posts/{post.pk}/complain/"
    assert "Make this a complaint" in text(as_ada.get(url))
    assert not Complaint.objects.exists()
    sent = as_ada.post(url)
    case = Complaint.objects.get()
    assert sent.headers["Location"] == f"/complaints/{case.reference}/received/"
    assert as_ada.get(url).headers["Location"] == f"/complaints/{case.reference}/"
    page = text(as_ada.get(f"{BOARD}topics/{post.topic_id}/"))
    assert "Since Tuesday." in page
    assert f"/complaints/{case.reference}/" in page


def test_staff_are_led_to_the_desk(client: Any, people: People, ada: Member) -> None:
    post = board.asked(ada)
    client.force_login(people.support)
    assert client.get(f"{BOARD}new/").status_code == 403
    page = text(client.get(f"{BOARD}topics/{post.topic_id}/"))
    assert f"/admin/forum/post/{post.pk}/change/" in page
    assert "reply/" not in page
    assert client.get(f"{BOARD}topics/{post.topic_id}/?after=99").status_code == 200


def test_notes_are_read_and_marked_by_a_press(as_ada: Any, ada: Member) -> None:
    row = Outbox.objects.create(
        key="n",
        kind="board",
        channel="forum",
        subject="Your post",
        body="Is on the board.",
        due_at=ada.joined_at,
        created_at=ada.joined_at,
    )
    note = Note.objects.create(member=ada, outbox=row, at=ada.joined_at)
    page = as_ada.get(f"{BOARD}notes/")
    assert "Is on the board." in text(page)
    assert page.headers["Cache-Control"] == "no-store, private"
    note.refresh_from_db()
    assert note.read_at is None
    assert as_ada.get(f"{BOARD}notes/read/").status_code == 405
    as_ada.post(f"{BOARD}notes/read/")
    note.refresh_from_db()
    assert note.read_at is not None


@pytest.mark.usefixtures("one_window")
def test_a_lot_in_a_short_time_waits(as_ada: Any, ben: Member) -> None:
    topic = board.asked(ben).topic
    url = f"{BOARD}topics/{topic.pk}/reply/"
    codes = [
        as_ada.post(url, {"text": "Me too.", "key": f"k{n}"}).status_code
        for n in range(21)
    ]
    assert codes == [302] * 20 + [429]
    last = as_ada.post(url, {"text": "Me too.", "key": "k"})
    assert int(last.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("one_window")
def test_a_lot_of_searches_wait(client: Any, db: None) -> None:
    codes = [client.get(BOARD, {"q": "x"}).status_code for _time in range(61)]
    assert codes == [200] * 60 + [429]


HOSTILE = ("", "x", "-1", "0", "99999999999", "9" * 30, "٣", "\x00", "' OR 1=1 --")


@pytest.mark.parametrize("value", few(HOSTILE, "", "9" * 30, "\x00"))
def test_hostile_values_break_nothing(
    as_ada: Any, client: Any, ada: Member, value: str
) -> None:
    post = board.asked(ada)
    topic = f"{BOARD}topics/{post.topic_id}/"
    client.raise_request_exception = False
    seen = [
        as_ada.get(BOARD, {"q": value, "before": value}),
        as_ada.get(f"{BOARD}parts/trading-fees/", {"before": value}),
        as_ada.get(topic, {"after": value}),
        as_ada.get(f"{BOARD}notes/", {"before": value}),
        as_ada.get(f"{BOARD}new/", {"category": value}),
        as_ada.post(f"{BOARD}new/", {"category": value, "title": value, "key": value}),
        as_ada.post(f"{topic}reply/", {"text": value, "key": value}),
        as_ada.post(f"{BOARD}posts/{post.pk}/report/", {"reason": value}),
        as_ada.get(f"{BOARD}topics/{'9' * 19}/"),
        as_ada.post(f"{BOARD}topics/{'9' * 19}/reply/", {"text": "x", "key": "k"}),
        *(
            as_ada.post(f"{BOARD}posts/{'9' * 19}/{name}/")
            for name in ("edit", "delete", "report", "accept", "complain")
        ),
    ]
    assert [one.status_code for one in seen if one.status_code >= 500] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_in_both_languages(as_ada: Any, ada: Member, language: str) -> None:
    post = board.asked(ada)
    as_ada.cookies["django_language"] = language
    own = [f"posts/{post.pk}/{name}/" for name in ("edit", "delete", "complain")]
    for path in ("", "parts/trading-fees/", "new/", "notes/", *own):
        page = as_ada.get(BOARD + path)
        assert page.status_code == 200
        assert f'<html lang="{language}">' in text(page)


def test_a_long_topic_goes_on_page_by_page(client: Any, ada: Member) -> None:
    topic = board.asked(ada).topic
    for number in range(2, 64):
        post = board.answered(ada, topic, f"words {number}")
    there = f"{BOARD}topics/{topic.pk}/"
    assert "words 30" in text(client.get(there))
    assert "words 31" not in text(client.get(there))
    second = text(client.get(f"{there}?after=30"))
    assert all(words in second for words in ("words 31", "words 60", "?after=0"))
    from complaints.channels.forum.threads import address_of

    assert address_of(post) == f"{there}?after=60#post-63"
