import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.channels.email.replies import (
    MAX_TEXT,
    RECOURSE_MARKER,
    RECOURSE_MARKER_ZH,
    trim,
)
from tests.complaints.channels.email.corpus import CORPUS, needs_corpus
from tests.few import few

# What the authors of github/email_reply_parser expect of their fixtures: the
# visible text, by its beginning and its end, or whole where it is short.
FIXTURES = {
    "correct_sig": ("this is an email with a correct -- signature.", ""),
    "email_1_1": ("Hi folks\n\nWhat is the best", "Java HTTP API."),
    "email_1_2": ("Hi,\nOn Tue, 2011-03-01", 'delete them all individually."'),
    "email_1_3": ("Oh thanks.\n\nHaving the function would be great.", ""),
    "email_1_4": ("Awesome! I haven't had another problem with it.", ""),
    "email_1_5": ("One: Here's what I've got.", "for a while."),
    "email_1_6": ("I get proper rendering as well.", "magnificent torch of pixels"),
    "email_1_7": (":+1:", ""),
    "email_1_8": ("On Tue, Apr 29, 2014", "\n\nand under this."),
    "email_2_1": ("Outlook with a reply", ""),
    "email_2_2": ("Outlook with a reply directly above line", ""),
    "email_2_3": ("Outlook with a reply directly above line", ""),
    "email_BlackBerry": ("Here is another email", ""),
    "email_bullets": ("test 2 this should list second", "- and another"),
    "email_iPhone": ("Here is another email", ""),
    "email_long_quote": ("Hi folks\n\nWhat is the best way", ""),
    "email_multi_word_sent_from_my_mobile_device": ("Here is another email", ""),
    "email_one_is_not_on": ("Thank, this is", "when I run..."),
    "email_sent_from_my_not_signature": ("Here is another", "my mobile phone."),
    "email_sig_delimiter_in_middle_of_line": ("Hi there!", "kthxbai"),
    "greedy_on": ("On your remote host you can run:", "is not working."),
    "pathological": ("I think you're onto something.", "back to a computer."),
}


@needs_corpus
@pytest.mark.parametrize("name", FIXTURES)
def test_trim_agrees_with_the_fixtures_of_others(name):
    text = (CORPUS / "replies" / f"{name}.txt").read_text("utf-8")
    begin, end = FIXTURES[name]
    trimmed = trim(text)
    if end:
        assert trimmed.startswith(begin)
        assert trimmed.endswith(end)
    elif name != "email_long_quote":
        assert trimmed == begin
    else:
        assert trimmed.startswith(begin)
        assert len(trimmed) <= MAX_TEXT


OLD = "Dear customer,\nwe have received your complaint.\n"
CLIENTS = {
    "gmail": "On Thu, Jan 5, 2023 at 12:00 PM Desk <d@e.f> wrote:\n\n> Dear\n",
    "gmail wrapped": "On Thu, Jan 5, 2023 at 12:00 PM Desk\n<d@e.f>\nwrote:\n\n> Dear",
    "gmail unmarked": f"On Thu, Jan 5, 2023 at 12:00 PM Desk <d@e.f> wrote:\n\n{OLD}",
    "gmail zh": "客服 <d@e.f> 于2023年1月5日周四 12:00写道：\n\n> 您好\n",
    "gmail zh wrapped": "客服 <d@e.f> 于2023年1月5日周四\n12:00写道：\n\n> 您好\n",
    "gmail ja": "2023年1月5日(木) 12:00 Desk <d@e.f>:\n\n> こんにちは\n",
    "gmail ko": "2023년 1월 5일 (목) 오후 12:00, Desk <d@e.f>님이 작성:\n\n> x\n",
    "gmail de": "Am Do., 5. Jan. 2023 um 12:00 Uhr schrieb Desk <d@e.f>:\n\n> x\n",
    "gmail fr": "Le jeu. 5 janv. 2023 à 12:00, Desk <d@e.f> a écrit :\n\n> x\n",
    "gmail es": "El jue, 5 ene 2023 a las 12:00, Desk (<d@e.f>) escribió:\n\n> x\n",
    "thunderbird": "On 2023-01-05 12:00, Desk wrote:\n> Dear\n",
    "thunderbird de": "Am 05.01.2023 12:00, schrieb Desk:\n> Liebe\n",
    "apple": "> On 5 Jan 2023, at 12:00, Desk <d@e.f> wrote:\n> \n> Dear\n",
    "apple zh": "> 在 2023年1月5日，12:00，客服 <d@e.f> 写道：\n> \n> 您好\n",
    "apple zh unmarked": "在 2023年1月5日，12:00，客服 <d@e.f> 写道：\n\n您好\n",
    "163": '在 2023-01-05 12:00:00，"客服" <d@e.f> 写道：\n\n您好，已收到。\n',
    "163 en": 'At 2023-01-05 12:00:00, "desk" <d@e.f> wrote:\n>Dear\n',
    "163 phone": "---- 回复的原邮件 ----\n发件人 客服\n日期 2023年01月05日\n",
    "qq": "------------------ 原始邮件 ------------------\n发件人: d;\n发送时间: x\n",
    "qq html": "------------------&nbsp;原始邮件&nbsp;------------------\n您好\n",
    "foxmail": "发件人： 客服\n发送时间： 2023-01-05\n收件人： a\n主题： b\n\n您好\n",
    "outlook": "From: Desk <d@e.f>\nSent: Monday\nTo: A\nSubject: B\n\n" + OLD,
    "outlook bold": "*From:* Desk\n*Sent:* Monday\n*To:* A\n*Subject:* B\n\n" + OLD,
    "outlook de": "Von: Desk\nGesendet: Montag\nAn: A\nBetreff: B\n\nHallo\n",
    "outlook zh": "________________________________\n发件人: d <d@e.f>\n"
    "发送时间: 2023年1月5日\n收件人: a\n主题: b\n\n您好\n",
    "outlook old": "-----Original Message-----\nFrom: Desk\n\n" + OLD,
    "samsung": "-------- Original message --------\nFrom: d@e.f\n" + OLD,
    "kmail": "__________ ursprüngliche Nachricht __________\n\nVon: D\n\nx\n",
    "yahoo": "   On Thursday, January 5, 2023 at 10:00 AM, D <d@e.f> wrote:  \n \n x",
    "marker": f"{RECOURSE_MARKER}\n\n{OLD}",
    "marker zh": f"{RECOURSE_MARKER_ZH}\n\n您好\n",
    "marker quoted": f"On 5 Jan 2023, D <d@e.f> wrote:\n> {RECOURSE_MARKER}\n",
    "marker below an intro": f"On 5 Jan Desk <d@e.f> wrote:\n{RECOURSE_MARKER}\n{OLD}",
}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("answer", ["I never got the 500 USDT.", "我没有收到退款。"])
def test_trim_keeps_the_answer_above_each_clients_quote(client, answer):
    assert trim(f"{answer}\n\n{CLIENTS[client]}") == answer


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Smith\n+44 1234",
        "--\nAnn Smith",
        "Sent from my iPhone",
        "Sent from my Galaxy",
        "Sent with Proton Mail secure email.",
        "Get Outlook for iOS",
        "发自我的iPhone",
        "发自我的 iPhone",
        "从我的华为手机发送",
        "发自网易邮箱手机客户端",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "iPhoneから送信",
        "-Ann Smith",
    ],
)
@pytest.mark.parametrize("quote", ["", "\n\nOn 5 Jan 2023, Desk wrote:\n> Dear"])
def test_trim_takes_a_signature_off_with_and_without_a_quote(signature, quote):
    assert trim(f"My money is gone.\n\n{signature}{quote}") == "My money is gone."


@pytest.mark.parametrize(
    "text",
    [
        "My loss:\n\n-500 USDT",
        "It took\n-- 500 USDT\n--20 EUR\nand more",
        'On 5 May 2024 at 10:32 your agent wrote:\n"We will refund."\nThat is a lie.',
        "在5月5日你们的客服写道：\n“会退款”。\n但是没有。",
        "From: 0xabc\nTo: 0xdef\nDate: 2024-05-01\nAmount: 500 USDT",
        "My transfer\nFrom: wallet A\nTo: wallet B\nDate: today",
        "Order 1\n_____\nOrder 2: https://example.com/tx/1",
        "I was told:\nSent from my account to a stranger, 3 BTC.",
        "One\n\n---\n\nTwo",
        "请看订单\n\n——\n\n2024年5月5日 12:00 提现 500 USDT 未到账",
    ],
)
def test_trim_leaves_a_complaint_alone(text):
    assert trim(text) == text


def test_trim_keeps_answers_between_quoted_lines():
    text = "> When?\n\nOn Monday.\n\n> How much?\n\n500 USDT.\n\n> Thanks\n"
    assert trim(text) == "> When?\n\nOn Monday.\n\n> How much?\n\n500 USDT."


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> quoted",
        "-- \nAnn",
        "发自我的iPhone",
        f"{RECOURSE_MARKER}\nbelow",
        "",
        "\n",
    ],
)
def test_trim_gives_the_whole_text_where_nothing_would_be_left(text):
    assert trim(text) == text.strip("\n")


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-- 转发邮件 --",
    ],
)
def test_trim_keeps_a_forwarded_mail(head):
    text = (
        f"See this fraud.\n\n{head}\n\n> From: x@y.z\n> Subject: Win\n>\n> Send 1 BTC"
    )
    assert trim(text) == text


def test_trim_keeps_an_outlook_forward_when_told_so():
    text = "See.\n\nFrom: a <a@b.c>\nSent: Monday\nTo: b\nSubject: c\n\nSend 1 BTC"
    assert trim(text) == "See."
    assert trim(text, forwarded=True) == text


def test_trim_reads_no_further_than_its_limit():
    assert trim("x" * (MAX_TEXT + 1)) == "x" * MAX_TEXT


@given(st.text())
def test_trim_never_adds_and_never_loses_everything(text):
    trimmed = trim(text)
    assert trimmed in text.replace("\r\n", "\n")
    assert bool(trimmed.strip()) == bool(text.strip())


@given(st.lists(st.sampled_from([*CLIENTS.values(), "\n", "text", "> q\n", "-- \n"])))
def test_trim_stands_any_mixture_of_quotes(pieces):
    text = "".join(pieces)
    assert bool(trim(text).strip()) == bool(text.strip())


HOSTILE = [
    "On ",
    "On 1 wrote:\n",
    "On 1 <a@b>\nx\nx\nx\nwrote:\n",
    ">",
    ">\n",
    "> a\nOn 1 a@b wrote:\n",
    "\n",
    " \t\n",
    "From: a@b\n",
    "From: a@b\nTo: x\n",
    "-- \n",
    "______\n",
    "______\nlistinfo\n",
    "sent from my iphone\n",
    "写道：\n",
    "-Ann\n\n",
    "(",
]


def _seconds(text: str) -> float:
    start = time.thread_time()
    trim(text)
    return time.thread_time() - start


@pytest.mark.drill
@pytest.mark.parametrize("unit", few(HOSTILE, "On ", ">\n", "From: a@b\n", "写道：\n"))
def test_trim_takes_linear_time_on_hostile_text(unit):
    whole = (unit * MAX_TEXT)[: MAX_TEXT - 7] + "\nwrote:"
    quarter = whole[: MAX_TEXT // 4 - 7] + "\nwrote:"
    # Quadratic work would take 16 times as long, and many seconds.
    assert _seconds(whole) < max(8 * _seconds(quarter), 2)
