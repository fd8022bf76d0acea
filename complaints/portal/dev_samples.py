"""What the page of living examples is filled with, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

REFERENCE = "RC-7K4M-93XD"
HASH = "9f3c51e07ab24d8890c1f6e2b7d4a35c0e8f91b2d6a7c4350f1e2d3c4b5a697c"
REFUND = Decimal("1302.000000000000000000")


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _entries(words: dict[str, str], lang: str) -> list[dict[str, Any]]:
    """One entry of every kind, newest first."""
    who = words["who"]
    return [
        {"kind": "future", "at": date(2027, 1, 18), "text": words["decision"]},
        {"kind": "future", "at": date(2026, 12, 1), "text": words["answer"]},
        {"kind": "person", "at": _at(24, 16, 20), "who": who, "text": words["asked"]},
        {
            "kind": "internal",
            "at": _at(22, 9, 31),
            "who": words["other"],
            "text": words["noted"],
            "body": words["note"],
            "direction": "internal",
            "lang": lang,
        },
        {
            "kind": "person",
            "at": _at(20, 10, 5),
            "who": who,
            "text": words["wrote"],
            "body": words["letter"],
            "direction": "out",
            "lang": lang,
        },
        {
            "kind": "person",
            "at": _at(19, 14, 32),
            "text": words["you"],
            "body": words["reply"],
            "direction": "in",
            "lang": lang,
        },
        {"kind": "system", "at": _at(18, 8, 42), "text": words["received"]},
    ]


WORDS: dict[str, dict[str, str]] = {
    "en": {
        "who": "Handler, Security team",
        "other": "Handler, Risk team",
        "decision": "Decision with reasons, at the latest.",
        "answer": "Your answer.",
        "asked": "asked you one question.",
        "noted": "noted, internal",
        "note": "Address first seen on 15 November, four other complaints.",
        "wrote": "wrote to you",
        "letter": "We have the sign-in records and the approval email. The receiving "
        "address has been reported to the network’s issuer, who has been asked to "
        "hold the funds. We do not know yet whether they can.",
        "you": "You wrote",
        "reply": "I was asleep. I got the email in the morning and called at once.",
        "received": "We received your complaint and sent an acknowledgement by email.",
        "turn": "Your turn, by Tuesday 1 December",
        "question": "Did you approve a sign-in from a new device on 17 November at "
        "23:09?",
        "why": "The approval came from your email link. Your answer tells us whether "
        "your mailbox was used by someone else.",
        "action": "Answer",
        "otherwise": "If we hear nothing by then, we go on with what we have.",
        "caption": "Next step by",
        "sentence": "It is your answer to one question.",
        "late": "Decide: overdue 1 d",
        "soon": "Investigate: 2 h left",
        "normal": "Decide: 9 d left",
        "paused": "Paused until 1 Dec",
        "done": "Acknowledged in 1 min",
        "notice": "Withdrawal notice, screenshot",
        "records": "Sign-in records, 10 to 18 November",
        "police": "Police report",
        "from_you": "from you",
        "from_us": "from our systems",
        "point": "The exchange must bear the whole loss",
        "reason": "The approval link was opened in your mailbox, which had no second "
        "factor, after our notice of 3 October had asked you to add one.",
        "basis": "Withdrawal rules, version 14, section 6.2: “A new device, however "
        "approved, starts a hold of 24 hours.”",
        "exhibit": "E2 Sign-in records",
        "refund": "Refund, 70 % of the loss",
        "secured": "Account secured: keys reset, address list switched on",
        "if_accept": "if you accept · paid to your account within 2 working days",
        "is_done": "Done on 19 November",
        "accept": "The refund of 1,302.00 USDT is paid. You give up the appeal here, "
        "but none of the outside routes.",
        "appeal": "People who had no part in this decision look at it anew.",
        "neither": "If you do neither, the complaint closes on 20 January 2027.",
        "ombudsman": "Ombudsman of your country",
        "free": "free, within one year of this decision",
        "good": "Your answer is with the Security team. Next step by 27 November.",
        "trouble": "We could not save this. Your answers are kept.",
        "again": "Try again",
        "empty": "No complaint waits for you. New ones come in oldest due first.",
        "unassigned": "Look at the unassigned ones",
        "transaction": "Transaction",
        "proposed": "Proposed",
        "approved": "Approved",
        "lead": "Lead, Security team, 18 December",
        "refused": "You proposed this; somebody else approves it. The change voided "
        "the first approval.",
        "two_texts": "Two texts for point 3",
        "theirs_at": "Lead’s, saved 14:02",
        "theirs": "The mailbox had no second factor.",
        "yours": "The approval link was opened in the mailbox.",
        "team": "Team",
        "security": "Security",
        "work": "Work",
        "mine": "Mine",
        "overdue": "Overdue",
        "channel": "email and portal, in Chinese",
        "advice": "This has 63 characters; Tron IDs have 64. You can continue with "
        "what you have.",
    },
    "zh": {
        "who": "安全团队 经办人",
        "other": "风控团队 经办人",
        "decision": "最迟在这一天作出书面决定并说明理由。",
        "answer": "等您回答。",
        "asked": "向您提了一个问题。",
        "noted": "内部备注",
        "note": "该地址 11月15日首次出现，另有四起投诉。",
        "wrote": "给您留言",
        "letter": "登录记录和确认邮件已经调取。收款地址已通报给代币发行方，请其协助"
        "冻结；能否冻结，目前还没有答复。",
        "you": "您的留言",
        "reply": "当时我在睡觉，早上才看到提现通知邮件，立刻就打了电话。",
        "received": "我们收到了您的投诉，并通过邮件发出确认。",
        "turn": "请在 12月1日（周二）前回答",
        "question": "11月17日 23:09 有新设备登录了您的账户，是您本人确认的吗？",
        "why": "确认是通过您邮箱里的链接完成的，您的回答能帮我们判断邮箱是否被盗用。",
        "action": "回答问题",
        "otherwise": "如果到期没有收到您的回复，我们会根据现有材料继续处理。",
        "caption": "下一步不晚于",
        "sentence": "等您回答一个问题。",
        "late": "作出决定：逾期 1 天",
        "soon": "调查：剩 2 小时",
        "normal": "作出决定：剩 9 天",
        "paused": "暂停至 12月1日",
        "done": "1 分钟内确认收到",
        "notice": "提现通知截图",
        "records": "登录记录，11月10日至18日",
        "police": "报案回执",
        "from_you": "您提供",
        "from_us": "系统调取",
        "point": "交易所应承担全部损失",
        "reason": "确认链接是在您的邮箱里打开的，邮箱没有第二重验证，而我们 10月3日"
        "已提醒您添加。",
        "basis": "提现规则第 14 版第 6.2 条：“新设备无论以何种方式确认，均触发 24 小时"
        "延迟。”",
        "exhibit": "E2 登录记录",
        "refund": "退款，损失的 70%",
        "secured": "账户已加固：密钥重置，地址白名单开启",
        "if_accept": "您接受后两个工作日内到账",
        "is_done": "11月19日完成",
        "accept": "我们支付 1,302.00 USDT 退款。您放弃站内申诉，外部途径不受影响。",
        "appeal": "由没有参与本决定的人重新审查。",
        "neither": "如果两样都不选，投诉将于 2027年1月20日结案。",
        "ombudsman": "您所在国家的监察专员",
        "free": "免费，申诉裁定后一年内",
        "good": "安全团队已收到您的回答，下一步不晚于 11月27日。",
        "trouble": "没能保存成功。您填的内容还在。",
        "again": "重试",
        "empty": "没有等您处理的投诉，新投诉按期限先后排列。",
        "unassigned": "查看未分配的投诉",
        "transaction": "交易",
        "proposed": "提出人",
        "approved": "审批人",
        "lead": "安全团队 主管，12月18日",
        "refused": "这是您提出的，须由他人审批。内容改动后，第一次审批已作废。",
        "two_texts": "第 3 点有两份文字",
        "theirs_at": "主管 14:02 保存",
        "theirs": "邮箱没有第二重验证。",
        "yours": "确认链接是在邮箱里打开的。",
        "team": "团队",
        "security": "安全",
        "work": "工作",
        "mine": "我的",
        "overdue": "逾期",
        "channel": "邮件和门户，中文",
        "advice": "这串字符有 63 位，波场交易哈希应为 64 位。也可以先这样继续。",
    },
}


def samples(language: str) -> dict[str, Any]:
    """The context of the page: sentences of that language, and what is made of them."""
    lang = "zh" if language.startswith("zh") else "en"
    words = WORDS[lang]
    return {
        "w": words,
        "reference": REFERENCE,
        "hash": HASH,
        "refund": REFUND,
        "entries": _entries(words, lang),
        "future": _entries(words, lang)[:2],
        "due": date(2026, 12, 1),
        "moment": _at(18, 8, 42),
        "facts": [
            {"term": words["transaction"], "value": "1,860.00 USDT · Tron"},
            {"term": words["proposed"], "value": words["who"], "note": words["free"]},
        ],
        "exhibits": [{"url": "#", "words": words["exhibit"]}],
        "routes": [{"url": "#", "name": words["ombudsman"], "text": words["free"]}],
        "rows": [
            {"term": words["proposed"], "value": words["who"]},
            {"term": words["approved"], "value": words["lead"]},
        ],
        "views": [
            {
                "title": words["work"],
                "views": [
                    {"url": "#", "name": words["mine"], "count": 5, "current": True},
                    {"url": "#", "name": words["overdue"], "count": 1, "late": True},
                ],
            }
        ],
    }
