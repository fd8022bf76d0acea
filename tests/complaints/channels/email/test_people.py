import pytest

from complaints.channels.email.people import SEVERAL_SENDERS
from complaints.channels.inbound import Sender
from tests.complaints.channels.email.reading import read


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        (b"Ann <ann@Example.COM>", "ann@example.com", "Ann"),
        (b"ann@example.com", "ann@example.com", ""),
        (b'"Smith, Ann" <ann@example.com>', "ann@example.com", "Smith, Ann"),
        (b"=?utf-8?B?5byg5LiJ?= <z@example.com>", "z@example.com", "张三"),
        (b"=?utf-8?Q?n=2C_evil=40y.z?= <t@x.z>", "t@x.z", "n, evil@y.z"),
        ("张三 <z@example.com>".encode(), "z@example.com", "张三"),
        (b"Ann ann@example.com", "ann@example.com", ""),
        (b"nobody", "", "nobody"),
        (b"", "", ""),
        (b"<>", "", "<>"),
    ],
)
def test_sender(value, address, name):
    sender = read(b"From: " + value + b"\n\nx").sender
    assert (sender.address, sender.name, sender.handle) == (address, name, "")


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@b.c\nFrom: d@e.f",
        b"From: a@b.c, d@e.f",
        b"From: a@b.c d@e.f",
        b"From: a@b.c@d.e",
        b"From: <a@b.c@d.e>",
        b"From: Ann <@d.e:a@b.c>",
        b'From: "Ann" (hers) <@d.e,@f.g:a@b.c>',
    ],
)
def test_sender_in_doubt_is_a_problem(head):
    inbound = read(head + b"\n\nx")
    assert inbound.problems == (SEVERAL_SENDERS,)
    assert inbound.sender.address == "a@b.c"


@pytest.mark.parametrize(
    "value",
    [
        b'"b@c@d" <a@b.c>',
        b"Ann (b@c@d) <a@b.c>",
        b"=?utf-8?Q?b=40c=40d?= <a@b.c>",
        b'"Ann @ Desk" <a@b.c>',
    ],
)
def test_whatever_a_name_holds_the_sender_is_not_in_doubt(value):
    inbound = read(b"From: " + value + b"\n\nx")
    assert (inbound.problems, inbound.sender.address) == ((), "a@b.c")


def test_recipients_of_every_field_once():
    raw = b"To: A <a@b.c>, d@e.f\nCc: a@B.c\nDelivered-To: c-x@desk.example\n\nx"
    assert read(raw).recipients == ("a@b.c", "d@e.f", "c-x@desk.example")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ann", "Ann"),
        ("desk@exchange.example", ""),
        ("ceo\uff20exchange.example", ""),
        ("Ann (ann@example.com)", ""),
    ],
)
def test_name_that_looks_like_an_address_names_nobody(name: str, called: str) -> None:
    assert Sender(address="mallory@evil.example", name=name).called == called
