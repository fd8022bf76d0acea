"""The chat desk in the admin: its lists, one conversation, and what is done there."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from complaints.channels.chat import desk, talk
from complaints.channels.chat.canned import filled
from complaints.channels.chat.models import (
    Author,
    CannedReply,
    ChatFile,
    Conversation,
    Duty,
    Status,
)
from complaints.models import Complaint
from complaints.services.relay import relay_due
from tests import cases
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
LISTS = "/admin/chat/conversation/"


def do(client: Client, made: Conversation, name: str, **data: Any) -> Any:
    made.refresh_from_db()
    return client.post(f"{LISTS}{made.pk}/do/{name}/", data)


def page_of(made: Conversation) -> str:
    return f"{LISTS}{made.pk}/change/"


def test_a_chat_from_taking_to_its_end(people: People) -> None:
    made = a_talk("Where is my money?", name="Ada")
    agent = client_of(people.support)

    agent.post(f"{LISTS}duty/", {"on": "on", "capacity": "2"})
    assert "Ada" in agent.get(LISTS).content.decode()
    for name, data in (
        ("take", {}),
        ("say", {"text": "Which account?", "key": "a"}),
        ("say", {"text": "Which account?", "key": "a"}),
        ("end", {}),
    ):
        assert do(agent, made, name, **data).status_code == 302, name

    assert Duty.objects.get().capacity == 2
    assert texts(made) == ["Where is my money?", "joined", "Which account?", "ended"]
    assert "This conversation is over." in agent.get(page_of(made)).content.decode()


def test_one_press_makes_a_complaint_of_it(people: People) -> None:
    made = taken(people, "My money is gone.", user=people.customer)
    agent = client_of(people.support)

    page = agent.post(f"{LISTS}{made.pk}/do/keep/", follow=True).content.decode()
    relay_due()

    case = Complaint.objects.get()
    assert f"The conversation is kept as {case.reference}." in page
    url = reverse("admin:complaints_complaint_change", args=[case.pk])
    assert f'href="{url}"' in page
    customer = client_of(people.customer).get("/chat/").content.decode()
    receipt = case.letters.get(kind="receipt")
    assert escape(receipt.subject) in customer
    assert escape(receipt.subject) not in agent.get(page_of(made)).content.decode()


def test_a_case_that_was_barred_is_named_no_more(people: People) -> None:
    made = taken(people, "My money is gone.")
    agent = client_of(people.support)
    do(agent, made, "keep")
    case = Complaint.objects.get()
    Complaint.objects.filter(pk=case.pk).update(barrier="barred")

    page = agent.get(page_of(made)).content.decode()

    assert reverse("admin:complaints_complaint_change", args=[case.pk]) not in page


@pytest.mark.parametrize("name", ["join", "hand", "say", "take"])
def test_what_is_refused_is_said(people: People, name: str) -> None:
    made = taken(people, "Hello")
    agent = client_of(people.support)

    answer = do(agent, made, name)

    assert answer.status_code in (404, 409, 422)
    assert 'class="notices"' in answer.content.decode()
    assert texts(made) == ["Hello", "joined"]


def test_joins_a_case_by_its_reference(people: People) -> None:
    case = cases.filed(people)
    made = taken(people, "About it", user=people.customer)

    do(client_of(people.support), made, "join", reference=f" {case.reference.lower()} ")

    made.refresh_from_db()
    assert made.complaint == case


def test_hand_over_and_back(people: People) -> None:
    made = taken(people, "Hello")
    on_duty(people.support_lead)

    handed = do(client_of(people.support), made, "hand", to=people.support_lead.pk)
    back = do(client_of(people.support_lead), made, "back")

    assert handed["Location"] == LISTS
    assert back["Location"] == page_of(made)
    made.refresh_from_db()
    assert (made.status, made.agent) == (Status.WAITING, None)


def test_a_lead_takes_part_only_after_the_hand_over(people: People) -> None:
    made = taken(people, "Hello")
    lead = client_of(people.support_lead)

    assert "Hello" in lead.get(page_of(made)).content.decode()
    assert do(lead, made, "say", text="I am the lead").status_code == 403


@pytest.mark.parametrize("name", ["customer", "outsider", "risk", "security", "admin"])
def test_it_is_not_there_for_others(people: People, name: str) -> None:
    made = taken(people, "Secret")
    client = client_of(getattr(people, name))

    for url in (LISTS, f"{LISTS}lists/", page_of(made), f"{LISTS}{made.pk}/news/"):
        answer = client.get(url)
        assert answer.status_code in (302, 403, 404), url
        assert "Secret" not in answer.content.decode()
    assert do(client, made, "say", text="Hi").status_code in (302, 403, 404)
    assert client.post(f"{LISTS}duty/", {"on": "on"}).status_code in (302, 403, 404)


def test_files_both_ways(people: People) -> None:
    made = taken(people, "Hello")
    agent = client_of(people.support)

    upload = SimpleUploadedFile("a.png", a_picture())
    do(agent, made, "say", text="", file=upload)
    file = ChatFile.objects.get()
    base = f"{LISTS}{made.pk}/files/{file.line_id}/"

    assert agent.get(base).content == a_picture()
    assert agent.get(f"{base}picture/")["Content-Type"] == "image/webp"
    other = a_talk("Other")
    assert agent.get(f"{LISTS}{other.pk}/files/{file.line_id}/").status_code == 404


def test_the_page_costs_the_same_however_much_was_said(
    people: People, django_assert_max_num_queries: Any
) -> None:
    made = taken(people, *map(str, range(20)))
    viewer = desk.staff_viewer(people.support)
    for number in range(20):
        desk.answer(made, viewer, str(number))
    client = client_of(people.support)
    client.get(page_of(made))

    with django_assert_max_num_queries(22):
        client.get(page_of(made))


def test_the_lists_cost_the_same_however_many_wait(
    people: People, django_assert_max_num_queries: Any
) -> None:
    on_duty(people.support)
    for number in range(12):
        a_talk(str(number), user=people.customer)
    client = client_of(people.support)
    client.get(LISTS)

    with django_assert_max_num_queries(18):
        client.get(LISTS)


# Canned replies -----------------------------------------------------------------------


def test_canned_words_in_the_customers_language(people: People) -> None:
    made = taken(people, "Hello", name="<Ada>")
    Conversation.objects.filter(pk=made.pk).update(language="zh-hans")

    page = client_of(people.support).get(page_of(made)).content.decode()

    assert escape("<Ada>您好，我是Support") in page
    assert "How can I help?" not in page
    assert '<div><section class="talk"' in page
    assert 'type="button" lang="zh-hans" data-canned' in page
    assert '<div lang="zh-hans"><p>Hello</p></div>' in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {name}, I am {agent}.", "Hello Ada, I am Support."),
        ("Case {reference}", "Case "),
        (
            "{agent.password} {0} {{name}} %(name)s",
            "{agent.password} {0} {Ada} %(name)s",
        ),
        ("{% debug %}{{ user }}", "{% debug %}{{ user }}"),
    ],
)
def test_three_names_mean_something(people: People, text: str, said: str) -> None:
    made = a_talk("Hello", name="Ada")

    assert filled(CannedReply(text=text), made, people.support) == said


def test_nameless_guests_are_greeted_without_a_gap(people: People) -> None:
    reply = CannedReply(text="Hello {name}, I am {agent}.")

    assert filled(reply, a_talk("Hi"), people.support) == "Hello, I am Support."


@pytest.mark.parametrize(
    ("name", "opens"), [("support", False), ("support_lead", True)]
)
def test_leads_write_them(people: People, name: str, opens: bool) -> None:
    client = client_of(getattr(people, name))

    answer = client.get("/admin/chat/cannedreply/")

    assert (answer.status_code == 200) is opens


def test_what_an_agent_says_shows_a_first_name_only(people: People) -> None:
    made = taken(people, "Hello", user=people.customer)
    talk.say(made, "Hi", author=Author.AGENT, user=people.support)

    page = client_of(people.customer).get("/chat/").content.decode()

    assert "Support" in page
    assert people.support.username not in page.replace("Support", "")
    assert people.support.email not in page
