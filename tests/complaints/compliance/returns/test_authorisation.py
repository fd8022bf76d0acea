"""The authorisation file says what the configuration says."""

import io
import json
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.utils.translation import override

from complaints import letter_system, profiles, signing
from complaints.compliance.returns import authorisation, pack
from complaints.compliance.returns.kinds import paper_for
from complaints.compliance.returns.paper import page_of
from complaints.compliance.returns.period import parse
from complaints.profiles import limit_words
from complaints.public.models import Version
from complaints.states import Channel, Step
from tests.complaints.compliance.returns.small import AT
from tests.people import People

pytestmark = pytest.mark.django_db


def test_every_letter_of_article_11_is_answered_from_configuration(
    people: People,
) -> None:
    found = authorisation.build(parse("2026"), AT)

    tables = {table.code: table.rows for table in found.tables}
    assert {code[0] for code in tables} == set("abcdefgh")
    assert ("Security team", "Lead", 1) in tables["a_people"]
    assert [row[0] for row in tables["a_channels"]] == Channel.values
    assert tables["b_head"] == [("Head of complaints", str(people.head))]
    rules = profiles.get("eu-casp", "2026.1")
    words = str(limit_words(rules.limit(Step.STATUTORY_DECISION)))
    assert (str(rules.title), "Decision by law", words) in tables["f_limits"]
    routes = {row[1] for row in tables["g_routes"]}
    assert routes >= {str(route.name) for route in rules.outside_routes}
    assert "not_a_client" not in str(tables["h_grounds"])


def test_sheets_begin_with_the_published_procedure(people: People) -> None:
    with override("zh-hans"):
        found = authorisation.build(parse("2026"), AT)
        page = page_of(paper_for(found), AT)
        version = Version.objects.in_force(AT).get(document__code="procedure")
        title = version.words().title

    assert title in page
    assert page.index(title) < page.index("(a)")


def test_pack_is_signed_and_the_same_twice(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_system, "available", lambda: False)
    found = authorisation.build(parse("2026"), AT)

    made = pack.to_zip(found)

    assert made == pack.to_zip(found)
    with ZipFile(io.BytesIO(made)) as book:
        names = set(book.namelist())
        manifest = book.read(pack.MANIFEST)
        seal = json.loads(book.read(pack.SIGNATURE))
    for language, _name in settings.LANGUAGES:
        assert {f"authorisation-{language}.json", f"procedure-{language}.txt"} <= names
    assert signing.is_signed(manifest, seal["signature"], seal["public_key"])
    assert {file["path"] for file in json.loads(manifest)["files"]} == names - {
        pack.MANIFEST,
        pack.SIGNATURE,
    }
