"""Reply and note: asked once, kept as drafts, filled by templates; who is named."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from complaints import profiles
from complaints.models import Complaint, Outbox, ReplyTemplate, StaffDraft, Task
from complaints.reply_variables import fill, unknown
from complaints.services import correspond
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


def write(client: Client, case: Complaint, **posted: Any) -> Any:
    data = {name.replace("__", "-"): value for name, value in posted.items()}
    return client.post(f"{LIST}{case.pk}/write/", data)


def page(client: Client, case: Complaint) -> str:
    return client.get(f"{LIST}{case.pk}/change/").content.decode()


def template(text: str, **columns: Any) -> ReplyTemplate:
    given = {"language": "en", "title": "Words", "text": text}
    return ReplyTemplate.objects.create(**given | columns)


# The first reply ----------------------------------------------------------------------


def test_first_reply_is_asked_about_once(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    first = {"kind": "reply", "reply__text": "We look into it."}

    asked = write(client, case, **first)
    assert asked.status_code == 422
    assert case.messages.count() == 0
    text = asked.content.decode()
    assert people.customer.email in text
    assert 'name="reply-sure" value="on"' in text
    assert "We look into it." in text

    assert write(client, case, **first, reply__sure="on").status_code == 302
    again = write(client, case, kind="reply", reply__text="And more.")
    assert again.status_code == 302
    assert case.messages.count() == 2


def test_what_the_system_wrote_is_no_first_reply(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    correspond.warn_of_secret(case, now=case.recorded_at)
    client.force_login(people.security)
    assert write(client, case, kind="reply", reply__text="Hi").status_code == 422


# Drafts -------------------------------------------------------------------------------


def test_draft_is_its_writers_alone(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    kept = write(client, case, keep="note", note__text="He seems to lie.")
    assert kept.status_code == 302
    assert "He seems to lie." in page(client, case)
    assert case.messages.count() == 0

    client.force_login(people.security_lead)
    assert "He seems to lie." not in page(client, case)
    write(client, case, keep="note", note__text="Mine.")
    assert StaffDraft.objects.filter(complaint=case).count() == 2


def test_script_keeps_without_a_page_and_sending_forgets(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    typed = {"keep": "1", "note-text": "Half a"}
    url = f"{LIST}{case.pk}/write/"
    kept = client.post(url, typed, HTTP_ACCEPT="application/json")
    assert kept.json() == {"base": StaffDraft.objects.get().saved_at.isoformat()}
    write(client, case, kind="note", note__text="Half a sentence, whole.")
    assert not StaffDraft.objects.exists()


def test_text_of_another_window_is_shown_and_not_overwritten(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    write(client, case, keep="note", note__text="From the first window.", note__base="")

    second = {"keep": "note", "note__text": "From the second.", "note__base": ""}
    both = write(client, case, **second)

    assert both.status_code == 409
    html = both.content.decode()
    assert "From the first window." in html
    assert "From the second." in html
    assert StaffDraft.objects.get().text == "From the first window."
    fresh = both.context["form"]["base"].value()
    assert write(client, case, **{**second, "note__base": fresh}).status_code == 302
    assert StaffDraft.objects.get().text == "From the second."
    # A script gets both as data; what is sent takes only its own draft along.
    url = f"{LIST}{case.pk}/write/"
    typed = {"keep": "1", "note-text": "Third", "note-base": fresh}
    told = client.post(url, typed, HTTP_ACCEPT="application/json")
    assert (told.status_code, told.json()["theirs"]) == (409, "From the second.")
    write(client, case, kind="note", note__text="Fourth, sent.", note__base=fresh)
    assert StaffDraft.objects.get().text == "From the second."


def test_reply_waits_when_something_was_said_since_the_page_was_opened(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    correspond.reply(complaint=case, text="We look into it.", actor=people.security)
    client.force_login(people.security)
    shown = client.get(f"{LIST}{case.pk}/change/").context["write"].reply
    mine = {
        "kind": "reply",
        "reply__text": "Mine.",
        "reply__seen": shown["seen"].value(),
    }
    lead = people.security_lead
    correspond.reply(complaint=case, text="The lead was faster.", actor=lead)
    correspond.note(complaint=case, text="Only a note.", actor=lead)

    waits = write(client, case, **mine)

    assert waits.status_code == 409
    assert [m.text for m in waits.context["write"].meanwhile] == [
        "The lead was faster."
    ]
    html = waits.content.decode()
    assert "Mine." in html
    assert case.messages.filter(text="Mine.").count() == 0
    mine["reply__seen"] = waits.context["form"]["seen"].value()
    assert write(client, case, **mine).status_code == 302
    assert write(client, case, **mine).status_code == 409
    assert case.messages.filter(text="Mine.").count() == 1


def test_emptied_draft_is_gone_and_seeds_are_masked(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    seed = "abandon " * 11 + "about"
    write(client, case, keep="note", note__text=f"He sent: {seed}")
    assert "abandon" not in StaffDraft.objects.get().text
    write(client, case, keep="note", note__text="  ")
    assert not StaffDraft.objects.exists()


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("reviewer", "reply", 403),
        ("tech", "reply", 404),
        ("tech", "note", 404),
        ("security_lead", "reply", 302),
    ],
)
def test_who_keeps_drafts(
    people: People, client: Client, who: str, kind: str, status: int
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(getattr(people, who))
    posted = {"keep": kind, "kind": kind, f"{kind}-text": "x"}
    answer = client.post(f"{LIST}{case.pk}/write/", posted)
    assert answer.status_code == status
    assert StaffDraft.objects.exists() == (status == 302)


# Templates ----------------------------------------------------------------------------


def test_template_speaks_the_language_of_the_case(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating", language="zh-hans")
    row = template(
        "{name}，{reference}：{amount}，{received}。",
        language="zh-hans",
        team=case.team,
        title="已收到",
    )
    template("Hello", language="en", title="English words")
    client.force_login(people.security)
    html = page(client, case)
    assert "已收到" in html
    assert "English words" not in html

    done = write(
        client,
        case,
        insert="reply",
        reply__text="您好。",
        **{"reply-template": row.pk},
    )
    assert done.status_code == 302
    text = StaffDraft.objects.get().text
    here = ZoneInfo(profiles.by_key(case.profile_key).timezone)
    at = case.received_at.astimezone(here)
    day = f"{at:%Y}年{at.month}月{at.day}日"
    assert text.startswith("您好。\n\n")
    assert f"{case.reference}：1,860.00\u00a0USDT，{day}" in text
    assert "{" not in text


def test_template_of_another_team_is_not_inserted(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    row = template("Foreign", team=Team.objects.get(code="risk"))
    client.force_login(people.security)
    write(client, case, insert="reply", **{"reply-template": row.pk})
    assert not StaffDraft.objects.exists()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ 7|add:7 }}", ["{ 7|add:7 }", "{", "}"]),
        ("{% load i18n %}", ["{% load i18n %}"]),
        ("{name.__class__}", ["{name.__class__}"]),
        ("{password}", ["{password}"]),
        ("{0}", ["{0}"]),
        ("open { brace", ["{"]),
        ("{name!r:>10}", ["{name!r:>10}"]),
    ],
)
def test_unknown_variables_are_refused_at_save(text: str, wrong: list[str]) -> None:
    assert unknown(text) == wrong
    row = ReplyTemplate(language="en", title="x", text=text)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert set(refused.value.message_dict) == {"text"}


def test_values_are_words_and_never_variables_or_markup(
    people: People, client: Client
) -> None:
    assert fill("{subject}!", {"subject": "{link}", "link": "x"}) == "{link}!"
    case = cases.at(people, "investigating", subject="</textarea><script>{{ 1 }}")
    row = template("About {subject}")
    client.force_login(people.security)
    write(client, case, insert="reply", **{"reply-template": row.pk})
    html = page(client, case)
    assert "&lt;/textarea&gt;&lt;script&gt;{{ 1 }}" in html
    assert "</textarea><script>" not in html


def test_variable_without_a_value_reaches_no_customer(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    row = template("Answer by {answer_by}.")
    client.force_login(people.security)
    write(client, case, insert="reply", **{"reply-template": row.pk})
    text = StaffDraft.objects.get().text
    assert text == "Answer by {answer_by}."
    sent = write(client, case, kind="reply", reply__text=text, reply__sure="on")
    assert sent.status_code == 422
    assert "Fill in first: {answer_by}." in sent.content.decode()
    assert case.messages.count() == 0


@pytest.mark.parametrize(
    ("who", "own", "foreign", "shared"),
    [
        ("security_lead", 200, 302, 302),
        ("head", 200, 200, 200),
        ("security", 403, 403, 403),
        ("admin", 403, 403, 403),
    ],
)
def test_who_writes_templates(
    people: People, client: Client, who: str, own: int, foreign: int, shared: int
) -> None:
    """Django answers for a row one does not see with the way back to the index."""
    teams = {team.code: team for team in Team.objects.all()}
    rows = [
        template("a", team=teams["security"]),
        template("b", team=teams["risk"]),
        template("c"),
    ]
    client.force_login(getattr(people, who))
    base = "/admin/complaints/replytemplate/"
    got = [client.get(f"{base}{row.pk}/change/").status_code for row in rows]
    assert got == [own, foreign, shared]


def test_lead_makes_templates_for_the_own_team_alone(
    people: People, client: Client
) -> None:
    client.force_login(people.security_lead)
    teams = {team.code: team.pk for team in Team.objects.all()}
    base = "/admin/complaints/replytemplate/add/"
    posted = {"language": "en", "title": "T", "text": "Hi", "position": 1}
    for team in (teams["risk"], ""):
        answer = client.post(base, {**posted, "team": team})
        assert answer.status_code == 200
        assert "team" in answer.context["adminform"].form.errors
    bad = client.post(base, {**posted, "team": teams["security"], "text": "{x}"})
    assert "text" in bad.context["adminform"].form.errors
    assert client.post(base, {**posted, "team": teams["security"]}).status_code == 302
    assert ReplyTemplate.objects.get().team_id == teams["security"]


# Mentions -----------------------------------------------------------------------------


def test_mention_makes_a_task_and_a_notice(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    text = "请@security_lead看一下, and @Security_Lead again; mail a@security.example."
    assert write(client, case, kind="note", note__text=text).status_code == 302
    task = Task.objects.get()
    assert (task.assignee, task.origin, task.made_by) == (
        people.security_lead,
        "mention",
        people.security,
    )
    notice = Outbox.objects.get(kind="staff", recipient=people.security_lead.email)
    assert case.reference in notice.subject
    assert "see" not in notice.subject.lower()
    assert "看一下" not in notice.body


def test_colleague_who_may_not_see_the_case_is_refused_in_words(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    text = "@security_lead and @tech, look."
    answer = write(client, case, kind="note", note__text=text)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "@tech may not see this case" in html
    assert "@security_lead and @tech, look." in html
    assert case.messages.count() == 0
    assert not Task.objects.exists()
    assert not Outbox.objects.filter(kind="staff").exists()


@pytest.mark.parametrize(
    "text",
    ["@customer wrote", "@nobody_here", "to me@tech.example", "@security myself"],
)
def test_other_names_after_an_at_are_words(
    people: People, client: Client, text: str
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    assert write(client, case, kind="note", note__text=text).status_code == 302
    assert not Task.objects.exists()


def test_reply_names_nobody(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    sent = {"kind": "reply", "reply__text": "Hi @security_lead", "reply__sure": "on"}
    assert write(client, case, **sent).status_code == 302
    assert not Task.objects.exists()
