"""Read only for real: the database refuses, whatever the application asks for."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ConnectionHandler, DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from complaints.compliance import behind, figures, reading, viewlog
from complaints.compliance.asked import Asked
from complaints.compliance.boards.all import BOARDS
from complaints.compliance.boards.base import Ctx
from complaints.compliance.models import Tally, ViewNote
from complaints.compliance.returns import kinds
from complaints.compliance.returns.period import parse
from complaints.compliance.rollup import refresh
from complaints.compliance.rollup.read import Reader
from complaints.compliance.second_looks import second_looks
from complaints.compliance.tasks import carry_views
from complaints.models import Complaint, Decision, Event, Message
from complaints.permissions import viewer_of
from config.backends import database_config
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def guarded() -> object:
    """The connection that figures are read by, to the database of this test."""
    named = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{named}"
    else:
        import os

        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{named}").geturl()
    made = database_config(url, read_only=True)
    return ConnectionHandler({"default": made})["default"]


@pytest.mark.both
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE complaints_complaint SET subject = 'x'",
        "DELETE FROM compliance_tally",
        "INSERT INTO compliance_rollupstate (position, gaps) VALUES (1, '[]')",
        "CREATE TABLE mine (n integer)",
        "DROP TABLE compliance_mark",
    ],
)
def test_reading_connection_refuses_to_write(sql: str) -> None:
    reader = guarded()
    try:
        with reader.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute("SELECT count(*) FROM complaints_complaint")
            assert cursor.fetchone() is not None
            with pytest.raises(DatabaseError, match=r"read-?only"):
                cursor.execute(sql)
    finally:
        reader.close()  # type: ignore[attr-defined]


@pytest.mark.postgres
def test_role_reads_every_figure_and_nothing_else(people: People) -> None:
    answered = cases.at(people, "answered")
    barred = cases.at(people, "answered")
    Complaint.objects.filter(pk=barred.pk).update(barrier="insider")
    refresh.rebuild()
    now = timezone.now()
    days = Asked((now - timedelta(days=90)).date(), now.date())
    viewer = viewer_of(people.reviewer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE figures_reader LOGIN")
        call_command("reading_role", "figures_reader", verbosity=0)
        cursor.execute("SET LOCAL ROLE figures_reader")
        cursor.execute(f"SET LOCAL search_path = {reading.SCHEMA}")

        ctx = Ctx(days, viewer, now, Reader(days.first, days.last))
        assert [make(ctx).denominator for make in BOARDS.values()][1].startswith("n 2")
        asked = Asked(days.first, days.last, {"fig": "in"})
        found = list(behind.cases(viewer, behind.marks_of(asked, now.date(), None)))
        assert found == [answered]
        assert figures.read(days.since, days.until, now).received == 2
        for kind in ("eu-casp", "uk-disp", "cfpb", "public"):
            kinds.BUILDERS[kind](parse(str(now.year)), now)
        assert second_looks(days.since, days.until).drawn == 0
        assert Complaint.objects.get(pk=answered.pk).description is None
        assert Complaint.objects.get(pk=answered.pk).subject
        assert Complaint.objects.get(pk=barred.pk).subject == ""
        assert Decision.objects.filter(reasons__isnull=False).count() == 0
        for refused in (
            Message.objects.count,
            lambda: Tally.objects.all().delete(),
            lambda: Complaint.objects.update(subject="x"),
            lambda: cursor.execute("SELECT * FROM public.complaints_complaint"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                refused()
        cursor.execute("RESET ROLE")
        transaction.set_rollback(True)


REFUSED = (
    "SELECT count(*) FROM public.compliance_viewnote",
    "UPDATE public.compliance_viewnote SET request_id = ''",
    "DELETE FROM public.compliance_viewnote",
    "TRUNCATE public.compliance_viewnote",
    "INSERT INTO public.compliance_viewnote (at) VALUES (now()) RETURNING id",
    "INSERT INTO public.complaints_stream (name) VALUES ('desk')",
    "SELECT count(*) FROM public.complaints_event",
)


@pytest.mark.postgres
def test_role_of_the_log_inserts_and_does_nothing_else(people: People) -> None:
    viewer, now = viewer_of(people.reviewer), timezone.now()
    with connection.cursor() as cursor:
        for role in ("figures_reader", "figures_log"):
            cursor.execute(f"CREATE ROLE {role} LOGIN")
        call_command("reading_role", "figures_reader", log="figures_log", verbosity=0)
        cursor.execute("SET LOCAL ROLE figures_log")
        viewlog.put(viewer, now, {"door": "chart", "rows": 7})
        for role in ("figures_log", "figures_reader"):
            cursor.execute(f"SET LOCAL ROLE {role}")
            for sql in REFUSED:
                with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
                    cursor.execute(sql)
            cursor.execute("RESET ROLE")

    assert viewlog.carry() == 1

    event = Event.objects.get(what="figures_viewed")
    assert (event.payload, event.at) == ({"door": "chart", "rows": 7}, now)
    assert (event.actor, event.actor_role) == (people.reviewer, "staff")
    assert (ViewNote.objects.count(), viewlog.carry()) == (0, 0)


@pytest.mark.postgres
def test_one_role_is_not_given_both_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE figures_reader LOGIN")
    with pytest.raises(CommandError, match="none that may only insert"):
        call_command("reading_role", "figures_reader", log="figures_reader")


@pytest.mark.both
def test_page_notes_the_look_in_the_log_where_there_is_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewlog, "is_apart", lambda: True)
    client = Client()
    client.force_login(people.reviewer)

    answer = client.get("/compliance/charts/ageing/")

    assert Event.objects.filter(what="figures_viewed").count() == 0
    assert carry_views() == 1
    event = Event.objects.get(what="figures_viewed")
    assert event.payload["figure"] == "ageing"
    assert event.request_id == answer["X-Request-Id"]


@pytest.mark.postgres
def test_views_follow_the_tables_when_they_are_migrated() -> None:
    reading.install()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE figures_reader LOGIN")
        reading.admit("figures_reader")
        reading.before_migrate(using="default", plan=[object()])
        cursor.execute("ALTER TABLE complaints_clock ALTER COLUMN step TYPE text")
        reading.after_migrate(sender=None, using="default")  # type: ignore[arg-type]
        cursor.execute(
            "SELECT has_table_privilege('figures_reader', 'reading.complaints_clock',"
            " 'SELECT')"
        )
        assert cursor.fetchone() == (True,)


@pytest.mark.both
def test_role_that_nothing_holds_back_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("reading_role", "nobody-of-this-name", verbosity=0)


PAGES = (
    "/admin/complaints/complaint/",
    "/complaints/new/",
    "/compliance/",
    "/admin/compliance/snapshot/1/sign/",
)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reviewer_changes_nothing_anywhere(people: People, method: str) -> None:
    case = cases.at(people, "investigating")
    client = Client()
    client.force_login(people.reviewer)
    own = f"/admin/complaints/complaint/{case.pk}/"
    before = Event.objects.count()

    codes = {getattr(client, method)(path).status_code for path in (*PAGES, own)}

    assert codes == {403}
    assert Event.objects.count() == before


def test_reviewer_keeps_the_account_pages_and_the_head_keeps_all(
    people: People,
) -> None:
    client = Client()
    client.force_login(people.reviewer)
    assert client.post("/accounts/logout/").status_code == 302

    client.force_login(people.head)
    assert client.post("/admin/compliance/snapshot/1/sign/").status_code == 404


def test_settings_name_a_reading_connection() -> None:
    assert settings.READ_DATABASE == "default", "the suite reads its own transaction"
