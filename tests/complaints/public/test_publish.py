"""Drafts become versions, versions stay as they are, and who may is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Event
from complaints.public import pages, publish
from complaints.public.models import Document, Frozen, Kind, Version, Wording
from complaints.public.reference import SHIPPED, install, read
from tests.complaints.public import drafts
from tests.people import People

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("name", ["compliance_officer", "head", "admin"])
def test_editors_may_write_and_publish(name: str, people: People) -> None:
    assert publish.may_edit(getattr(people, name))


@pytest.mark.parametrize(
    "name",
    [
        *("customer", "outsider", "support", "security_lead", "legal"),
        *("approver", "reviewer", "executor", "appeals"),
    ],
)
def test_nobody_else_may(name: str, people: People) -> None:
    actor = getattr(people, name)
    version = drafts.written(people, drafts.document())

    assert not publish.may_edit(actor)
    with pytest.raises(NotPermitted):
        publish.draft(document=version.document, actor=actor)
    with pytest.raises(NotPermitted):
        publish.publish(version=version, actor=actor)
    assert Version.objects.get(pk=version.pk).is_draft


def test_editor_who_left_may_no_longer(people: People) -> None:
    people.head.is_active = False
    people.head.save()

    assert not publish.may_edit(people.head)


def test_draft_is_made_once_and_begins_with_the_last_words(people: People) -> None:
    rules = Document.objects.get(code="rules")

    first = publish.draft(document=rules, actor=people.head)
    second = publish.draft(document=rules, actor=people.admin)

    assert (first.pk, first.number, first.is_draft) == (second.pk, 2, True)
    assert first.words("en").body == read_of("rules", "en")
    assert first.words("zh-hans").body == read_of("rules", "zh-hans")


def read_of(code: str, language: str) -> str:
    from complaints.public.reference import FOLDER

    return read(FOLDER / code / f"{language}.md").body


def test_second_draft_of_a_document_is_refused_by_the_database(people: People) -> None:
    version = drafts.written(people, drafts.document())

    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(document=version.document, number=9)


def test_published_version_holds_from_its_day_on(people: People) -> None:
    document = drafts.document()
    old = drafts.published(people, document, now=NOON)
    new = drafts.written(people, document, body=("Newer.", "更新。"))
    new.effective_from = NOON + 10 * DAY
    new.save()
    publish.publish(version=new, actor=people.head, now=NOON + DAY)

    before = pages.current("news", Kind.PAGE, NOON + 2 * DAY)
    after = pages.current("news", Kind.PAGE, NOON + 10 * DAY)

    assert (before, after) == (old, new)
    assert pages.upcoming(old, NOON + 2 * DAY) == new
    assert pages.upcoming(new, NOON + 11 * DAY) is None
    assert pages.current("news", Kind.PAGE, NOON - DAY) is None
    history = pages.history("news", NOON + 2 * DAY)
    assert [(one.shown.version, one.since, one.until) for one in history] == [
        (new, NOON + 10 * DAY, None),
        (old, NOON, NOON + 10 * DAY),
    ]
    assert [(one.is_future, one.is_current) for one in history] == [
        (True, False),
        (False, True),
    ]


def test_day_that_has_passed_becomes_the_moment_of_publishing(people: People) -> None:
    version = drafts.written(people, drafts.document())
    version.effective_from = NOON - 100 * DAY
    version.save()

    publish.publish(version=version, actor=people.head, now=NOON)

    version.refresh_from_db()
    assert version.effective_from == version.published_at == NOON
    assert version.published_by == people.head


def test_publishing_stands_on_the_ledger_with_a_hash_of_the_words(
    people: People,
) -> None:
    version = drafts.published(people, drafts.document(), now=NOON)

    event = Event.objects.get(what="page_published", payload__code="news")

    assert (event.stream, event.actor) == (
        "desk:2026-11-20",
        people.compliance_officer,
    )
    assert event.payload["number"] == 1
    assert event.payload["sha256"] == publish.words_hash(version)


def test_published_words_cannot_be_changed(people: People) -> None:
    version = drafts.published(people, drafts.document())
    row = version.wordings.get(language="en")
    row.body = "Something else."

    with pytest.raises(Frozen):
        row.save()
    with pytest.raises(IllegalMove):
        publish.publish(version=version, actor=people.head)
    assert Wording.objects.get(pk=row.pk).body == drafts.ENGLISH


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        (("", "新闻"), ("Text.", "正文。"), "English: no title or no text."),
        (("News", "新闻"), ("Text.", " "), "简体中文: no title or no text."),
        (
            ("News", "News"),
            ("Text.", "Text."),
            "简体中文: the text is in another language.",
        ),
        (
            ("新闻", "新闻"),
            ("正文。", "正文。"),
            "English: the text is in another language.",
        ),
    ],
)
def test_version_without_a_language_is_not_published(
    title: tuple[str, str], body: tuple[str, str], reason: str, people: People
) -> None:
    version = drafts.written(people, drafts.document(), title=title, body=body)

    with pytest.raises(publish.NotReady) as refused:
        publish.publish(version=version, actor=people.head)

    assert refused.value.reasons == (reason,)
    assert Version.objects.get(pk=version.pk).is_draft


def test_procedure_without_what_the_law_wants_is_not_published(people: People) -> None:
    version = publish.draft(
        document=Document.objects.get(code="procedure"), actor=people.head
    )
    row = version.wordings.get(language="en")
    row.body = row.body.replace("[[time-frames]]", "Soon.")
    row.save()

    with pytest.raises(publish.NotReady) as refused:
        publish.publish(version=version, actor=people.head)

    assert refused.value.reasons == (
        "English: these parts are missing: [[time-frames]].",
    )


def test_article_is_taken_off_the_lists_and_a_page_is_not(people: People) -> None:
    article = Document.objects.get(code="liquidation")

    publish.withdraw(document=article, actor=people.head)

    listed = [row.document.code for row in pages.listed(Kind.ARTICLE)]
    assert "liquidation" not in listed
    assert pages.current("liquidation", Kind.ARTICLE) is not None
    with pytest.raises(IllegalMove):
        publish.withdraw(document=article, actor=people.head)
    with pytest.raises(IllegalMove):
        publish.withdraw(
            document=Document.objects.get(code="privacy"), actor=people.head
        )


# What is shipped ------------------------------------------------------------------


def test_shipped_documents_are_there_in_both_languages() -> None:
    for one in SHIPPED:
        version = pages.current(one.code, one.kind)
        assert version is not None
        assert {row.language for row in version.wordings.all()} == {"en", "zh-hans"}
        assert publish.lacking(version) == []


def test_shipped_words_never_take_the_place_of_staff_words(people: People) -> None:
    document = Document.objects.get(code="privacy")
    mine = drafts.published(people, document, now=timezone.now())

    install(SHIPPED)

    assert pages.current("privacy", Kind.PAGE) == mine
    assert document.versions.count() == 2


def test_installing_again_asks_once_and_writes_nothing(
    django_assert_num_queries: object,
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]  # and the savepoint
        install(SHIPPED)
