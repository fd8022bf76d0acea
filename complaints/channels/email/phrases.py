"""What mail programs write around a quote and under a mail, in the languages
our customers' programs speak. Data only; lower case throughout."""

from __future__ import annotations

# A line such as "On Tue, 5 May 2026 at 10:00, Ann <ann@example.com> wrote:".
WROTE = (
    "wrote",
    "写道",
    "寫道",
    "schrieb",
    "a écrit",
    "escribió",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisał(a)",
    "написал",
    "пишет",
    "書きました",
    "のメール",
    "작성",
    "썼습니다",
)
# How that line begins, where the program puts the date first.
INTRO_STARTS = (
    "on ",
    "at ",
    "am ",
    "le ",
    "el ",
    "il ",
    "em ",
    "op ",
    "den ",
    "在",
    "于",
    "於",
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# "----- Original Message -----" and its kin: what follows is a quote.
ORIGINAL = frozenset(
    {
        "original",
        "original message",
        "original email",
        "original mail",
        "reply message",
        "原始邮件",
        "原始信息",
        "原邮件",
        "邮件原件",
        "回复的原邮件",
        "回复的邮件",
        "原始郵件",
        "回覆的原郵件",
        "ursprüngliche nachricht",
        "originalnachricht",
        "original-nachricht",
        "message d'origine",
        "message d\u2019origine",
        "message original",
        "mensaje original",
        "mensagem original",
        "元のメッセージ",
        "원본 메시지",
        "원본 메일",
    }
)

# "---- Forwarded message ----": what follows is shown to us, not quoted.
FORWARDED = frozenset(
    {
        "forwarded message",
        "forwarded email",
        "forwarded by",
        "转发邮件信息",
        "转发的邮件",
        "转发邮件",
        "转发的原邮件",
        "轉寄郵件",
        "weitergeleitete nachricht",
        "message transféré",
        "mensaje reenviado",
        "転送されたメッセージ",
        "전달된 메시지",
    }
)
FORWARD_STARTS = (
    "begin forwarded message",
    "开始转发的邮件",
    "anfang der weitergeleiteten",
    "début du message réexpédié",
    "inicio del mensaje reenviado",
)

# The block Outlook, QQ and others put there instead.
FROM_LABELS = frozenset(
    {
        "from",
        "von",
        "de",
        "da",
        "van",
        "发件人",
        "寄件者",
        "寄件人",
        "發件人",
        "差出人",
        "보낸 사람",
        "보낸사람",
    }
)
DATE_LABELS = frozenset(
    {
        "sent",
        "date",
        "sent time",
        "gesendet",
        "datum",
        "envoyé",
        "enviado",
        "enviado el",
        "fecha",
        "inviato",
        "data",
        "发送时间",
        "发送日期",
        "日期",
        "时间",
        "寄件日期",
        "傳送時間",
        "送信日時",
        "日時",
        "보낸 날짜",
        "날짜",
    }
)
SUBJECT_LABELS = frozenset(
    {
        "subject",
        "betreff",
        "betr.",
        "objet",
        "asunto",
        "assunto",
        "oggetto",
        "主题",
        "主旨",
        "標題",
        "件名",
        "제목",
    }
)
TO_LABELS = frozenset(
    {
        "to",
        "an",
        "à",
        "para",
        "a",
        "aan",
        "cc",
        "kopie",
        "收件人",
        "收件者",
        "抄送",
        "副本",
        "宛先",
        "받는 사람",
        "받는사람",
    }
)

# "Sent from my iPhone": the whole line, or its beginning and its end.
DEVICE_LINES = (
    ("get outlook for ", ""),
    ("sent with ", " mail"),
    ("sent with proton", ""),
    ("sent from outlook", ""),
    ("sent from mail for ", ""),
    ("sent from yahoo mail", ""),
    ("sent via blackberry", ""),
    ("发自我的", ""),
    ("发送自", ""),
    ("发自", "客户端"),
    ("来自我的", ""),
    ("从我的", "发送"),
    ("從我的", "傳送"),
    ("从", "发来的移动邮件"),
    ("获取outlook for ", ""),
    ("获取 outlook for ", ""),
    ("从 windows", "发送"),
    ("von meinem ", " gesendet"),
    ("gesendet von ", ""),
    ("envoyé de mon ", ""),
    ("envoyé depuis ", ""),
    ("enviado desde mi ", ""),
    ("enviado do meu ", ""),
    ("inviato da ", ""),
    ("", "から送信"),
    ("나의 ", "에서 보냄"),
)

LIST_FOOTER = ("mailing list", "unsubscribe", "listinfo", "退订")

FORWARDED_SUBJECTS = ("fw:", "fwd:", "wg:", "tr:", "rv:", "转发:", "转发：", "轉寄:")
