import pytest

from complaints.channels.email.parse import parse
from tests.complaints.channels.email.corpus import files, named, needs_corpus

# Read one by one: these three of the "requests" were sent by programs, and one
# file of "notbounces" is a bounce in truth (null path, auto-replied), kept there
# because the collection's own parser could not take it apart.
PROGRAMS = {
    "test_mail_05.txt": "auto-reply",  # carries X-Autoreply
    "test_mail_09.txt": "auto-reply",  # null return path, "we received your mail"
    "test_mail_12.txt": "bounce",
    "test_mail_14.txt": "no-reply-sender",  # automated-notifications@
    "rb-issue-368-bug.eml": "bounce",
}


def reason(header: str, body: str = "Hello", own: tuple[str, ...] = ()) -> str:
    fields = header if "From:" in header else f"From: Ann <ann@example.com>\n{header}"
    raw = f"{fields}\n\n{body}\n".encode()
    return parse(raw, account="desk", own_addresses=own).automatic


@needs_corpus
@pytest.mark.parametrize("path", files("mail/bounces"), ids=named)
def test_bounces_of_the_corpus_are_no_persons(path):
    assert parse(path.read_bytes(), account="desk").automatic in {
        "bounce",
        "auto-reply",
    }


@needs_corpus
@pytest.mark.parametrize(
    "path", files("mail/notbounces", "mail/helpdesk", "mail/requests"), ids=named
)
def test_peoples_mail_of_the_corpus_is_theirs(path):
    inbound = parse(path.read_bytes(), account="desk")
    assert inbound.automatic == PROGRAMS.get(path.name, "")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Subject: My money", ""),
        ("Return-Path: <>", "auto-reply"),
        ("Return-Path: <MAILER-DAEMON>", "auto-reply"),
        ("Return-Path: <ann@example.com>", ""),
        ("Auto-Submitted: no", ""),
        ("Auto-Submitted: no; comment", ""),
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("Auto-Submitted: auto-generated (failure)", "auto-reply"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond:", "auto-reply"),
        ("X-Autoreply: no", ""),
        ("X-Auto-Response-Suppress: All", "auto-reply"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "auto-reply"),
        ("X-Auto-Response-Suppress: DR, RN", ""),
        ("Precedence: auto_reply", "auto-reply"),
        ("Precedence: bulk", "list"),
        ("Precedence: junk", "list"),
        ("Precedence: first-class", ""),
        ("List-Id: <x.example.com>", "list"),
        ("List-Unsubscribe: <mailto:x@example.com>", "list"),
        ("X-Failed-Recipients: x@example.com", "bounce"),
        ("X-Recourse-Desk: recourse.example", "loop"),
        ("\n".join(["Received: by x; y"] * 51).strip(), "loop"),
        ("\n".join(["Received: by x; y"] * 50).strip(), ""),
        ("From: MAILER-DAEMON", "bounce"),
        ("From: Mail Delivery <MAILER-DAEMON@example.com>", "bounce"),
        ("From: postmaster@example.com\nSubject: Undeliverable: x", "bounce"),
        ("From: postmaster@example.com\nSubject: My money is gone", ""),
        ("From: no-reply@example.com", "no-reply-sender"),
        ("From: noreply+1@example.com", "no-reply-sender"),
        ("From: do_not_reply@example.com", "no-reply-sender"),
        ("From: Notreply Smith <reply.noreen@example.com>", ""),
        ("Content-Type: multipart/report; report-type=delivery-status", "bounce"),
        ("Content-Type: multipart/report; report-type=feedback-report", "bounce"),
        (
            "Content-Type: multipart/report; report-type=disposition-notification",
            "auto-reply",
        ),
    ],
)
def test_reason_by_header(header, expected):
    assert reason(header) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("自动回复: 您的投诉", "auto-reply"),
        ("自动回复：您的投诉", "auto-reply"),
        ("自动回复", "auto-reply"),
        ("自动回复机器人答非所问", ""),
        ("系统退信", "bounce"),
        ("系统退信/Systems bounce", "bounce"),
        ("退信通知", "bounce"),
        ("你们的退信政策不合理", ""),
        ("Automatic reply: Your case", "auto-reply"),
        ("Out of Office: back on Monday", "auto-reply"),
        ("Automatic replies of your bot are useless", ""),
        ("Out of office hours nobody answers", ""),
        ("Undelivered Mail Returned to Sender", "bounce"),
        ("Delivery Status Notification (Failure)", "bounce"),
        ("Delivery of my card failed", ""),
        ("Verification code never arrives", ""),
        ("收不到验证码，无法提现", ""),
        ("收不到验证码", ""),
        ("三天没收到验证码", ""),
        ("【某某】登录验证码", "verification-code"),
        ("Your verification code", "verification-code"),
        ("Verify your email", "verification-code"),
    ],
)
def test_reason_by_subject(subject, expected):
    assert reason(f"Subject: {subject}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Your verification code is: 123456", "verification-code"),
        ("【某某】您的验证码是：123456，5分钟内有效。", "verification-code"),
        (
            "Please confirm your email address by following the link.",
            "verification-code",
        ),
        ("Ihr Bestätigungscode lautet 284819.", "verification-code"),
        ("Votre code de vérification est 284819.", "verification-code"),
        ("Tu código de verificación es 284 819.", "verification-code"),
        ("Seu código de confirmação: 284819", "verification-code"),
        ("Il tuo codice di verifica è 284819", "verification-code"),
        ("Ваш код подтверждения: 284819", "verification-code"),
        ("認証コード：284819", "verification-code"),
        ("인증번호는 284819 입니다.", "verification-code"),
        (
            "To activate your account press https://zoom.us/activate?code=abc",
            "verification-code",
        ),
        (
            "Log in with this magic link: https://www.notion.so/loginwithemail?x",
            "verification-code",
        ),
        (
            "You can choose a new password here: https://www.dropbox.com/l/abc",
            "verification-code",
        ),
        (
            "ann has invited you to join Acme. https://join.slack.com/t/acme/invite/a",
            "verification-code",
        ),
        (
            "请点击链接激活您的账号：https://account.aliyun.com/active?x=1",
            "verification-code",
        ),
        ("Somebody activated a withdrawal; see https://recourse.test/track/", ""),
        ("I pressed a link that invited me: https://evil.example/invite and lost", ""),
        ("Mein Code kam nie an. Vorgang 284819.", ""),
        ("I never received the verification code for 500 USDT.", ""),
        ("我一直收不到验证码，客服不理。", ""),
    ],
)
def test_reason_by_another_services_code(body, expected):
    assert reason("Subject: Hello", body) == expected


@pytest.mark.parametrize(
    ("sender", "own", "expected"),
    [
        ("desk@recourse.example", ("desk@recourse.example",), "loop"),
        ("Desk@Recourse.example", ("desk@recourse.example",), "loop"),
        ("any@recourse.example", ("@recourse.example",), "loop"),
        ("any@notrecourse.example", ("@recourse.example",), ""),
    ],
)
def test_reason_for_a_mail_from_ourselves(sender, own, expected):
    assert reason(f"From: {sender}", own=own) == expected


def test_reason_does_not_look_into_an_attached_mail():
    header = 'Subject: see\nContent-Type: multipart/mixed; boundary="b"'
    enclosed = "From: MAILER-DAEMON\nAuto-Submitted: auto-replied\n\nfailed"
    body = f"--b\n\nlook\n--b\nContent-Type: message/rfc822\n\n{enclosed}\n--b--"
    assert reason(header, body) == ""
