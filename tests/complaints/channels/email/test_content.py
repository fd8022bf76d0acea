import pytest

from tests.complaints.channels.email.reading import read


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"", b"hello", "hello"),
        (
            b"Content-Type: text/plain; charset=gb2312",
            "朱镕基".encode("gb18030"),
            "朱镕基",
        ),
        (b"Content-Type: text/plain; charset=nonsense", "提现".encode(), "提现"),
        (b"Content-Type: text/plain; charset=zlib", "提现".encode(), "提现"),
        (b"Content-Type: text/plain; charset=rot13", "提现".encode(), "提现"),
        (b"Content-Type: text/plain; charset=hex", "提现".encode(), "提现"),
        (b"Content-Type: text/plain; charset=utf-16", "提现".encode("utf-16"), "提现"),
        (b"Content-Type: text/plain; charset=us-ascii", "提现".encode(), "提现"),
        (b"Content-Type: text/plain; charset=iso-2022-jp", b"\x1b$B$3\x1b(B", "こ"),
        (b"", "我的提现没有到账".encode("gb18030"), "我的提现没有到账"),
        (b"", b"caf\xe9", "café"),
        (b"Content-Type: text/html", b"<p>a</p><script>b</script>", "a"),
        (b"Content-Type: text/plain", b"<p>a</p><p>b</p>", "a\n\nb"),
        (b"Content-Transfer-Encoding: base64", b"aGVsbG8=", "hello"),
        (b"Content-Transfer-Encoding: base64", b"aGVs\nbG8", "hello"),
        (b"Content-Transfer-Encoding: quoted-printable", b"a=E2=82=AC=\nb", "a€b"),
        (b"Content-Transfer-Encoding: nonsense", b"hello", "hello"),
        (b"Content-Type: nonsense", b"hello", "hello"),
        (
            b"Content-Type: multipart/mixed; boundary=b",
            b"no parts here",
            "no parts here",
        ),
        (b"Content-Type: multipart/mixed", b"--b\n\nhello\n--b--", "hello"),
        (b"Content-Type: multipart/mixed; boundary=b", b"--b\n\nopen", "open"),
    ],
)
def test_text(head, body, text):
    assert read(head + b"\nX: 1\n\n" + body).text == text


def test_text_prefers_the_plain_version_and_keeps_the_markup():
    raw = (
        b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n"
        b"--b\nContent-Type: text/html\n\n<b onclick=x>rich</b>\n--b--"
    )
    inbound = read(raw)
    assert inbound.text == "plain"
    assert inbound.html == "<b onclick=x>rich</b>"
    assert read(raw.replace(b"\nplain\n", b"\n \n")).text == "rich"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的提现没有到账", "zh-hans"),
        ("USDT 提现三天未到账", "zh-hans"),
        ("My money", "en"),
        ("1234", ""),
        ("にゃんこ", ""),
        ("Где мои деньги", ""),
    ],
)
def test_language_by_script(text, language):
    assert read(b"X: 1\n\n" + text.encode()).language == language


def names(disposition: bytes) -> tuple[str, str]:
    head = b"Content-Type: application/pdf\nContent-Disposition: attachment; "
    attachment = read(head + disposition + b"\n\nx").attachments[0]
    return attachment.name, attachment.claimed_name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b"filename=a.pdf", "a.pdf"),
        (b"filename=a b.pdf", "a b.pdf"),
        (b'filename="a; b.pdf"', "a; b.pdf"),
        (b'filename="a \\"b\\".pdf"', 'a "b".pdf'),
        (b'filename="=?utf-8?B?5oqV6K+J?=.pdf"', "投诉.pdf"),
        (b"filename*=utf-8''%E6%8A%95%E8%AF%89.pdf", "投诉.pdf"),
        (b"filename*0*=utf-8''%E6%8A;\n filename*1*=%95;filename*2=.pdf", "投.pdf"),
        ("filename=投诉.pdf".encode(), "投诉.pdf"),
        ("filename=投诉截图.pdf".encode("gb18030"), "投诉截图.pdf"),
        (b"filename=../../etc/x.pdf", "x.pdf"),
        (b'filename="..%2f..%5cx.pdf"', "x.pdf"),
        (b"filename=C:\\x\\y.pdf", "y.pdf"),
        (b'filename="x\xe2\x80\xaefdp.exe"', "xfdp.exe"),
        (b'filename="\xe2\x80\x8b.htaccess"', ".htaccess"),
        (b'filename="a\x00b.pdf"', "ab.pdf"),
        (b'filename="a.pdf. . "', "a.pdf"),
        (b"filename=" + b"x" * 300 + b".pdf", "x" * 196 + ".pdf"),
        (b'filename="/"', "attachment-1.pdf"),
        (b"x=y", "attachment-1.pdf"),
    ],
)
def test_attachment_name_for_display(disposition, name):
    assert names(disposition)[0] == name


def test_attachment_name_as_claimed_is_kept_storable():
    name = b"filename*=utf-8''..%2Fa%00b%E2%80%AE.pdf"
    assert names(name) == ("ab.pdf", "../a\\x00b\u202e.pdf")


def test_forwarded_mail_signature_and_calendar_are_attachments():
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nsee below\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?B?5oqV6K+J?=\n\nold\n"
        b"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n"
        b"--b\nContent-Type: application/pgp-signature\n\nsigned\n"
        b"--b\nContent-Type: image/png\nContent-ID: <x>\n\npixels\n--b--"
    )
    inbound = read(raw)
    assert inbound.text == "see below"
    assert [(a.name, a.content, a.inline) for a in inbound.attachments] == [
        ("投诉.eml", b"Subject: =?utf-8?B?5oqV6K+J?=\n\nold", False),
        ("attachment-2.ics", b"BEGIN:VCALENDAR", False),
        ("attachment-3.asc", b"signed", False),
        ("attachment-4.png", b"pixels", True),
    ]
