"""Each kind of address takes what it is for, and no more is kept of anything."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from complaints.channels.chat.files import FILE_LIMIT as CHAT_FILE
from complaints.services.evidence import FILE_LIMIT
from config import wsgi
from config.body_bounds import FILES, PARTS, bound_of
from config.body_limit import LIMIT, REFUSED
from tests import asgi
from tests.asgi import Line

TYPED = 2_500_000
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MANY = "multipart/form-data; boundary=x"
CASE = "/complaints/RC-7K4M-93XD"


@pytest.mark.parametrize(
    ("path", "kind", "most"),
    [
        ("/", FORM, TYPED),
        ("/accounts/login/", FORM, TYPED),
        ("/accounts/login/", MANY, TYPED),
        ("/nothing/at/all/", MANY, TYPED),
        ("/identity/o/api/token", FORM, TYPED),
        ("/api/v1/complaints/", JSON, 1_000_000),
        ("/api/v1/complaints/", MANY, 1_000_000),
        ("/api/nothing/", JSON, 1_000_000),
        ("/api/v1/complaints/RC-7K4M-93XD/evidence/", JSON, 1_000_000),
        ("/api/v1/complaints/RC-7K4M-93XD/evidence/", MANY, FILE_LIMIT + TYPED),
        ("/api/v1/complaints/RC-7K4M-93XD/uploads/", JSON, 1_000_000),
        (
            "/api/v1/complaints/RC-7K4M-93XD/uploads/key/",
            "application/offset+octet-stream",
            FILE_LIMIT,
        ),
        (f"{CASE}/evidence/new/", FORM, TYPED),
        (f"{CASE}/evidence/new/", MANY, FILE_LIMIT + TYPED),
        (f"{CASE}/evidence/new/", " Multipart/Form-Data;boundary=x", 28_714_400),
        (f"{CASE}/message/", MANY, TYPED),
        (f"{CASE}/appeal/", MANY, 3 * FILE_LIMIT + TYPED),
        ("/complaints/new/template/", MANY, 4 * FILE_LIMIT + TYPED),
        ("/hooks/email/", MANY, LIMIT),
        ("/hooks/nothing/", MANY, TYPED),
        ("/chat/", MANY, CHAT_FILE + TYPED),
        ("/embed/chat/", MANY, CHAT_FILE + TYPED),
        ("/admin/complaints/complaint/log/", MANY, FILE_LIMIT + TYPED),
        ("/admin/complaints/complaint/7/act/add-file/", MANY, FILE_LIMIT + TYPED),
        ("/admin/complaints/complaint/7/write/", MANY, TYPED),
    ],
)
def test_each_kind_of_address_has_its_bound(path: str, kind: str, most: int) -> None:
    assert bound_of(path, kind) == most


def test_every_name_is_one_of_an_address_and_fits_below_the_limit_of_all() -> None:
    assert all(size + TYPED < LIMIT for size in (*FILES.values(), *PARTS.values()))
    known = set(_names(get_resolver()))
    assert {*FILES, *PARTS} - known == {"dev-components"}


def _names(found: URLResolver, space: str = "") -> Iterator[str]:
    for each in found.url_patterns:
        if isinstance(each, URLPattern):
            yield f"{space}{each.name}"
        else:
            below = f"{space}{each.namespace}:" if each.namespace else space
            yield from _names(each, below)


# Under ASGI ---------------------------------------------------------------------------


def asked(path: str, kind: str, parts: list[bytes], said: int | None = None) -> Line:
    length = {} if said is None else {"content-length": str(said)}
    return asgi.asked(path, parts, {"content-type": kind} | length)


@pytest.mark.django_db(transaction=True)
def test_page_that_is_sent_too_much_says_so_and_reads_none_of_it() -> None:
    line = asked("/accounts/login/", FORM, [b"x"] * 9, said=TYPED + 1)

    assert (line.status, line.read) == (413, 0)
    assert "so nothing of it was kept" in line.body.decode()
    assert "A file may have 25 MB, in a chat 10 MB." in line.body.decode()
    assert b"connection" not in line.headers


@pytest.mark.django_db(transaction=True)
def test_program_is_told_so_in_a_problem_document() -> None:
    line = asked("/api/v1/complaints/", JSON, [b"x"], said=1_000_001)

    assert (line.status, line.read) == (413, 0)
    assert line.headers[b"content-type"] == b"application/problem+json"
    assert b'"code": "too_large"' in line.body


def test_what_does_not_say_how_long_it_is_ends_where_it_is_too_much() -> None:
    line = asked("/accounts/login/", FORM, [b"x" * 1_000_000] * 9)

    assert (line.status, line.read) == (413, 3)
    assert "未作任何保存" in line.body.decode()


def test_below_its_bound_a_file_is_read_to_its_end() -> None:
    """And refused by Django for what it is: no form."""
    parts = [b"x" * 1_000_000] * 5
    line = asked(f"{CASE}/evidence/new/", MANY, parts, said=5_000_000)
    assert (line.status == 413, line.read) == (False, 5)


def test_above_all_bounds_the_line_is_cut() -> None:
    line = asked("/chat/", MANY, [b"x"], said=LIMIT + 1)
    assert (line.status, line.read) == (413, 0)
    assert line.cut


# Under WSGI ---------------------------------------------------------------------------


def answered(path: str, kind: str, size: int, **more: str) -> tuple[str, bytes, int]:
    """Status, words, and how much of the body was read past or kept."""
    body, told = BytesIO(b"x" * size), []
    made = RequestFactory().post(path, b"", kind, **more).environ  # type: ignore[arg-type]
    environ = {**made, "CONTENT_LENGTH": str(size), "wsgi.input": body}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)

    words = b"".join(wsgi.application(environ, start))
    return told[0], words, body.tell()


@pytest.mark.django_db
def test_under_wsgi_it_is_the_same_and_read_past_so_that_the_answer_arrives() -> None:
    status, words, past = answered("/accounts/login/", MANY, TYPED + 1)
    assert (status[:3], past) == ("413", TYPED + 1)
    assert "so nothing of it was kept" in words.decode()
    status, words, past = answered(
        "/complaints/new/template/", FORM, TYPED + 1, HTTP_ACCEPT_LANGUAGE="zh-hans"
    )
    assert (status[:3], past) == ("413", TYPED + 1)
    assert "未保存其中任何内容" in words.decode()


@pytest.mark.django_db
def test_under_wsgi_what_fits_comes_through() -> None:
    status, _words, _past = answered("/accounts/login/", MANY, 1_000)
    assert not status.startswith("413")


def test_nobody_says_from_outside_that_a_request_was_too_large(client: Client) -> None:
    names = (REFUSED, REFUSED.upper().replace(".", "_"))
    answer = client.get("/health/live", headers=dict.fromkeys(names, "1"))
    assert answer.status_code == 200
