"""Names stand in the order of their own language."""

import pytest

from complaints.models import Party
from teams.models import User
from teams.names import full_name

NAMES = [
    ("Ada", "Lindgren", "Ada Lindgren"),
    ("娜", "李", "李娜"),
    ("小龙", "欧阳", "欧阳小龙"),
    ("Na", "李", "Na 李"),
    ("", "Acme GmbH", "Acme GmbH"),
    ("娜", "", "娜"),
    ("", "", ""),
]


@pytest.mark.parametrize(("first", "last", "whole"), NAMES)
def test_name_stands_in_the_order_of_its_language(first, last, whole):
    assert full_name(first, last) == whole
    assert User(first_name=first, last_name=last).get_full_name() == whole
    assert Party(first_name=first, last_name=last).full_name == whole
