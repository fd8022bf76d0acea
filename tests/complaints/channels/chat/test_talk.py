"""What is said: once, within limits, to those whose conversation it is."""

import pytest

from complaints.channels.chat import desk, files, presence, talk
from complaints.channels.chat.models import (
    Author,
    ChatFile,
    Conversation,
    Status,
)
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.masking import MASK
from teams.models import User
from teams.services import remove_member
from tests.complaints.channels.chat.talks import (
    a_picture,
    a_talk,
    on_duty,
    taken,
    texts,
)
from tests.complaints.test_concurrency import race
from tests.people import People

pytestmark = pytest.mark.django_db
WEBM = b"\x1a\x45\xdf\xa3" + b"\x42\x82\x84webm" + b"0" * 60
SEED = "Seins: " + "abandon " * 11 + "about"


def test_same_key_says_it_once() -> None:
    made = a_talk("Hello")

    first = talk.say(made, "Where is it?", author=Author.CUSTOMER, key="k1")
    again = talk.say(made, "Where is it?", author=Author.CUSTOMER, key="k1")

    assert first.pk == again.pk
    assert texts(made) == ["Hello", "Where is it?"]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_d11_the_same_key_ten_times_at_once_says_it_once() -> None:
    made = a_talk("Hello")

    def say(_number: int) -> None:
        talk.say(made, "Where is it?", author=Author.CUSTOMER, key="k1")

    assert race(say, 10) == {"won": 10}
    assert texts(made) == ["Hello", "Where is it?"]


def test_an_agent_cannot_use_up_a_customers_key(people: People) -> None:
    made = taken(people, "Hello")
    talk.say(made, "Mine", author=Author.CUSTOMER, key="k1")

    desk.answer(made, desk.staff_viewer(people.support), "Ours", key="k1")

    assert texts(made) == ["Hello", "joined", "Mine", "Ours"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Hello \r\nyou\x00 ", "Hello \nyou"),
        ("\ud800x", "�x"),
        (SEED, f"Seins: {MASK}"),
        ("长" * 4_000, "长" * 4_000),
    ],
)
def test_text_is_kept_as_it_can_be_kept(text: str, kept: str) -> None:
    made = a_talk(text)

    assert texts(made) == [kept]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n\x00", "empty"), ("x" * 4_001, "too_long")],
)
def test_what_cannot_be_said(text: str, reason: str) -> None:
    made = a_talk()

    with pytest.raises(InvalidInput) as error:
        talk.say(made, text, author=Author.CUSTOMER)

    assert error.value.reason == reason
    assert texts(made) == []


def test_nothing_is_said_after_the_end() -> None:
    made = a_talk("Hello")
    talk.end(made)
    talk.end(made)

    with pytest.raises(IllegalMove):
        talk.say(made, "One more thing", author=Author.CUSTOMER)

    assert texts(made) == ["Hello", "ended"]


def test_thirty_messages_a_minute_and_no_more() -> None:
    made = a_talk(*(f"{number}" for number in range(30)))

    with pytest.raises(talk.TooFast):
        talk.say(made, "31", author=Author.CUSTOMER)


# Files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", a_picture(), "image/png"),
        (
            "voice.webm",
            b"\x1a\x45\xdf\xa3" + b"\x42\x82\x84webm" + b"0" * 60,
            "audio/webm",
        ),
        ("voice.ogg", b"OggS" + b"\x00" * 60, "audio/ogg"),
        ("note.txt", "收据".encode(), "text/plain"),
    ],
)
def test_files_are_known_by_their_bytes(name: str, content: bytes, kind: str) -> None:
    assert files.check(name, content).content_type == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "type"),
        (b"\n <!doctype html><script>", "type"),
        (b"MZ" + b"\x00" * 200, "type"),
        (b"x" * (files.FILE_LIMIT + 1), "too_large"),
    ],
)
def test_files_we_do_not_take(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as error:
        files.check("../../a.png", content)

    assert error.value.reason == reason


def test_a_preview_holds_nothing_of_the_file() -> None:
    picture = a_picture() + b"<script>alert(1)</script>"

    checked = files.check("..\\a\u202egnp.png", picture)

    assert checked.name == "agnp.png"
    assert checked.preview is not None
    assert checked.preview[8:12] == b"WEBP"
    assert b"script" not in checked.preview


def test_a_broken_picture_is_kept_without_a_preview() -> None:
    assert files.check("a.png", a_picture()[:40]).preview is None


def test_twenty_files_a_conversation() -> None:
    made = a_talk()
    file = files.check("a.txt", b"a")
    for number in range(files.FILES_A_TALK):
        talk.say(made, "", author=Author.CUSTOMER, file=file, key=str(number))

    with pytest.raises(InvalidInput) as error:
        talk.say(made, "", author=Author.CUSTOMER, file=file)

    assert error.value.reason == "full"
    assert ChatFile.objects.count() == made.lines.count() == files.FILES_A_TALK


# The desk -----------------------------------------------------------------------------


def test_one_of_two_agents_has_it(people: People) -> None:
    made = a_talk("Hello")
    desk.take(made, on_duty(people.support))

    with pytest.raises(IllegalMove):
        desk.take(made, on_duty(people.support_lead))

    made.refresh_from_db()
    assert (made.status, made.agent) == (Status.ACTIVE, people.support)
    assert texts(made) == ["Hello", "joined"]


def test_capacity(people: People) -> None:
    viewer = on_duty(people.support, capacity=1)
    desk.take(a_talk("One"), viewer)

    with pytest.raises(desk.Full):
        desk.take(a_talk("Two"), viewer)


def test_place_in_the_queue(people: People) -> None:
    talks = [a_talk(str(number)) for number in range(3)]
    assert [desk.place_of(one) for one in talks] == [1, 2, 3]

    desk.take(talks[0], on_duty(people.support))

    assert [desk.place_of(one) for one in talks[1:]] == [1, 2]


def test_hand_over_to_somebody_who_is_there(people: People) -> None:
    made = taken(people, "Hello")
    support = desk.staff_viewer(people.support)
    with pytest.raises(InvalidInput):
        desk.hand_over(made, support, people.support_lead)
    on_duty(people.support_lead)

    desk.hand_over(made, support, people.support_lead)

    made.refresh_from_db()
    assert made.agent == people.support_lead
    assert texts(made)[-1] == "handed_over"
    assert not Conversation.objects.visible_to(support).exists()
    with pytest.raises(NotVisible):
        desk.answer(made, support, "One more word")


def test_put_back_keeps_its_place(people: People) -> None:
    made = taken(people, "First")
    a_talk("Second")

    desk.put_back(made, desk.staff_viewer(people.support))

    made.refresh_from_db()
    assert (made.status, made.agent, desk.place_of(made)) == (Status.WAITING, None, 1)


@pytest.mark.parametrize("name", ["customer", "outsider", "risk", "security", "admin"])
def test_others_have_no_desk(people: People, name: str) -> None:
    viewer = desk.staff_viewer(getattr(people, name))
    made = a_talk("Hello")

    assert not Conversation.objects.visible_to(viewer).exists()
    with pytest.raises(NotPermitted):
        desk.take(made, viewer)
    with pytest.raises(NotPermitted):
        desk.set_duty(viewer, on=True)


def test_who_sees_which(people: People) -> None:
    waiting, active = a_talk("Waiting"), taken(people, "Active")
    own = a_talk("Mine", user=people.support)

    assert _seen(people.support) == {waiting, active}
    assert _seen(people.support_lead) == {waiting, active, own}


def _seen(user: User) -> set[Conversation]:
    return set(Conversation.objects.visible_to(desk.staff_viewer(user)))


def test_staffed_only_while_somebody_is_there_and_may(people: People) -> None:
    on_duty(people.support)
    assert desk.is_staffed()

    presence.gone(presence.AGENT, people.support.pk)
    assert not desk.is_staffed()

    on_duty(people.support)
    team = people.support.memberships.get().team
    remove_member(user=people.support, team=team, actor=people.admin)
    assert not desk.is_staffed()
