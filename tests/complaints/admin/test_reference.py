"""Setting up a topic: words, signatures and lists as fields, nothing as code."""

import pytest
from django.test import Client

from complaints.models import Category
from tests.people import People

pytestmark = pytest.mark.django_db
TOPIC = {
    "names_en": "Fees",
    "names_zh-hans": "费用",
    "default_severity": "normal",
    "position": "5",
    "active": "on",
}


def test_topic_is_changed_by_fields(people: People, client: Client) -> None:
    topic = Category.objects.get(code="fees")
    topic.mappings = {**topic.mappings, "own_list": "kept"}
    topic.save()
    client.force_login(people.admin)
    sent = {
        **TOPIC,
        "code": "fees",
        "team": topic.team_id,
        "sign_offs": ["legal", "compliance"],
        "art8_topic": "fees",
        "fca_cause": "",
    }
    answer = client.post(f"/admin/complaints/category/{topic.pk}/change/", sent)
    assert answer.status_code == 302
    topic.refresh_from_db()
    assert topic.names == {"en": "Fees", "zh-hans": "费用"}
    assert topic.sign_offs == ["legal", "compliance"]
    assert topic.mappings == {"own_list": "kept", "art8_topic": "fees"}


def test_page_shows_what_is_kept(people: People, client: Client) -> None:
    topic = Category.objects.get(code="security")
    client.force_login(people.admin)
    page = client.get(f"/admin/complaints/category/{topic.pk}/change/")
    form = page.context["adminform"].form
    assert form["art8_topic"].value() == topic.mappings["art8_topic"]
    assert form["sign_offs"].value() == ["compliance"]
    assert '{"en"' not in page.content.decode()
