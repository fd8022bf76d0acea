"""The customer's page and the widget: no scripts needed, no cookies, nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.channels.chat import desk, files, speaker, talk, views
from complaints.channels.chat.models import Author, ChatFile, Conversation, Status
from complaints.models import Complaint
from tests.clamd import EICAR, clamd
from tests.complaints.channels.chat.talks import (
    a_picture,
    a_talk,
    client_of,
    on_duty,
    taken,
    texts,
)
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE, EMBED = "/chat/", "/embed/chat/"
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def staffed(people: People) -> Any:
    return on_duty(people.support)


def the_talk() -> Conversation:
    return Conversation.objects.get()


# A page of ours -----------------------------------------------------------------------


def test_guest_talks_by_forms_alone(client: Client, staffed: Any) -> None:
    begun = client.post(PAGE, {"name": "Ada", "text": "Where is my money?"})
    said = client.post(PAGE, {"text": "1,860 USDT"}, follow=True)

    assert (begun.status_code, begun["Location"]) == (302, PAGE)
    page = said.content.decode()
    assert page.index("Where is my money?") < page.index("1,860 USDT")
    assert "You are next." in page
    assert the_talk().name == "Ada"
    assert said["Cache-Control"] == "no-store, private"


def test_somebody_else_sees_none_of_it(client: Client, staffed: Any) -> None:
    client.post(PAGE, {"text": "Where is my money?"})

    page = Client().get(PAGE).content.decode()

    assert "Where is my money?" not in page
    assert Client().get("/chat/news/").status_code == 404


def test_signed_in_it_follows_the_account(people: People, staffed: Any) -> None:
    client_of(people.customer).post(PAGE, {"text": "From my phone"})
    elsewhere = client_of(people.customer)
    stranger = client_of(people.other_customer)

    assert "From my phone" in elsewhere.get(PAGE).content.decode()
    assert "From my phone" not in stranger.get(PAGE).content.decode()
    assert the_talk().user == people.customer


def test_after_signing_out_it_is_gone(people: People, staffed: Any) -> None:
    """The session of a browser that others use shows nobody's conversation."""
    client = client_of(people.customer)
    client.post(PAGE, {"text": "Mine alone"})
    key = the_talk().key
    next_user = client_of(people.other_customer)
    session = next_user.session
    session["chat"] = key
    session.save()

    assert "Mine alone" not in next_user.get(PAGE).content.decode()


def test_script_gets_json(client: Client, staffed: Any) -> None:
    client.post(PAGE, {"text": "One"})
    first = the_talk().lines.get().pk

    said = client.post(PAGE, {"text": "Two", "key": "k"}, headers=SCRIPT)
    client.post(PAGE, {"text": "Two", "key": "k"}, headers=SCRIPT)
    news = client.get("/chat/news/", {"after": first}).json()

    assert said.json() == {"code": "ok"}
    assert "Two" in news["html"]
    assert "One" not in news["html"]
    assert news["last"] == the_talk().lines.order_by("-pk").first().pk  # type: ignore[union-attr]
    assert texts(the_talk()) == ["One", "Two"]


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "1e9", "٣"])
def test_any_cursor_is_answered(client: Client, staffed: Any, after: str) -> None:
    client.post(PAGE, {"text": "One"})

    assert client.get("/chat/news/", {"after": after}).status_code == 200


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": ""}, "Write something first."),
        ({"text": "x" * 4_001}, "4000"),
        ({"text": "Hi", "file": b"MZ" + b"\0" * 99}, "We cannot take this kind"),
    ],
)
def test_refusals_are_said_and_nothing_is_kept(
    client: Client, staffed: Any, data: dict[str, Any], said: str
) -> None:
    client.post(PAGE, {"text": "One"})
    if isinstance(data.get("file"), bytes):
        data = {**data, "file": SimpleUploadedFile("a.png", data["file"])}

    page = client.post(PAGE, data)
    script = client.post(PAGE, data, headers=SCRIPT)

    assert (page.status_code, script.status_code) == (422, 422)
    assert said in page.content.decode()
    assert texts(the_talk()) == ["One"]


@pytest.mark.parametrize("address", [PAGE, EMBED])
def test_first_form_sent_twice_begins_one(address: str, staffed: Any) -> None:
    """By two windows that do not know of each other, as by an impatient finger."""
    one, two = Client(), Client()
    key = one.get(address).context["form"]["key"].value()
    for client in (one, two):
        client.post(address, {"text": "Hello", "key": key})

    assert texts(the_talk()) == ["Hello"]
    two.post(address, {"text": "And this", "key": key})
    one.post(address, {"text": "Hello", "key": key})
    assert texts(the_talk()) == ["Hello", "And this"]


@pytest.mark.parametrize("address", ["/chat/", "/embed/chat/"])
def test_key_that_somebody_else_was_given_lets_them_read_nothing(
    address: str, staffed: Any
) -> None:
    """A page of theirs can send the form of the widget from a visitor's browser: the
    visitor went on talking in a conversation whose key its maker had."""
    mallory = Client(REMOTE_ADDR="203.0.113.66")
    key = mallory.get(address).context["form"]["key"].value()
    Client(REMOTE_ADDR="198.51.100.7").post(address, {"text": "Hi", "key": key})
    talk.say(the_talk(), "My secret", author=Author.CUSTOMER)

    answer = mallory.post(address, {"text": "Hi", "key": key})
    assert "My secret" not in answer.content.decode()
    assert "My secret" not in mallory.get(address).content.decode()
    assert Conversation.objects.count() == 2


def test_key_of_a_form_opens_nothing_of_others(people: People, staffed: Any) -> None:
    guest = Client()
    key = guest.get(PAGE).context["form"]["key"].value()
    for client, given in (
        (guest, key),
        (client_of(people.customer), key),
        (Client(), "k"),
        (Client(), "k"),
        (Client(), key.partition(":")[0]),
    ):
        client.post(PAGE, {"text": "Hello", "key": given})

    assert Conversation.objects.count() == 5


def test_form_of_a_talk_that_is_over_begins_another(
    client: Client, staffed: Any
) -> None:
    key = client.get(PAGE).context["form"]["key"].value()
    client.post(PAGE, {"text": "One", "key": key})
    client.post("/chat/end/")
    Client().post(PAGE, {"text": "One", "key": key})

    assert Conversation.objects.count() == 2


@pytest.mark.usefixtures("one_window")
def test_ten_beginnings_from_one_address(staffed: Any) -> None:
    codes = [Client().post(PAGE, {"text": "Hi"}).status_code for _try in range(11)]

    assert codes == [302] * 10 + [429]


def test_after_the_end_another_one_can_begin(client: Client, staffed: Any) -> None:
    client.post(PAGE, {"text": "One"})
    client.post("/chat/end/")
    late = client.post(PAGE, {"do": "again"}, follow=True)
    client.post(PAGE, {"text": "Two"})

    assert "Talk to us" in late.content.decode()
    assert [talked.status for talked in Conversation.objects.order_by("pk")] == [
        Status.CLOSED,
        Status.WAITING,
    ]


def test_a_forged_post_says_nothing(staffed: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(PAGE, {"text": "Hi"}).status_code == 403
    assert not Conversation.objects.exists()


# Becoming a complaint -----------------------------------------------------------------


def test_while_nobody_is_there_a_message_is_a_complaint(client: Client) -> None:
    assert "Leave us a message" in client.get(PAGE).content.decode()

    page = client.post(PAGE, {"text": "My account is shut."}, follow=True)

    case = Complaint.objects.get()
    assert (case.channel, case.description) == ("chat", "My account is shut.")
    assert case.reference in page.content.decode()
    assert texts(the_talk()) == ["My account is shut.", "left", "taken_in"]


def test_the_customer_can_make_it_one(client: Client, staffed: Any) -> None:
    client.post(PAGE, {"text": "My account is shut."})

    client.post("/chat/complaint/")
    again = client.post("/chat/complaint/")

    assert Complaint.objects.get().description == "My account is shut."
    assert again.status_code == 422
    assert "Nothing was said since" in again.content.decode()


def test_the_alarm_is_one_press_away(client: Client, staffed: Any) -> None:
    urgent = f'href="{reverse("portal:urgent")}"'

    assert urgent in client.get(PAGE).content.decode()
    assert urgent in client.get(EMBED).content.decode()
    client.post(PAGE, {"text": "Hi"})
    assert urgent in client.get(PAGE).content.decode()


# Files --------------------------------------------------------------------------------


def test_files_come_out_as_files(client: Client, staffed: Any) -> None:
    client.post(PAGE, {"text": "Hi"})
    upload = SimpleUploadedFile("<b>.png", a_picture())
    client.post(PAGE, {"text": "", "file": upload})
    file = ChatFile.objects.get()

    page = client.get(PAGE).content.decode()
    whole = client.get(f"/chat/files/{file.line_id}/")
    drawn = client.get(f"/chat/files/{file.line_id}/picture/")

    assert "<b>.png" not in page
    assert f'src="/chat/files/{file.line_id}/picture/"' in page
    assert whole.content == a_picture()
    assert whole["Content-Disposition"] == 'attachment; filename="<b>.png"'
    assert drawn["Content-Type"] == "image/webp"
    for answer in (whole, drawn):
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_files_of_others_are_not_there(client: Client, people: People) -> None:
    theirs = a_talk("Hi")
    file = files.check("a.txt", b"secret")
    line = talk.say(theirs, "", author=Author.CUSTOMER, file=file)
    client.post(PAGE, {"text": "Hi"})

    for name in (f"{line.pk}/", f"{line.pk}/picture/", "0/"):
        assert client.get(f"/chat/files/{name}").status_code == 404
        assert Client().get(f"/chat/files/{name}").status_code == 404


@pytest.mark.parametrize(("content", "code"), [(b"a", 200), (EICAR.encode(), 404)])
def test_scanner_is_asked_before_a_file_goes_out(
    client: Client, staffed: Any, settings: Any, content: bytes, code: int
) -> None:
    with clamd() as daemon:
        settings.CLAMD_URL = daemon.url
        client.post(PAGE, {"text": "Hi"})
        upload = SimpleUploadedFile("a.txt", content)
        client.post(PAGE, {"text": "", "file": upload})
        url = f"/chat/files/{ChatFile.objects.get().line_id}/"
        assert [client.get(url).status_code for _again in range(2)] == [code, code]
        assert daemon.seen == [content]
        cache.clear()
        daemon.say(b"busy")
        assert client.get(url).status_code == 404


# The widget ---------------------------------------------------------------------------


def test_the_widget_talks_by_token_and_sets_no_cookie(
    people: People, staffed: Any
) -> None:
    """Not even by somebody who is signed in here: it knows them not."""
    client = client_of(people.customer)
    before = dict(client.cookies)

    first = client.post(EMBED, {"text": "From a frame"})
    made = the_talk()
    token = speaker.token_of(made)
    said = client.post(EMBED, {"text": "More", "token": token})
    news = client.get(f"{EMBED}news/", headers={"X-Chat-Token": token})

    assert 'name="token" value="' in first.content.decode()
    assert "More" in said.content.decode()
    assert "From a frame" in news.json()["html"]
    assert (made.user, made.embedded) == (None, True)
    assert dict(client.cookies) == before
    assert not any(answer.cookies for answer in (first, said, news))


@pytest.mark.parametrize("token", ["", "-", "x:y:z", "💥", "a" * 3_000])
def test_the_widget_opens_for_no_other_token(token: str, staffed: Any) -> None:
    a_talk("Secret", embedded=True)
    client = Client()

    page = client.post(EMBED, {"do": "resume", "token": token})
    news = client.get(f"{EMBED}news/", {"token": token})

    assert "Secret" not in page.content.decode()
    assert news.status_code == 404


def test_a_token_of_the_page_is_none_of_the_widget(staffed: Any) -> None:
    """A conversation of a page is opened by its session alone."""
    made = a_talk("Secret")

    assert speaker.of_token(speaker.token_of(made)) is None


def test_files_of_the_widget_come_by_ticket(staffed: Any) -> None:
    made = a_talk("Hi", embedded=True)
    file = files.check("a.png", a_picture())
    talk.say(made, "", author=Author.CUSTOMER, file=file)
    token = speaker.token_of(made)
    html = Client().post(EMBED, {"do": "resume", "token": token}).content.decode()
    url = html.split('<a class="pic" href="')[1].split('"')[0]

    assert token not in url
    assert Client().get(url).content == a_picture()
    assert Client().get(url.replace("/files/", "/files/x")).status_code == 404


@pytest.mark.parametrize(
    ("origins", "ancestors", "framing"),
    [
        ([], "frame-ancestors 'none'", "DENY"),
        (["https://x.example"], "frame-ancestors https://x.example", None),
    ],
)
def test_who_may_frame_it(
    client: Client, settings: Any, origins: list[str], ancestors: str, framing: Any
) -> None:
    settings.EMBED_ORIGINS = origins

    widget, page = client.get(EMBED), client.get(PAGE)

    assert ancestors in widget["Content-Security-Policy"].split("; ")
    assert widget.get("X-Frame-Options") == framing
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"].split("; ")
    assert page["X-Frame-Options"] == "DENY"


def test_the_widget_speaks_the_language_of_its_address(client: Client) -> None:
    page = client.get(EMBED, {"language": "zh-hans"}).content.decode()

    assert '<html lang="zh-hans">' in page
    assert f'action="{EMBED}?language=zh-hans"' in page


# Words --------------------------------------------------------------------------------


def test_lists_cost_the_same_however_much_was_said(
    people: People, django_assert_max_num_queries: Any
) -> None:
    made = taken(people, *(f"{number}" for number in range(20)), user=people.customer)
    viewer = desk.staff_viewer(people.support)
    for number in range(20):
        desk.answer(made, viewer, str(number))
    client = client_of(people.customer)
    client.get(PAGE)

    with django_assert_max_num_queries(10):
        client.get(PAGE)


def test_no_address_of_a_token_is_written_by_us() -> None:
    """No template puts the token of a conversation into an address."""
    folder = Path(views.__file__).parents[3] / "templates" / "chat"
    for template in folder.glob("*.html"):
        assert "?token" not in template.read_text()
