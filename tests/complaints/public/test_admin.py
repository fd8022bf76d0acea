"""Staff's pages: who comes in, and a version's way from a draft to the public."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.public.models import Area, Document, Kind, Subscriber, Version
from tests.complaints.public import drafts
from tests.people import People

pytestmark = pytest.mark.django_db

LISTS = ("document", "version", "subscriber")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(people: People) -> Client:
    return signed_in(people.compliance_officer)


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("name", ["support", "tech", "security_lead", "reviewer"])
def test_other_staff_are_refused(model: str, name: str, people: People) -> None:
    client = signed_in(getattr(people, name))
    version = drafts.written(people, drafts.document())

    assert client.get(f"/admin/public/{model}/").status_code == 403
    for what in ("preview", "publish"):
        url = f"/admin/public/version/{version.pk}/{what}/"
        assert {client.get(url).status_code, client.post(url).status_code} == {403}
    for what in ("draft", "withdraw"):
        url = f"/admin/public/document/{version.document_id}/{what}/"
        assert client.post(url).status_code == 403
    assert Version.objects.get(pk=version.pk).is_draft


@pytest.mark.parametrize("model", LISTS)
def test_lists_ask_the_same_however_long_they_are(
    model: str, editor: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        drafts.published(people, drafts.document(f"n{number}"))

    with django_assert_max_num_queries(20):
        assert editor.get(f"/admin/public/{model}/").status_code == 200


def form_of(version: Version, **changes: str) -> dict[str, Any]:
    """What the page of a draft posts, with ``en_title=…`` and the like changed."""
    rows = list(version.wordings.order_by("language"))
    data: dict[str, Any] = {
        "stage": version.stage,
        "effective_from_0": "",
        "effective_from_1": "",
        "wordings-TOTAL_FORMS": len(rows),
        "wordings-INITIAL_FORMS": len(rows),
    }
    for place, row in enumerate(rows):
        data |= {
            f"wordings-{place}-id": row.pk,
            f"wordings-{place}-version": version.pk,
        }
        for name in ("title", "summary", "body", "keywords", "changes"):
            key = f"{row.language[:2]}_{name}"
            data[f"wordings-{place}-{name}"] = changes.get(key, getattr(row, name))
    return data


def test_editor_writes_previews_and_publishes_a_version(
    editor: Client, client: Client
) -> None:
    document = Document.objects.get(code="fees")
    made = editor.post(reverse("admin:public_document_draft", args=[document.pk]))
    version = document.versions.get(published_at=None)
    page = reverse("admin:public_version_change", args=[version.pk])
    assert made.headers["Location"] == page

    body = {"en_body": "Everything is **free**.", "zh_body": "全部**免费**。"}
    saved = editor.post(page, form_of(version, **body))
    assert saved.status_code == 302, saved.context["errors"]
    preview = reverse("admin:public_version_preview", args=[version.pk])
    english = editor.get(preview, {"language": "en"}).content.decode()
    chinese = editor.get(preview, {"language": "zh-hans"}).content.decode()
    assert "Everything is <strong>free</strong>." in english
    assert "全部<strong>免费</strong>。" in chinese
    assert "This is a draft" in english
    assert "Everything is" not in client.get("/rules/fees/").content.decode()

    editor.post(reverse("admin:public_version_publish", args=[version.pk]))

    public = client.get("/rules/fees/").content.decode()
    assert "Everything is <strong>free</strong>." in public
    assert "Version 2, in force since" in public
    old = client.get("/pages/fees/versions/1/").content.decode()
    assert "0.10 %" in old
    assert "It is no longer in force." in old


@pytest.mark.parametrize("asked", ["\x00", "../x", "-1", "9" * 30, "xx", ""])
def test_preview_in_no_language_of_ours_is_in_the_readers(
    editor: Client, people: People, asked: str
) -> None:
    """One that is published says since when, in words of that language."""
    version = drafts.published(people, drafts.document())
    preview = reverse("admin:public_version_preview", args=[version.pk])
    shown = editor.get(preview, {"language": asked})
    assert '<html lang="en"' in shown.content.decode()


def test_published_version_has_no_form(editor: Client, people: People) -> None:
    version = drafts.published(people, drafts.document())
    page = reverse("admin:public_version_change", args=[version.pk])

    shown = editor.get(page).content.decode()
    answer = editor.post(page, form_of(version, en_body="Changed."))

    assert "<textarea" not in shown
    assert answer.status_code == 403
    assert version.words("en").body == drafts.ENGLISH


def test_draft_that_lacks_something_says_what(editor: Client, people: People) -> None:
    version = drafts.written(people, drafts.document(), body=("Text.", ""))

    page = editor.get(f"/admin/public/version/{version.pk}/change/").content.decode()
    answer = editor.post(f"/admin/public/version/{version.pk}/publish/", follow=True)

    assert "简体中文: no title or no text." in page
    assert "简体中文: no title or no text." in answer.content.decode()
    assert Version.objects.get(pk=version.pk).is_draft


def test_new_notice_leads_to_its_draft(editor: Client) -> None:
    data = {"kind": "notice", "code": "storm", "area": "status", "position": "0"}
    none = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}

    answer = editor.post("/admin/public/document/add/", {**data, **none})

    version = Version.objects.get(document__code="storm")
    assert answer.headers["Location"] == f"/admin/public/version/{version.pk}/change/"
    assert version.wordings.count() == 2


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "notice", "code": "storm", "area": ""},
        {"kind": "article", "code": "storm", "area": "risk"},
        {"kind": "article", "code": "suggest", "area": ""},
        {"kind": "article", "code": "a b", "area": ""},
        {"kind": "article", "code": "fees", "area": ""},
    ],
)
def test_wrong_document_is_refused(data: dict[str, str], editor: Client) -> None:
    none = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    before = Document.objects.count()

    answer = editor.post("/admin/public/document/add/", {**data, "position": 0, **none})

    assert answer.status_code == 200
    assert Document.objects.count() == before


def test_draft_is_thrown_away_and_a_published_version_is_not(
    editor: Client, people: People
) -> None:
    kept = drafts.published(people, drafts.document())
    thrown = drafts.written(people, kept.document)

    for version in (kept, thrown):
        url = f"/admin/public/version/{version.pk}/delete/"
        editor.post(url, {"post": "yes"})

    assert list(kept.document.versions.all()) == [kept]


def test_notice_is_taken_off_the_lists(editor: Client, people: People) -> None:
    document = drafts.document("storm", Kind.NOTICE, area=Area.STATUS)
    drafts.published(people, document)

    editor.post(reverse("admin:public_document_withdraw", args=[document.pk]))

    document.refresh_from_db()
    assert document.withdrawn_at is not None


def test_subscriber_is_ended_by_staff(editor: Client) -> None:
    from django.utils import timezone

    row = Subscriber.objects.create(
        email="a@b.example", language="en", confirmed_at=timezone.now()
    )

    editor.post(f"/admin/public/subscriber/{row.pk}/delete/", {"post": "yes"})

    assert not Subscriber.objects.exists()
