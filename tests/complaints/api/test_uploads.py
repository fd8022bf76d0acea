"""Files in parts: the protocol of tus 1.0.0, cuts, races, and whose an upload is."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from rest_framework.test import APIClient

from complaints.channels.app import uploads
from complaints.channels.app.models import Upload, UploadPart
from complaints.errors import Stale
from complaints.models import Complaint, Evidence
from complaints.permissions import viewer_of
from complaints.services.evidence import FILE_LIMIT
from tests import cases
from tests.people import People

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
PART = "application/offset+octet-stream"


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.filed(people)


@pytest.fixture
def api(people: People) -> APIClient:
    made = APIClient()
    made.force_login(people.customer)
    return made


def base(case: Complaint) -> str:
    return f"/api/v1/complaints/{case.reference}/uploads/"


def begin(api: APIClient, case: Complaint, length: int = len(PNG), **more: Any) -> Any:
    name = base64.b64encode("Screen 截图.png".encode()).decode()
    given = {
        "HTTP_UPLOAD_LENGTH": str(length),
        "HTTP_UPLOAD_METADATA": f"filename {name},is_confidential",
        **TUS,
        **more,
    }
    return api.post(base(case), **{k: v for k, v in given.items() if v is not None})


def place(api: APIClient, case: Complaint, length: int = len(PNG)) -> str:
    return str(begin(api, case, length)["Location"].removeprefix("http://testserver"))


def send(
    api: APIClient, url: str, offset: int, part: bytes, kind: str = PART, **more: Any
) -> Any:
    headers = {"HTTP_UPLOAD_OFFSET": str(offset), **TUS, **more}
    return api.generic("PATCH", url, part, content_type=kind, **headers)


def stored() -> int:
    root = storages["evidence"]
    folders, files = root.listdir("")
    return len(files) + sum(len(root.listdir(folder)[1]) for folder in folders)


def test_file_in_two_parts_becomes_evidence_once(
    api: APIClient, case: Complaint
) -> None:
    made = begin(api, case)
    url = made["Location"].removeprefix("http://testserver")
    assert (made.status_code, made["Upload-Offset"]) == (201, "0")
    assert made["Tus-Resumable"] == "1.0.0"

    first = send(api, url, 0, PNG[:30])
    assert (first.status_code, first["Upload-Offset"]) == (204, "30")
    seen = api.head(url, **TUS)
    assert (seen["Upload-Offset"], seen["Upload-Length"]) == ("30", str(len(PNG)))
    assert seen["Cache-Control"] == "no-store"

    last = send(api, url, 30, PNG[30:])

    evidence = Evidence.objects.get(complaint=case)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(PNG)))
    assert last["Content-Location"].endswith(f"/evidence/{evidence.number}/")
    assert evidence.sha256 == hashlib.sha256(PNG).hexdigest()
    assert (evidence.original_name, evidence.content_type) == (
        "Screen 截图.png",
        "image/png",
    )
    assert evidence.shared_with_customer
    assert UploadPart.objects.count() == 0

    assert send(api, url, 30, PNG[30:]).status_code == 409
    assert send(api, url, len(PNG), b"").status_code == 409
    assert api.head(url, **TUS)["Upload-Offset"] == str(len(PNG))
    assert api.delete(url, **TUS).status_code == 409
    assert Evidence.objects.filter(complaint=case).count() == 1


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"HTTP_TUS_RESUMABLE": None}, 412, "tus_version"),
        ({"HTTP_TUS_RESUMABLE": "0.2.2"}, 412, "tus_version"),
        ({"HTTP_UPLOAD_LENGTH": None}, 400, "bad_header"),
        ({"HTTP_UPLOAD_LENGTH": "-1"}, 400, "bad_header"),
        ({"HTTP_UPLOAD_LENGTH": "1e3"}, 400, "bad_header"),
        ({"HTTP_UPLOAD_LENGTH": "٣"}, 400, "bad_header"),
        ({"HTTP_UPLOAD_LENGTH": "0"}, 422, "invalid"),
        ({"HTTP_UPLOAD_LENGTH": str(FILE_LIMIT + 1)}, 413, "too_large"),
        ({"HTTP_UPLOAD_METADATA": "filename !!!"}, 400, "bad_header"),
        ({"HTTP_UPLOAD_METADATA": "filename YQ==,filename Yg=="}, 400, "bad_header"),
        ({"HTTP_UPLOAD_METADATA": "a " + "YWFh" * 600}, 400, "bad_header"),
    ],
)
def test_wrong_beginning_is_refused(
    api: APIClient, case: Complaint, more: dict[str, Any], status: int, code: str
) -> None:
    answer = begin(api, case, **more)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    ("offset", "part", "more", "status"),
    [
        ("5", PNG[5:], {}, 409),
        ("", PNG, {}, 400),
        ("x", PNG, {}, 400),
        ("0", PNG + b"x", {}, 422),
        ("0", PNG[:9], {"HTTP_UPLOAD_CHECKSUM": "md5 YQ=="}, 400),
        ("0", PNG[:9], {"HTTP_UPLOAD_CHECKSUM": "sha256"}, 460),
        ("0", PNG[:9], {"HTTP_UPLOAD_CHECKSUM": "sha256 !"}, 400),
        ("0", PNG[:9], {"HTTP_UPLOAD_CHECKSUM": "sha256 YQ=="}, 460),
        ("0", PNG[:9], {"HTTP_TUS_RESUMABLE": "2"}, 412),
    ],
)
def test_wrong_part_changes_nothing(
    api: APIClient,
    case: Complaint,
    offset: str,
    part: bytes,
    more: dict[str, Any],
    status: int,
) -> None:
    url = place(api, case)

    answer = send(api, url, 0, part, **{"HTTP_UPLOAD_OFFSET": offset, **more})

    assert answer.status_code == status
    assert (Upload.objects.get().offset, UploadPart.objects.count()) == (0, 0)


def test_part_needs_the_type_of_the_protocol(api: APIClient, case: Complaint) -> None:
    assert send(api, place(api, case), 0, PNG, kind="image/png").status_code == 415


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_right_checksum_is_taken(api: APIClient, case: Complaint, name: str) -> None:
    digest = base64.b64encode(hashlib.new(name, PNG[:9]).digest()).decode()

    answer = send(
        api, place(api, case), 0, PNG[:9], HTTP_UPLOAD_CHECKSUM=f"{name} {digest}"
    )

    assert answer.status_code == 204


def test_what_is_no_evidence_ends_the_upload(api: APIClient, case: Complaint) -> None:
    page = b"<html><script>alert(1)</script>"
    before, url = stored(), place(api, case, len(page))
    send(api, url, 0, page[:5])

    answer = send(api, url, 5, page[5:])

    assert (answer.status_code, answer.json()["errors"]["file"][0]["code"]) == (
        422,
        "type",
    )
    assert api.head(url, **TUS).status_code == 404
    assert (Evidence.objects.filter(complaint=case).count(), stored()) == (0, before)


def test_upload_is_its_makers_alone(people: People, case: Complaint) -> None:
    mine = APIClient()
    mine.force_login(people.customer)
    url = place(mine, case)

    for user, status in (
        (people.other_customer, 404),
        (people.support, 403),  # reads the status of the case, and no upload
        (people.outsider, 404),
        (None, 401),
    ):
        other = APIClient()
        if user is not None:
            other.force_login(user)
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = other.generic(
                method, url, b"", content_type=PART, HTTP_UPLOAD_OFFSET="0", **TUS
            )
            assert answer.status_code == status
    assert Upload.objects.count() == 1


def test_upload_of_another_case_is_not_found(
    api: APIClient, people: People, case: Complaint
) -> None:
    key = place(api, case).rstrip("/").rsplit("/", 1)[-1]
    other = cases.filed(people)

    assert api.head(f"{base(other)}{key}/", **TUS).status_code == 404


def test_ended_upload_leaves_nothing(api: APIClient, case: Complaint) -> None:
    before, url = stored(), place(api, case)
    send(api, url, 0, PNG[:9])
    assert stored() == before + 1

    assert api.delete(url, **TUS).status_code == 204
    assert api.head(url, **TUS).status_code == 404
    assert (Upload.objects.count(), stored()) == (0, before)


def test_networks_without_patch_use_the_header(api: APIClient, case: Complaint) -> None:
    url = place(api, case)

    answer = api.generic(
        "POST",
        url,
        PNG,
        content_type=PART,
        HTTP_UPLOAD_OFFSET="0",
        HTTP_X_HTTP_METHOD_OVERRIDE="PATCH",
        **TUS,
    )

    assert answer.status_code == 204
    assert Evidence.objects.filter(complaint=case).count() == 1


def test_options_say_what_is_spoken(api: APIClient, case: Complaint) -> None:
    answer = api.options(base(case))

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert answer["Tus-Max-Size"] == str(FILE_LIMIT)


def test_of_two_at_one_place_one_is_kept(people: People, case: Complaint) -> None:
    """Both read the upload before either wrote."""
    viewer = viewer_of(people.customer)
    upload = uploads.begin(complaint=case, actor=viewer, name="a", length=len(PNG))
    twin = Upload.objects.get(pk=upload.pk)
    before = stored()

    uploads.append(upload=upload, offset=0, content=PNG[:9], actor=viewer)
    with pytest.raises(Stale):
        uploads.append(upload=twin, offset=0, content=PNG[:20], actor=viewer)

    assert Upload.objects.get().offset == 9
    assert stored() == before + 1


def test_of_two_last_parts_one_becomes_evidence(
    people: People, case: Complaint
) -> None:
    viewer = viewer_of(people.customer)
    upload = uploads.begin(complaint=case, actor=viewer, name="a", length=len(PNG))
    twin, before = Upload.objects.get(pk=upload.pk), stored()

    uploads.append(upload=upload, offset=0, content=PNG, actor=viewer)
    with pytest.raises(Stale):
        uploads.append(upload=twin, offset=0, content=PNG, actor=viewer)

    assert Evidence.objects.filter(complaint=case).count() == 1
    assert stored() == before + 1


def test_kill_before_the_commit_leaves_the_last_part_to_be_sent(
    people: People, case: Complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = viewer_of(people.customer)
    upload = uploads.begin(complaint=case, actor=viewer, name="a", length=len(PNG))
    uploads.append(upload=upload, offset=0, content=PNG[:30], actor=viewer)

    def killed(**_given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("complaints.services.evidence.add_evidence", killed)
        with pytest.raises(KeyboardInterrupt):
            uploads.append(upload=upload, offset=30, content=PNG[30:], actor=viewer)

    again = Upload.objects.get()
    assert (again.offset, again.evidence) == (30, None)
    uploads.append(upload=again, offset=30, content=PNG[30:], actor=viewer)
    assert (
        Evidence.objects.get(complaint=case).sha256 == hashlib.sha256(PNG).hexdigest()
    )


def test_unfinished_ones_are_forgotten_after_a_day(
    api: APIClient, people: People, case: Complaint
) -> None:
    before, url = stored(), place(api, case)
    send(api, url, 0, PNG[:9])
    later = timezone.now() + timedelta(hours=25)

    assert uploads.forget_unfinished(now=timezone.now() + timedelta(hours=23)) == 0
    Upload.objects.update(expires_at=timezone.now())
    assert api.head(url, **TUS).status_code == 404
    assert uploads.forget_unfinished(now=later) == 1
    assert (Upload.objects.count(), stored()) == (0, before)


def test_nobody_keeps_many_open_or_sends_byte_by_byte(
    api: APIClient, case: Complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "OPEN_AT_ONCE", 1)
    monkeypatch.setattr(uploads, "MOST_PARTS", 2)
    url = place(api, case)

    assert begin(api, case).json()["errors"]["file"][0]["code"] == "too_many"
    assert [send(api, url, n, PNG[n : n + 1]).status_code for n in range(3)] == [
        204,
        204,
        422,
    ]


def test_letter_is_read_whole_by_its_customer_alone(
    api: APIClient, people: People, case: Complaint
) -> None:
    letter = case.letters.get()
    url = f"/api/v1/complaints/{case.reference}/letters/{letter.pk}/"

    answer = api.get(url)

    assert answer.json()["body"] == letter.body
    assert answer.json()["sha256"] == letter.sha256
    api.force_login(people.support)
    assert api.get(url).status_code == 403
    api.force_login(people.other_customer)
    assert api.get(url).status_code == 404
