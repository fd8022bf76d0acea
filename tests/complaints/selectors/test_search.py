"""What is found by which words, and by whom."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q

from complaints.models import Complaint, SearchWords
from complaints.permissions import Viewer, as_staff, viewer_of
from complaints.selectors.search import speaking_of
from complaints.services import correspond, search
from complaints.services.evidence import Upload, add_evidence
from complaints.states import Barrier
from complaints.workflow import perform
from teams.models import User
from tests import cases
from tests.people import People


def found(text: str, viewer: Viewer) -> list[str]:
    rows = Complaint.objects.visible_to(viewer).filter(
        speaking_of(text, internal=viewer.is_staff)
    )
    return list(rows.order_by("pk").values_list("reference", flat=True))


def desk(user: User) -> Viewer:
    return as_staff(viewer_of(user))


@pytest.fixture
def case(people: People) -> Complaint:
    """Says something in each of the places that are searched."""
    case = cases.filed(
        people,
        subject="提现一直没有到账",
        description="I withdrew 1,860 USDT at night; 客服没有回复。",
        identifiers=(
            ("transaction", "9f3c51aa5a697c", "tron"),
            ("wallet", "TR7NHqjeKQGTCi8q8ZY4pL8otSzgjLj6t", "tron"),
        ),
    )
    correspond.customer_writes(
        complaint=case, text="Here is the zymurgy receipt.", actor=people.customer
    )
    correspond.note(complaint=case, text="内部怀疑：撞库攻击", actor=people.support)
    upload = Upload(name="银行流水 2026.png", content=b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    add_evidence(
        complaint=case, upload=upload, actor=people.customer, unchecked_type=True
    )
    return case


WORDS = [
    ("提现", True),
    ("到账", True),
    ("没有到账", True),
    ("账", True),
    ("到提", False),
    ("提账", False),
    ("usdt", True),
    ("USDT　提现", True),
    ("usd", False),
    ("1,860", True),
    ("客服 zymurgy", True),
    ("客服 nowhere", False),
    ("ZYMURGY receipt", True),
    ("9f3c51aa5a697c", True),
    ("9F3C51AA5A697C", True),
    ("9f3c51aa", False),
    ("TR7NHqjeKQGTCi8q8ZY4pL8otSzgjLj6t", True),
    ("银行流水", True),
    ("2026 png", True),
    ("撞库", True),
    ("内部怀疑", True),
    ("%", False),
    ("' OR 1=1 --", False),
    ("提现" * 200, False),
    ("a b c d e f g h i j k l m n o p", False),
]


def test_words_that_find_the_case(people: People, case: Complaint) -> None:
    cases.filed(people, subject="Fees", description="Charged twice", identifiers=())
    viewer = desk(people.support)
    for text, expected in WORDS:
        assert found(text, viewer) == ([case.reference] if expected else []), text


@pytest.mark.parametrize(
    ("who", "said", "noted"),
    [
        ("support", True, True),
        ("head", True, True),
        ("reviewer", True, True),
        ("risk", False, False),
        ("admin", False, False),
        ("outsider", False, False),
        ("other_customer", False, False),
    ],
)
def test_staff_find_what_they_may_read(
    people: People, case: Complaint, who: str, said: bool, noted: bool
) -> None:
    viewer = desk(getattr(people, who))
    assert found("提现", viewer) == ([case.reference] if said else [])
    assert found("撞库", viewer) == ([case.reference] if noted else [])


def test_customers_find_their_own_without_the_notes(
    people: People, case: Complaint
) -> None:
    viewer = viewer_of(people.customer)
    assert found("提现", viewer) == [case.reference]
    assert found("撞库", viewer) == []


def test_barred_cases_are_not_found(people: People, case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(barrier=Barrier.PRIVILEGE)
    for who in ("support", "head", "reviewer"):
        assert found("提现", desk(getattr(people, who))) == []


def test_files_that_staff_keep_back_are_found_by_staff_alone(
    people: People, case: Complaint
) -> None:
    upload = Upload(name="fraud score.csv", content=b"a,b\n1,2\n")
    add_evidence(
        complaint=case, upload=upload, actor=people.support, unchecked_type=True
    )
    assert found("fraud score", desk(people.support)) == [case.reference]
    assert found("fraud score", viewer_of(people.customer)) == []


def test_questions_and_answers_of_moves_are_found(people: People, case_at: Any) -> None:
    case = case_at("awaiting_customer")
    perform(
        case, "customer_answered", actor=people.customer, answer="The vermilion wallet"
    )
    viewer = desk(people.security)
    assert found("When?", viewer) == found("vermilion", viewer) == [case.reference]


def test_long_texts_are_found_to_their_end(people: People) -> None:
    text = "".join(chr(0x4E00 + n % 9_000) for n in range(24_000)) + " 尾声之词"
    case = cases.filed(people, description=text)
    rows = SearchWords.objects.filter(complaint=case, source="complaint")
    assert rows.count() == 3
    viewer = desk(people.support)
    for part in (text[9_990:10_010], text[19_980:20_020], "尾声之词"):
        assert found(part, viewer) == [case.reference]


def test_command_indexes_what_was_there_before(people: People, case: Complaint) -> None:
    viewer, out = desk(people.support), io.StringIO()
    SearchWords.objects.all().delete()
    assert found("提现", viewer) == []
    call_command("index_search", stdout=out)
    call_command("index_search", stdout=out)
    assert out.getvalue() == "1 complaints indexed.\n0 complaints indexed.\n"
    for text, expected in WORDS:
        assert found(text, viewer) == ([case.reference] if expected else []), text


def test_emptied_texts_are_found_no_more(people: People, case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(subject="", description="")
    case.messages.update(text="")
    case.refresh_from_db()
    search.refresh(case)
    assert found("提现", desk(people.support)) == []
    assert found("撞库", desk(people.support)) == []


def test_no_words_find_nothing(people: People, case: Complaint) -> None:
    viewer = desk(people.support)
    assert speaking_of("。!", internal=viewer.is_staff) == Q(pk__in=())
