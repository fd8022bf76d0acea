"""Pictures that platforms keep: fetched by number, from their own hosts alone, and
sealed like any file of a stranger."""

from typing import Any

import pytest

from appeals.demo.standins import facebook, twilio, x
from complaints.channels import hold, media
from complaints.channels.facebook import files as facebook_files
from complaints.channels.x import files as x_files
from complaints.models import Complaint, Evidence, Outbox, RawMessage
from complaints.services.relay import relay_due
from tests.complaints.channels.phone.line import deliver
from tests.complaints.channels.phone.test_calls import called
from tests.complaints.channels.social.conftest import set_up
from tests.complaints.channels.social.platform import Platform
from tests.people import People

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n a picture"
PAGE = b"<html><script>alert(1)</script></html>"
STORY = "My withdrawal of 1,302 USDT has not come since Tuesday."


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://pbs.twimg.com/media/a.jpg", True),
        ("https://PBS.twimg.com/media/a.jpg", True),
        ("https://scontent.xx.fbcdn.net/v/1.jpg?oh=1&oe=2", True),
        ("http://pbs.twimg.com/media/a.jpg", False),
        ("https://pbs.twimg.com:8443/media/a.jpg", False),
        ("https://pbs.twimg.com:x/a", False),
        ("https://pbs.twimg.com@169.254.169.254/a", False),
        ("https://169.254.169.254/\\@pbs.twimg.com/a", False),
        ("https://pbs.twimg.com\\.evil.example/a", False),
        ("https://pbs.twimg.com.evil.example/a", False),
        ("https://evilfbcdn.net/a", False),
        ("https://fbcdn.net/a", False),
        ("https://xn--fbcdn-.net/a", False),
        ("https://pbs.twimg.com/a\r\nHost: evil", False),
        ("https://pbs.twimg.com", False),
        ("//pbs.twimg.com/a", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_the_platforms_own_hosts_are_called(url: str, right: bool) -> None:
    places = ["https://pbs.twimg.com", "https://*.fbcdn.net"]
    assert media.is_at(url, places) is right


@pytest.fixture
def on_x(settings: Any) -> Any:
    with set_up("x", settings) as platform:
        where = platform.api.stand_in.url
        settings.X_MEDIA = dict.fromkeys(settings.X_MEDIA, where)
        yield platform


@pytest.fixture
def on_facebook(settings: Any) -> Any:
    with set_up("facebook", settings) as platform:
        settings.FACEBOOK_MEDIA = [settings.FACEBOOK_API_URL]
        yield platform


def kept() -> list[tuple[str, str, bytes, str]]:
    rows = Evidence.objects.exclude(original_name__endswith=".txt").order_by("number")
    return [
        (row.original_name, row.content_type, _bytes(row), row.source) for row in rows
    ]


def _bytes(row: Evidence) -> bytes:
    with row.file.open("rb") as file:
        return bytes(file.read())


def sent_on_x(platform: Platform, url: str, **more: Any) -> RawMessage:
    sent = {"media_url_https": url, "type": "photo", **more}
    attachment = {"type": "media", "media": sent}
    return platform.taken(platform.stand_in.message(STORY, attachment=attachment))


def test_picture_of_a_direct_message_is_fetched_as_its_recipient(
    on_x: Platform,
) -> None:
    path = "/1.1/ton/data/dm/9544/screen.jpg"
    on_x.api.media[path] = PNG
    raw = sent_on_x(on_x, f"https://ton.twitter.com{path}")
    assert not Evidence.objects.filter(original_name="screen.jpg").exists()
    relay_due()

    assert kept() == [("screen.jpg", "image/png", PNG, "x")]
    assert not Outbox.objects.filter(kind="file_unread").exists()
    x_files.fetch(Outbox.objects.get(channel="x-file"))
    assert len(kept()) == 1
    assert raw.complaint == Evidence.objects.first().complaint  # type: ignore[union-attr]


def test_video_of_a_direct_message_comes_in_its_best_version(on_x: Platform) -> None:
    on_x.api.media["/dm_video/1/high.mp4"] = b"\0\0\0\x18ftypmp42 a video"
    versions = [
        {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a"},
        *(
            {
                "bitrate": rate,
                "content_type": "video/mp4",
                "url": f"https://video.twimg.com/dm_video/1/{name}.mp4?tag=1",
            }
            for rate, name in ((256_000, "low"), (2_176_000, "high"))
        ),
    ]
    sent_on_x(
        on_x,
        "https://ton.twitter.com/1.1/ton/data/dm/1/still.jpg",
        video_info={"variants": versions},
    )
    relay_due()
    assert [name for name, *_ in kept()] == ["high.mp4"]


def test_pictures_of_a_post_come_once_a_person_took_it_up(
    on_x: Platform, people: People
) -> None:
    on_x.api.media |= {"/media/a.jpg": PNG, "/media/b.jpg": PNG + b"2"}
    shown = [{"media_url_https": f"https://pbs.twimg.com/media/{n}.jpg"} for n in "ab"]
    body = on_x.post(STORY, extended_entities={"media": shown})
    raw = on_x.taken(body)
    relay_due()
    assert kept() == []
    hold.accept(raw, actor=people.support)
    relay_due()

    assert [name for name, *_ in kept()] == ["a.jpg", "b.jpg"]
    dead = Outbox.objects.filter(status="dead")
    assert not dead.exists()


OTHERS = (
    "http://169.254.169.254/latest/meta-data/",
    "https://ton.twitter.com.evil.example/1.1/ton/x.jpg",
    "https://ton.twitter.com/../../x",
    "https://ton.twitter.com/1.1/ton/x.jpg%0d%0a",
    "https://api.x.com/2/tweets",
)


def test_other_addresses_are_kept_as_words_and_never_called(on_x: Platform) -> None:
    shown = [{"media_url_https": url} for url in OTHERS]
    assert x_files.files_of(shown) == ()
    raw = sent_on_x(on_x, OTHERS[0])
    relay_due()

    assert raw.outcome == "opened"
    assert not Outbox.objects.filter(kind="file").exists()
    assert Outbox.objects.filter(kind="file_unread").count() == 1
    assert [call.method for call in on_x.api.stand_in.calls] == ["POST", "POST"]


def test_row_that_names_another_host_is_refused(on_x: Platform) -> None:
    for address in ("evil.example/a.jpg", "ton.twitter.com", "ton.twitter.com//a/b"):
        with pytest.raises(media.Undeliverable):
            x_files.fetch(Outbox(recipient=address))
    assert on_x.api.stand_in.calls == []


def on_page(platform: Platform, *kinds: str) -> tuple[RawMessage, str]:
    sent = [
        {"type": kind, "payload": {"url": "https://scontent.xx.fbcdn.net/old"}}
        for kind in kinds
    ]
    body = platform.stand_in.message(STORY, attachments=sent)
    mid = body["entry"][0]["messaging"][0]["message"]["mid"]
    return platform.taken(body), mid


def test_files_of_a_message_are_asked_for_by_its_number(
    on_facebook: Platform, settings: Any
) -> None:
    where = settings.FACEBOOK_API_URL
    graph = on_facebook.api
    graph.files |= {"/cdn/1?oh=1": PNG, "/cdn/2": b"ID3\x03 a voice", "/cdn/3": PAGE}
    _raw, mid = on_page(on_facebook, "image", "fallback", "audio", "file")
    rows = [
        {"image_data": {"url": f"{where}/cdn/1?oh=1"}},
        {"file_url": f"{where}/cdn/2", "mime_type": "audio/mpeg"},
        {"file_url": f"{where}/cdn/3", "name": "x.html"},
    ]
    graph.objects[mid] = {"attachments": {"data": rows}}
    relay_due()

    assert kept() == [
        ("image-1.jpg", "image/png", PNG, "facebook"),
        ("audio-2.mp3", "audio/mpeg", b"ID3\x03 a voice", "facebook"),
        ("file-3", "application/octet-stream", PAGE, "facebook"),
    ]
    facebook_files.fetch(Outbox.objects.filter(channel="fb-file").first())  # type: ignore[arg-type]
    assert len(kept()) == 3


def test_photo_of_a_comment_and_of_a_post_come_with_their_case(
    on_facebook: Platform, settings: Any, people: People
) -> None:
    graph, photo = on_facebook.api, "https://scontent.xx.fbcdn.net/old.jpg"
    graph.files |= {"/cdn/a": PNG, "/cdn/b": PNG + b"b", "/cdn/c": PNG + b"c"}
    image = [
        {"media": {"image": {"src": f"{settings.FACEBOOK_API_URL}/cdn/{name}"}}}
        for name in "abc"
    ]
    comment = on_facebook.taken(on_facebook.post(STORY, photo=photo))
    number = comment.external_id.removeprefix("post:")
    graph.objects[number] = {"attachment": image[0]}
    shown = facebook.comment(STORY, item="post", photos=[photo, photo])
    value = shown["entry"][0]["changes"][0]["value"]
    del value["comment_id"]
    post = on_facebook.taken(shown)
    both = {"data": [{"subattachments": {"data": image[1:]}}]}
    graph.objects[value["post_id"]] = {"attachments": both}
    for raw in (comment, post):
        hold.accept(raw, actor=people.support)
    relay_due()

    assert [(name, body[-1:]) for name, _kind, body, _by in kept()] == [
        ("photo-1.jpg", b"e"),
        ("photo-1.jpg", b"b"),
        ("photo-2.jpg", b"c"),
    ]


def test_graph_that_names_a_host_inside_leads_nowhere(on_facebook: Platform) -> None:
    _raw, mid = on_page(on_facebook, "image")
    inside = {"image_data": {"url": "http://127.0.0.1:1/admin"}}
    on_facebook.api.objects[mid] = {"attachments": {"data": [inside]}}
    relay_due()
    row = Outbox.objects.get(channel="fb-file")
    assert (row.status, row.error) == (
        "dead",
        "It lies at an address that is not called.",
    )
    assert kept() == []


def test_file_too_large_is_given_up_in_the_open(
    on_x: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "FILE_LIMIT", 10)
    on_x.api.media["/1.1/ton/a.jpg"] = PNG
    sent_on_x(on_x, "https://ton.twitter.com/1.1/ton/a.jpg")
    relay_due()
    row = Outbox.objects.get(channel="x-file")
    assert (row.status, row.error) == ("dead", "It is larger than 10 bytes.")


def test_platform_that_is_down_is_asked_again(on_x: Platform) -> None:
    on_x.api.media["/1.1/ton/a.jpg"] = PNG
    on_x.api.refuse = x.problem(503, "Over capacity")
    Outbox.objects.all().delete()
    sent_on_x(on_x, "https://ton.twitter.com/1.1/ton/a.jpg")
    relay_due(files=True)
    row = Outbox.objects.get(channel="x-file")
    assert (row.status, row.attempts, row.error) == ("pending", 1, "503")
    relay_due(files=True, now=row.due_at)
    row.refresh_from_db()
    assert (row.status, len(kept())) == ("sent", 1)


# Text messages ------------------------------------------------------------------------


@pytest.fixture
def case(line: twilio.Twilio, settings: Any) -> Complaint:
    settings.TWILIO_MEDIA = [settings.TWILIO_API_URL]
    return called()


def test_pictures_of_a_text_follow_one_redirect_without_the_token(
    case: Complaint, line: twilio.Twilio
) -> None:
    told, keys = twilio.pictures(twilio.text(""), "image/jpeg", "image/png")
    line.pictures = {key: PNG + key.encode() for key in keys}
    deliver(told)
    relay_due()
    assert [(name, by) for name, _kind, _body, by in kept()] == [
        ("picture-1.jpg", "phone"),
        ("picture-2.png", "phone"),
    ]
    message = case.messages.get(direction="in")
    assert message.text == "The message has no text; see the files that came with it."
    assert {file.message for file in case.evidence.all()} == {message}


def test_redirect_to_elsewhere_is_not_followed(
    case: Complaint, line: twilio.Twilio, settings: Any
) -> None:
    settings.TWILIO_MEDIA = ["https://*.twiliocdn.com"]
    told, keys = twilio.pictures(twilio.text("Look"), "image/jpeg")
    line.pictures = dict.fromkeys(keys, PNG)
    deliver(told)
    relay_due()
    row = Outbox.objects.get(channel="mms-file")
    assert row.error == "It leads on to an address that is not called."
    assert kept() == []
    assert not any(call.path.startswith("/kept/") for call in line.stand_in.calls)


def test_address_of_a_picture_is_never_taken_from_the_request(
    case: Complaint, line: twilio.Twilio
) -> None:
    told, _keys = twilio.pictures(twilio.text("Look"), "image/jpeg")
    sid = told["MediaUrl0"].rpartition("/")[2]
    deliver(told | {"MediaUrl0": f"http://169.254.169.254/Media/{sid}"})
    row = Outbox.objects.get(channel="mms-file")
    assert row.recipient == f"{told['MessageSid']}/{sid}"
    deliver(
        twilio.text("Look", NumMedia="1", MediaUrl0="http://169.254.169.254/latest")
    )
    assert Outbox.objects.filter(channel="mms-file").count() == 1
