"""What nobody in good faith sends is refused with a code and never a 500."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from complaints.models import Complaint
from tests.few import few
from tests.people import People

Api = Callable[..., APIClient]
URL = "/api/v1/complaints/"
QUIET = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TEXTS = (
    "subject",
    "description",
    "desired_outcome",
    "asset",
    "amount",
    "category",
    "language",
    "service_reference",
    "facts_from",
    "loss_description",
    "comments",
)


@pytest.fixture
def client(api: Api, people: People) -> APIClient:
    made = api(people.customer)
    made.raise_request_exception = False
    return made


BODIES = {
    "nothing": b"",
    "no JSON": b"description=x",
    "half": b'{"description": "x"',
    "latin": '{"description": "é"}'.encode("latin-1"),
    "utf-16": '{"description": "x"}'.encode("utf-16"),
    "name twice": b'{"description": "x", "description": "y"}',
    "name twice inside": b'{"description": "x", "identifiers": '
    b'[{"kind": "order", "kind": "transaction", "value": "1"}]}',
    "nan": b'{"description": "x", "amount": NaN}',
    "infinity": b'{"description": "x", "amount": -Infinity}',
    "huge exponent": b'{"description": "x", "amount": 1e999999999999999999999}',
    "huge number": b'{"description": "x", "amount": ' + b"9" * 5_000 + b"}",
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep value": b'{"points": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
    "deep object": b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    "list": b"[1, 2]",
    "text": b'"x"',
    "null": b"null",
    "true": b"true",
    "NUL": b'{"description": "a\\u0000b"}',
    "lone surrogate": b'{"description": "a\\ud800b"}',
    "surrogate key": b'{"description": "a", "\\udfff": 1}',
    "surrogate choice": b'{"description": "a", "language": "\\ud800"}',
    "surrogate code": b'{"description": "a", "category": "\\ud800"}',
    "bytes that are none": b"\xff\xfe\x00\x00\x80",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_broken_body_is_refused(body: bytes, client: APIClient) -> None:
    answer = client.generic("POST", URL, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] in ("malformed", "invalid")
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "nonsense",
        "",
    ],
)
def test_other_media_are_refused(kind: str, client: APIClient) -> None:
    answer = client.generic("POST", URL, b"description=x", content_type=kind)

    assert answer.status_code in (400, 415)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("charset", ["utf-16", "undefined", "rot13", "zlib", "x" * 99])
def test_charset_is_not_believed(charset: str, client: APIClient) -> None:
    kind = f"application/json; charset={charset}"

    answer = client.generic("POST", URL, b'{"description": "x"}', content_type=kind)

    assert answer.status_code == 201


def test_body_of_five_megabytes_is_refused(client: APIClient) -> None:
    body = json.dumps({"description": "x" * 5_000_000})

    answer = client.generic("POST", URL, body, content_type="application/json")

    assert answer.status_code == 413
    assert answer.data["code"] == "too_large"


def test_unknown_address_is_a_problem_too(client: APIClient) -> None:
    answer = client.get("/api/v1/nothing/here/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_broken_multipart_is_refused(client: APIClient, case_at: Any) -> None:
    url = f"{URL}{case_at('received').reference}/evidence/"

    for more in ("", "; boundary=\x7f", "; boundary=b"):
        kind = f"multipart/form-data{more}"
        answer = client.generic("POST", url, b"--b\r\nnot", content_type=kind)
        assert 400 <= answer.status_code < 500


@pytest.mark.both
@pytest.mark.parametrize("every", few([1, 20], 20))
def test_naughty_strings_fit_or_are_refused(
    every: int, client: APIClient, corpus: Path
) -> None:
    """Each of them in every field of a filing; what is kept is kept as it was sent."""
    strings = json.loads((corpus / "strings" / "blns.json").read_text("utf-8"))

    for text in strings[::every]:
        whole = client.post(URL, {"description": text, "subject": text[:200]})
        parts = client.post(URL, {**dict.fromkeys(TEXTS, text), "points": [text]})
        assert whole.status_code in (201, 400, 422), text
        assert parts.status_code in (201, 400, 422), text
        if whole.status_code == 201:
            kept = Complaint.objects.get(reference=whole.data["reference"])
            assert kept.description == text.strip()


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(), max_size=20), inner, max_size=4)
    ),
    max_leaves=10,
)
FIELDS = (*TEXTS, "points", "identifiers", "funds_at_risk", "facts_until", "other")


@QUIET
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_json_as_a_filing_is_answered(client: APIClient, body: Any) -> None:
    for sent in (body, {"description": "Something happened.", **body}):
        answer = client.post(URL, json.dumps(sent), content_type="application/json")
        assert answer.status_code in (201, 400, 422)


@QUIET
@given(
    st.sampled_from(["ask_customer", "reroute", "merge_into", "withdraw", "assign_to"]),
    st.dictionaries(
        st.sampled_from(
            ["question", "answer_by", "team", "reason", "survivor", "handler", "x"]
        ),
        ANYTHING,
    ),
)
def test_any_json_as_a_move_is_answered(
    api: Api, people: People, case_at: Any, name: str, body: Any
) -> None:
    case = _once(case_at)
    client = api(people.security_lead)
    client.raise_request_exception = False
    url = f"{URL}{case.reference}/transitions/{name}/"
    version = str(Complaint.objects.get(pk=case.pk).version)

    answer = client.generic(
        "POST",
        url,
        json.dumps(body),
        content_type="application/json",
        HTTP_IF_MATCH=version,
    )

    assert answer.status_code in (200, 204, 400, 403, 404, 409, 422)


def _once(case_at: Any) -> Complaint:
    """The one case of a test, however many examples it has."""
    return Complaint.objects.first() or case_at("investigating")


@QUIET
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_reference_is_answered(client: APIClient, reference: str) -> None:
    from urllib.parse import quote

    answer = client.get(f"{URL}{quote(reference, safe='')}/")

    assert answer.status_code in (301, 404)


@QUIET
@given(st.binary(max_size=60))
def test_any_cursor_is_answered(client: APIClient, raw: bytes) -> None:
    import base64

    for cursor in (raw.decode("latin-1"), base64.urlsafe_b64encode(raw).decode()):
        answer = client.get(URL, {"cursor": cursor})
        assert answer.status_code in ((200,) if not cursor else (400,))
