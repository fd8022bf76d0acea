"""Bundles: what goes in by variant, how one is made, and who may have it."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from appeals import verify_bundle
from appeals.models import Appeal, Bundle
from appeals.services import bundles
from appeals.services.bundles import make
from complaints import letter_system, signing
from complaints.errors import NotPermitted, NotVisible
from complaints.models import Complaint, Event
from complaints.services import barriers, correspond, evidence, sealed_files
from complaints.services.evidence import Upload
from complaints.states import ScanState, State
from config.paths import BASE_DIR
from tests.appeals import walk
from tests.people import People

if not letter_system.available():
    pytest.skip(
        f"make system: {', '.join(letter_system.missing())}", allow_module_level=True
    )

pytestmark = pytest.mark.filterwarnings(
    # WeasyPrint leaves the colour profile of its archives open.
    "ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"
)
INNER, BARRED, SHARED = "zwiebelturm", "kellergeist", "sonnenuhr"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the seconds that the PDF takes."""
    monkeypatch.setattr(make.page, "pdf", lambda _case: b"%PDF-1.7 drawn elsewhere")


@pytest.fixture
def row(people: People, case_at: Any) -> Appeal:
    case = case_at(State.ANSWERED)
    correspond.note(complaint=case, text=f"The {INNER}.", actor=people.security)
    _file(case, f"{SHARED}.txt", SHARED, people.customer)
    _file(case, f"{INNER}.txt", INNER, people.security)
    officer = people.compliance_officer
    barrier = barriers.put_up(
        complaint=case, kind="suspicion", reason=BARRED, actor=officer
    )
    barriers.write(barrier=barrier, text=BARRED, actor=officer)
    upload = Upload(f"{BARRED}.txt", BARRED.encode())
    sealed_files.keep_file(barrier=barrier, upload=upload, actor=officer)
    return walk.appeal(case)


def _file(case: Complaint, name: str, text: str, actor: Any, **given: Any) -> Any:
    upload = Upload(name, f"{text} ".encode() * 9)
    return evidence.add_evidence(complaint=case, upload=upload, actor=actor, **given)


def made(row: Appeal, variant: str, actor: Any) -> Bundle:
    found = bundles.ask_bundle(complaint=row.complaint, variant=variant, actor=actor)
    assert bundles.make_due() == 1
    found.refresh_from_db()
    return found


def content(bundle: Bundle) -> bytes:
    with bundle.file.open("rb") as file:
        read: bytes = file.read()
    return read


def inside(bundle: Bundle) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(bundle))) as file:
        return {name: file.read(name) for name in file.namelist()}


def manifest(bundle: Bundle) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(inside(bundle)["manifest.json"])
    return read


def pdf_text(files: dict[str, bytes]) -> str:
    reader = pypdf.PdfReader(io.BytesIO(files["bundle.pdf"]))
    return "".join(page.extract_text() for page in reader.pages)


# What goes in -------------------------------------------------------------------------


def test_whole_holds_every_document_of_the_sealed_file(
    row: Appeal, people: People, drawn: None, tmp_path: Path
) -> None:
    bundle = made(row, "whole", people.appeals_2)

    listed = manifest(bundle)["exhibits"]
    filed = row.file.exclude(kind="event")
    assert [
        (one["number"], one["kind"], one["sealed_sha256"])
        for one in listed
        if one["sealed"]
    ] == list(filed.values_list("number", "kind", "sha256"))
    assert [one["number"] for one in listed if not one["sealed"]] == [
        row.file.count() + 1  # the letter that says that the appeal was received
    ]
    files = inside(bundle)
    assert len(files["ledger.jsonl"].splitlines()) == bundle.ledger_seq
    path = tmp_path / "bundle.zip"
    path.write_bytes(content(bundle))
    report = verify_bundle.verify(path, signing.public_key())
    assert report.faults == []
    assert report.manifest["ledger"]["seq"] == bundle.ledger_seq
    assert INNER.encode() in content(bundle)
    assert BARRED.encode() not in content(bundle)


def test_shared_holds_nothing_of_the_inner_side(
    row: Appeal, people: People, tmp_path: Path
) -> None:
    bundle = made(row, "shared", people.customer)

    files = inside(bundle)
    every = b"".join([content(bundle), pdf_text(files).encode()])
    assert SHARED.encode() in every
    for word in (INNER, BARRED, "security_lead", "Look at the hold"):
        assert word.encode() not in every
    assert "ledger.jsonl" not in files
    kinds = {one["kind"] for one in manifest(bundle)["exhibits"]}
    assert kinds == {"complaint", "letter", "evidence"}


@pytest.mark.drill
def test_pdf_is_an_archive_that_names_every_part(row: Appeal, people: People) -> None:
    bundle = made(row, "whole", people.appeals_2)

    reader = pypdf.PdfReader(io.BytesIO(inside(bundle)["bundle.pdf"]))

    metadata = reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert b'pdfaid:part="3" pdfaid:conformance="A"' in metadata
    assert "/OutputIntents" in reader.trailer["/Root"]  # type: ignore[operator]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert _wrong_for_an_archive(reader) == []
    text = "".join(page.extract_text() for page in reader.pages)
    for part in ("Index", "What happened", "Letters", "Exhibits", f"{INNER}.txt"):
        assert part in text
    assert signing.public_key()[:16] in text.replace("\n", "")


def _wrong_for_an_archive(reader: pypdf.PdfReader) -> list[str]:
    """What ISO 19005-3 forbids and can be seen without a validator of it."""
    root: Any = reader.trailer["/Root"]
    wrong = [name for name in ("/OpenAction", "/AA", "/AcroForm") if name in root]
    wrong += ["encrypted"] if reader.is_encrypted else []
    wrong += [] if root.get("/Lang") and "/StructTreeRoot" in root else ["untagged"]
    wrong += ["no identifier"] if "/ID" not in reader.trailer else []
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            wrong += [] if _is_inside(font.get_object()) else [str(font)]
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            wrong += [str(action)] if action.get("/S") in FORBIDDEN else []
    return wrong


FORBIDDEN = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Sound", "/Movie")


def _is_inside(font: Any) -> bool:
    """Whether its outlines are in the file, with the Unicode of every sign."""
    inner = [one.get_object() for one in font.get("/DescendantFonts", [font])]
    names = ("/FontFile", "/FontFile2", "/FontFile3")
    embedded = all(
        any(name in one["/FontDescriptor"] for name in names) for one in inner
    )
    return embedded and "/ToUnicode" in font


@pytest.mark.drill
def test_hostile_words_read_no_file_and_open_no_socket(
    people: People, case_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T17: as text, as the name of a file, as what is in the file."""
    case = case_at(State.ANSWERED)
    traps = (
        '<img src="file:///etc/passwd"><iframe src="http://169.254.169.254/"></iframe>'
        '<link rel=attachment href="file:///etc/passwd">'
        "<style>@import url(http://10.0.0.1/x.css);</style>"
    )
    correspond.customer_writes(complaint=case, text=traps, actor=people.customer)
    _file(case, '"><img src=file.txt', traps, people.customer)
    row = walk.appeal(case, statement=traps)
    asked: list[str] = []

    from complaints import letter_pdf

    fetch = letter_pdf.StaticOnly.fetch

    def watched(self: Any, url: str, headers: Any = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(letter_pdf.StaticOnly, "fetch", watched)
    monkeypatch.setattr("socket.socket.connect", None)
    text = pdf_text(inside(made(row, "whole", people.appeals_2)))

    assert {url.partition(":")[0] for url in asked} == {"static"}
    assert "root:" not in text
    assert "file:///etc/passwd" in text.replace("\n", "")  # as the words they are


def test_file_that_is_not_what_was_sealed_is_left_out_and_said_so(
    row: Appeal, people: People, drawn: None
) -> None:
    file = row.complaint.evidence.get(original_name=f"{SHARED}.txt")
    Path(file.file.path).write_bytes(b"gartenzwerg")

    bundle = made(row, "whole", people.appeals_2)

    listed = {one["title"]: one for one in manifest(bundle)["exhibits"]}
    assert listed[str(file)]["withheld"] == "changed"
    assert listed[str(file)]["path"] == ""
    assert b"gartenzwerg" not in content(bundle)


def test_held_file_and_personal_link_are_named_and_left_out(
    row: Appeal, people: People, drawn: None
) -> None:
    case = row.complaint
    case.evidence.update(scan_state=ScanState.QUARANTINED)
    letter = case.letters.get(kind="receipt")
    type(letter).objects.create(
        complaint=case,
        kind="tracking_link",
        version="1",
        language="en",
        subject="Your link",
        body="https://recourse.test/track/geheim/",
        sha256="0" * 64,
        written_at=timezone.now(),
    )

    bundle = made(row, "whole", people.appeals_2)

    reasons = [one.get("withheld") for one in manifest(bundle)["exhibits"]]
    assert (reasons.count("held"), reasons.count("link")) == (2, 1)
    assert b"geheim" not in content(bundle)


def test_copy_with_covered_parts_names_its_original(
    row: Appeal, people: People, drawn: None
) -> None:
    original = row.complaint.evidence.get(original_name=f"{INNER}.txt")
    evidence.add_copy(
        original=original,
        upload=Upload("E2 redacted.txt", b"covered"),
        reason="Names of others.",
        actor=people.security,
        shared=True,
    )

    bundle = made(row, "shared", people.customer)

    rows = [one for one in manifest(bundle)["exhibits"] if "parts_covered" in one]
    assert [one["parts_covered"] for one in rows] == [
        {"of": original.label, "sha256": original.sha256}
    ]
    assert INNER.encode() not in content(bundle)


# Asking and making --------------------------------------------------------------------


def test_same_case_is_not_made_twice(row: Appeal, people: People, drawn: None) -> None:
    first = made(row, "shared", people.customer)
    again = bundles.ask_bundle(
        complaint=row.complaint, variant="shared", actor=people.customer
    )
    assert again == first
    correspond.customer_writes(
        complaint=row.complaint, text="One more.", actor=people.customer
    )

    later = bundles.ask_bundle(
        complaint=row.complaint, variant="shared", actor=people.customer
    )
    assert later.pk != first.pk
    assert later.made_at is None


def test_failure_is_tried_again_and_a_new_wish_begins_anew(
    row: Appeal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make.page, "pdf", lambda _case: 1 / 0)
    case, now = row.complaint, timezone.now()
    asked = bundles.ask_bundle(complaint=case, variant="shared", actor=people.customer)

    for tried in range(make.MOST_TRIES + 1):
        moment = now + timedelta(hours=tried)
        assert bundles.make_due(now=moment) == 0
    asked.refresh_from_db()
    assert (asked.tries, asked.error) == (make.MOST_TRIES, "ZeroDivisionError")

    bundles.ask_bundle(complaint=case, variant="shared", actor=people.customer)
    monkeypatch.setattr(make.page, "pdf", lambda _case: b"%PDF-1.7")
    assert bundles.make_due() == 1
    assert Bundle.objects.count() == 1


def test_slower_worker_keeps_nothing(row: Appeal, people: People, drawn: None) -> None:
    asked = bundles.ask_bundle(
        complaint=row.complaint, variant="shared", actor=people.customer
    )
    late = Bundle.objects.get(pk=asked.pk)
    Bundle.objects.filter(pk=asked.pk).update(tries=1)

    assert make.make_now(late, now=timezone.now()) is False
    assert not list(Path(late.file.storage.path(".")).rglob(Path(late.file.name).name))


def test_file_is_forgotten_after_thirty_days(
    row: Appeal, people: People, drawn: None
) -> None:
    bundle = made(row, "shared", people.customer)
    path = Path(bundle.file.path)
    assert path.stat().st_mode & 0o077 == 0

    assert bundles.forget_old(now=timezone.now() + timedelta(days=29)) == 0
    assert bundles.forget_old(now=timezone.now() + timedelta(days=31)) == 1

    assert not path.exists()
    with pytest.raises(NotVisible):
        bundles.open_bundle(bundle=bundle, actor=people.customer)


# Who may have it ----------------------------------------------------------------------

WHOLE = {"appeals", "appeals_2", "head"}


def test_who_may_ask_for_which(row: Appeal, people: People) -> None:
    def asks(variant: str) -> set[str]:
        found = set()
        for name, user in people.all().items():
            try:
                bundles.ask_bundle(complaint=row.complaint, variant=variant, actor=user)
            except (NotPermitted, NotVisible):
                continue
            found.add(name)
        return found

    assert asks("whole") >= WHOLE
    assert not asks("whole") & {"customer", "security", "support", "other_customer"}
    assert asks("shared") >= WHOLE | {"customer"}
    assert not asks("shared") & {"other_customer", "outsider", "tech", "risk"}
    assert asks("nonsense") == set()


def _as(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_only_who_sees_the_case_takes_its_bundle_away(
    row: Appeal, people: People, drawn: None
) -> None:
    """T16: by the number of a bundle, on one's own case and on others."""
    shared, whole = (
        made(row, "shared", people.customer),
        made(row, "whole", people.appeals_2),
    )
    from tests import cases

    other = cases.filed(people)
    portal = f"/complaints/{row.complaint.reference}/bundle/"
    desk = f"/admin/appeals/appeal/{row.pk}/bundle/"
    customer, reviewer = _as(people.customer), _as(people.appeals_2)

    answer = customer.get(f"{portal}{shared.pk}/")
    assert b"".join(answer.streaming_content) == content(shared)  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert customer.get(f"{portal}{whole.pk}/").status_code == 404
    foreign = f"/complaints/{other.reference}/bundle/{shared.pk}/"
    assert customer.get(foreign).status_code == 404
    for stranger in (people.other_customer, people.outsider, people.appeals_3):
        assert _as(stranger).get(f"{portal}{shared.pk}/").status_code == 404
        assert _as(stranger).get(f"{desk}{whole.pk}/").status_code in (302, 403, 404)
    answer = reviewer.get(f"{desk}{whole.pk}/")
    assert b"".join(answer.streaming_content) == content(whole)  # type: ignore[attr-defined]
    opened = Event.objects.filter(
        stream=f"reads:{row.complaint_id}", what="bundle_opened"
    )
    assert list(opened.order_by("seq").values_list("actor", "payload__bundle")) == [
        (people.customer.pk, shared.pk),
        (people.appeals_2.pk, whole.pk),
    ]


def test_pages_ask_and_show_how_far_it_is(
    row: Appeal, people: People, drawn: None
) -> None:
    portal = f"/complaints/{row.complaint.reference}/bundle/"
    desk = f"/admin/appeals/appeal/{row.pk}/bundle/"
    customer, reviewer = _as(people.customer), _as(people.appeals_2)

    assert customer.post(portal).status_code == 302
    assert reviewer.post(desk, {"variant": "whole"}).status_code == 302
    assert reviewer.post(desk, {"variant": "other"}).status_code == 403
    Bundle.objects.update(step="packing", done=20, total=60)

    for client, page in ((customer, portal), (reviewer, desk)):
        part = client.get(f"{page}?part").content.decode()
        assert '<progress max="60" value="20"' in part
        assert "data-poll" in client.get(page).content.decode()
    assert bundles.make_due() == 2
    assert "data-state" in customer.get(f"{portal}?part").content.decode()


# Commands -----------------------------------------------------------------------------


def test_commands_make_and_verify(row: Appeal, drawn: None, tmp_path: Path) -> None:
    said = io.StringIO()
    call_command("make_bundle", row.complaint.reference, out=tmp_path, stdout=said)
    path = Path(json.loads(said.getvalue())["path"])

    call_command("verify_bundle", path, stdout=said)
    assert "nothing changed" in said.getvalue()
    path.write_bytes(path.read_bytes().replace(SHARED.encode(), b"mondenuhr", 1))
    with pytest.raises(CommandError) as refused:
        call_command("verify_bundle", path, stdout=said)
    assert refused.value.returncode == 1
    assert f"E1-{SHARED}.txt" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("make_bundle", "RC-0000-0000", out=tmp_path)


@pytest.mark.drill
def test_large_case_in_a_minute_and_little_memory() -> None:
    """301 documents of 400 MB together. Not from here: a process is charged with the
    memory of the one that started it, and this one holds the renderer."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.bundle"], check=False, cwd=BASE_DIR
    )

    assert ran.returncode == 0


def test_one_case_is_not_put_together_all_the_time(
    people: People, row: Appeal, drawn: None
) -> None:
    """What is there is given again; six new ones an hour, then words and no seventh."""
    case, now = row.complaint, timezone.now()
    for number in range(6):
        found = bundles.ask_bundle(complaint=case, variant="shared", actor=people.head)
        assert bundles.make_due() == 1
        again = bundles.ask_bundle(complaint=case, variant="shared", actor=people.head)
        assert again.pk == found.pk
        correspond.note(complaint=case, text=f"Note {number}.", actor=people.security)

    with pytest.raises(bundles.TooManyBundles):
        bundles.ask_bundle(complaint=case, variant="shared", actor=people.customer)

    assert case.bundles.count() == 6
    later = now + timedelta(hours=2)
    bundles.ask_bundle(
        complaint=case, variant="shared", actor=people.customer, now=later
    )
    assert case.bundles.count() == 7
