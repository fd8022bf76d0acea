"""Replies that agents need often, with the few values that they may hold."""

from typing import TYPE_CHECKING

from complaints.channels.chat.models import CannedReply, Conversation

if TYPE_CHECKING:
    from teams.models import User

GREETING = "greeting"
FIRST: tuple[tuple[str, str, str, str], ...] = (
    (GREETING, "en", "Greeting", "Hello {name}, this is {agent}. How can I help?"),
    (
        GREETING,
        "zh-hans",
        "问候",
        "{name}您好，我是{agent}，请问有什么可以帮您？",
    ),
    (
        "look",
        "en",
        "One moment",
        "Thank you. I am looking into it and will be back within a few minutes.",
    ),
    ("look", "zh-hans", "请稍候", "谢谢您。我正在核实，几分钟内回复您。"),
    (
        "never-ask",
        "en",
        "What we never ask for",
        (
            "Please never send a password, a one-time code or a recovery phrase. "
            "Nobody who works here asks for them."
        ),
    ),
    (
        "never-ask",
        "zh-hans",
        "我们从不索要的信息",
        "请不要发送密码、验证码或助记词。我们的工作人员绝不会向您索要这些信息。",
    ),
    (
        "registered",
        "en",
        "Kept as a complaint",
        (
            "This conversation is now part of complaint {reference}. You hear from us "
            "there, and the team that works on it reads all you wrote here."
        ),
    ),
    (
        "registered",
        "zh-hans",
        "已作为投诉登记",
        (
            "本次对话已归入投诉 {reference}。后续进展会在该投诉中告知您，"
            "处理团队能看到您在这里写的全部内容。"
        ),
    ),
)
"""(code, language, title, words): what a fresh desk begins with."""


def install_after_migrate(**_signal: object) -> None:
    """The first replies, where nobody wrote any yet."""
    if not CannedReply.objects.exists():
        CannedReply.objects.bulk_create(
            CannedReply(code=code, language=language, title=title, text=text)
            for code, language, title, text in FIRST
        )


def filled(reply: CannedReply, conversation: Conversation, agent: "User") -> str:
    """The words for this customer. Only three names mean anything: the text is never
    a template, so that nothing else of any object can be asked for."""
    case = conversation.complaint
    values = {
        "{name}": conversation.given_name,
        "{agent}": agent.get_full_name() or agent.username,
        "{reference}": case.reference if case else "",
    }
    text = reply.text
    for place, value in values.items():
        text = text.replace(place, value)
    return text.replace(" ,", ",")
