"""Who somebody is on the board: a nickname, and nothing else."""

import pytest

from complaints.channels.forum import members, services
from complaints.channels.forum.models import Member
from complaints.errors import InvalidInput, NotPermitted
from tests.complaints.channels.forum import board
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "nickname",
    [
        "",
        "a",
        "x" * 25,
        "a@b.example",
        "Recourse desk",
        "OFFICIAL_x",
        "官方客服",
        "аdmin",
        "ad\u202emin",
        "Süpport",
        "S.upp0rt 24",
        "Offıcial",
        "0ff1c1al desk",
        "re-c0ur5e",
        "m_o_d_e_r_a_t_o_r",
        "<b>",
        "customer",
        "Customer",
        "c.u-s t o m e r",
    ],
)
def test_nicknames_that_are_refused(people: People, nickname: str) -> None:
    with pytest.raises(InvalidInput):
        members.join(user=people.customer, nickname=nickname)
    assert not Member.objects.exists()


@pytest.mark.parametrize("nickname", ["小满", "late shift", "Zoë-3", "ｎｏｒｄ"])
def test_nicknames_that_are_taken(people: People, nickname: str) -> None:
    found = members.join(user=people.customer, nickname=nickname)
    assert found.nickname in ("小满", "late shift", "Zoë-3", "nord")
    assert len(found.handle) == 24
    assert people.customer.username not in found.handle


def test_one_nickname_belongs_to_one_member(people: People, ada: Member) -> None:
    for name in ("Nordlicht", "nord-licht", "NORD LICHT"):
        with pytest.raises(InvalidInput):
            members.join(user=people.other_customer, nickname=name)
    assert members.join(user=people.customer, nickname="other") == ada


def test_staff_are_no_members(people: People) -> None:
    with pytest.raises(NotPermitted):
        members.join(user=people.support, nickname="helper")


def test_blocked_member_reads_and_writes_nothing(ada: Member) -> None:
    post = board.asked(ada)
    Member.objects.update(blocked_at=post.created_at)
    ada.refresh_from_db()

    with pytest.raises(NotPermitted):
        board.answered(ada, post.topic)
    assert not services.may_edit(post, ada, post.created_at)
