import base64

import pytest

from tests.complaints.channels.email.reading import read


def subject_of(value: bytes) -> str:
    return read(b"Subject: " + value + b"\n\nx").subject


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"plain", "plain"),
        (b"two  spaces", "two  spaces"),
        (b"folded\n here", "folded here"),
        (b"=?utf-8?Q?a=0aBcc:_b?=", "a Bcc: b"),
        (b"=?utf-8?B?5oqV6K+J?=", "投诉"),
        (b"=?UTF-8*en?q?=E6=8A=95?=", "投"),
        (b"=?utf-8?B?5oqV?=\n =?utf-8?B?6K+J?=", "投诉"),
        (b"=?utf-8?B?5oo=?= =?utf-8?B?lQ==?=", "投"),
        ("=?gb2312?B?{}?=", "朱镕基"),
        (b"=?iso-2022-jp?B?GyRCRSo7dhsoQg==?=", "的事"),
        ("投诉".encode(), "投诉"),
        ("投诉提现没有到账".encode("gb18030"), "投诉提现没有到账"),
        (b"=?iso-8859-1?Q?F=F6rde;\n _r?=", "Förde; r"),
        (b"caf\xe9", "café"),
        (b"=?unknown?Q?x?= y", "x y"),
        (b"=?utf-8?X?x?=", "=?utf-8?X?x?="),
        (b"a\0b\xe2\x80\xaec\xe2\x80\x8bd", "abcd"),
        (b"", ""),
    ],
)
def test_subject(value, subject):
    if isinstance(value, str):
        value = value.format(base64.b64encode(subject.encode("gb18030")).decode())
        value = value.encode()
    assert subject_of(value) == subject
