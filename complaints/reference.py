"""Topics, root causes and quality criteria that every installation has; an operator's
changes stay."""

from dataclasses import dataclass, field
from typing import Any

from complaints.models import Category, QualityCriterion, RootCause
from complaints.states import Cause, CauseScope, Severity
from teams.models import Team

CRYPTO = "Money transfer, virtual currency, or money service"
MAPPINGS: dict[str, tuple[str, str, str]] = {
    "trading": (
        "trading",
        "Errors/not following instructions",
        "Other transaction problem",
    ),
    "security": (
        "security",
        "Other",
        "Unauthorized transactions or other transaction problem",
    ),
    "technical": ("operations", "Delays/timescales", "Other service problem"),
    "service": (
        "service",
        "Other general admin/customer service",
        "Problem with customer service",
    ),
    "deposits": ("transfers", "Delays/timescales", "Problem adding money"),
    "withdrawals": (
        "transfers",
        "Delays/timescales",
        "Money was not available when promised",
    ),
    "fees": ("fees", "Disputes over sums/charges", "Unexpected or other fees"),
    "identity": (
        "onboarding",
        "Other general admin/customer service",
        "Managing, opening, or closing your mobile wallet account",
    ),
    "fraud": ("fraud", "Other", "Fraud or scam"),
    "p2p": ("trading", "Disputes over sums/charges", "Other transaction problem"),
    "other": ("other", "Other", "Other service problem"),
}
"""Top category -> (topic of our own return, FCA cause, CFPB issue)."""


@dataclass(frozen=True)
class Topic:
    """One top category, its team, and its sub-topics as (code, English, Chinese)."""

    code: str
    en: str
    zh: str
    team: str
    children: tuple[tuple[str, str, str], ...]
    severity: str = Severity.NORMAL
    sign_offs: tuple[str, ...] = field(default=())


TREE: tuple[Topic, ...] = (
    Topic(
        "trading",
        "Trading dispute",
        "交易纠纷",
        "risk",
        (
            ("liquidation", "Forced liquidation", "强制平仓"),
            ("execution", "Order not executed as placed", "订单未按委托成交"),
            ("price", "Wrong price or index", "价格或指数异常"),
        ),
        Severity.HIGH,
    ),
    Topic(
        "security",
        "Account security",
        "账户安全",
        "security",
        (
            ("takeover", "Somebody else was in my account", "账户被他人登录"),
            ("unauthorised-withdrawal", "Withdrawal I did not make", "非本人提现"),
            ("locked-out", "Locked out of my account", "无法登录账户"),
        ),
        Severity.CRITICAL,
        ("compliance",),
    ),
    Topic(
        "technical",
        "Technical fault",
        "技术故障",
        "tech",
        (
            ("outage", "Outage or delay", "宕机或延迟"),
            ("app", "App or website error", "应用或网站错误"),
            ("api", "API error", "API 错误"),
        ),
    ),
    Topic(
        "service",
        "Service quality",
        "服务质量",
        "support",
        (
            ("no-answer", "No answer", "无人回复"),
            ("wrong-information", "Wrong information", "信息有误"),
            ("conduct", "Conduct of staff", "客服态度"),
        ),
    ),
    Topic(
        "deposits",
        "Deposits",
        "充值",
        "tech",
        (
            ("missing", "Deposit not credited", "充值未到账"),
            ("wrong-network", "Sent on the wrong network", "充错网络"),
        ),
        Severity.HIGH,
    ),
    Topic(
        "withdrawals",
        "Withdrawals",
        "提现",
        "risk",
        (
            ("delayed", "Withdrawal delayed", "提现延迟"),
            ("refused", "Withdrawal refused or held", "提现被拒或被冻结"),
        ),
        Severity.HIGH,
    ),
    Topic(
        "fees",
        "Fees",
        "费用",
        "support",
        (
            ("unexpected", "Unexpected fee", "未告知的费用"),
            ("funding", "Funding rate", "资金费率"),
        ),
        Severity.LOW,
    ),
    Topic(
        "identity",
        "Identity checks",
        "身份认证",
        "compliance",
        (
            ("rejected", "Verification refused", "认证被拒"),
            ("delayed", "Verification takes too long", "认证耗时过长"),
            ("privacy", "Use of my data", "个人信息使用"),
        ),
    ),
    Topic(
        "fraud",
        "Fraud by others",
        "他人诈骗",
        "security",
        (
            ("phishing", "Phishing or fake support", "钓鱼或冒充客服"),
            ("investment", "Investment or romance scam", "投资或情感诈骗"),
        ),
        Severity.HIGH,
        ("legal",),
    ),
    Topic(
        "p2p",
        "P2P",
        "P2P 交易",
        "risk",
        (
            ("unpaid", "Counterparty did not pay", "对方未付款"),
            ("frozen-bank", "Bank account frozen after P2P", "P2P 后银行卡被冻结"),
        ),
        Severity.HIGH,
    ),
    Topic("other", "Other", "其他", "support", ()),
)


CAUSES: tuple[tuple[str, str, str, str, int | None], ...] = (
    (
        Cause.PROCESS_GAP,
        "A rule or control was missing",
        "缺少规则或控制",
        CauseScope.SYSTEMIC,
        5,
    ),
    (
        Cause.PROCESS_NOT_FOLLOWED,
        "A rule was not followed",
        "没有遵守规则",
        CauseScope.RECURRING,
        10,
    ),
    (Cause.SOFTWARE_FAULT, "Software fault", "软件故障", CauseScope.SYSTEMIC, 5),
    (
        Cause.CAPACITY,
        "Too few people or too little capacity",
        "人手或容量不足",
        CauseScope.SYSTEMIC,
        10,
    ),
    (
        Cause.UNCLEAR_INFORMATION,
        "Unclear information",
        "信息不清楚",
        CauseScope.RECURRING,
        10,
    ),
    (Cause.STAFF_ERROR, "Mistake by staff", "员工失误", CauseScope.SINGLE, 10),
    (Cause.SUPPLIER, "Supplier or network", "供应商或网络", CauseScope.RECURRING, 10),
    (
        Cause.FRAUD_BY_OTHERS,
        "Fraud by others",
        "他人诈骗",
        CauseScope.RECURRING,
        20,
    ),
    (
        Cause.CUSTOMER_ERROR,
        "The customer's own mistake",
        "客户自身失误",
        CauseScope.SINGLE,
        None,
    ),
    (
        Cause.NONE_FOUND,
        "No cause on our side",
        "我方没有原因",
        CauseScope.SINGLE,
        None,
    ),
)
"""Code, English, Chinese, what it usually is, from how many in 30 days on it alarms."""

CRITERIA: tuple[tuple[str, str, str, int], ...] = (
    ("clock", "Was every step taken in its time?", "每一步是否都按时完成？", 1),
    (
        "points",
        "Is every point that was raised answered?",
        "投诉的每一点是否都得到答复？",
        2,
    ),
    (
        "evidence",
        "Does each finding rest on evidence that is in the case?",
        "每项认定是否都有案内证据支持？",
        2,
    ),
    (
        "fair",
        "Is it decided as similar cases were, or is the difference justified?",
        "处理结果是否与同类案件一致，或已说明不同的理由？",
        2,
    ),
    (
        "plain",
        "Would the customer understand the letters?",
        "客户能否看懂我们的信件？",
        1,
    ),
    ("tone", "Was the customer treated with respect?", "对客户是否始终尊重？", 1),
    (
        "record",
        "Could a colleague go on from the record alone?",
        "同事仅凭记录能否接手？",
        1,
    ),
)
"""Code, question in English and Chinese, weight."""


def install_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Signal handler; only the default database holds the register."""
    if using == "default":
        install()


def install() -> None:
    """Make the categories, root causes and criteria that are missing."""
    _install_causes()
    have = set(Category.objects.values_list("code", flat=True))
    teams = {team.code: team for team in Team.objects.all()}
    for place, topic in enumerate(TREE):
        if topic.code not in have:
            _install_topic(topic, (place + 1) * 10, teams)
    asked = set(QualityCriterion.objects.values_list("code", flat=True))
    QualityCriterion.objects.bulk_create(
        QualityCriterion(
            code=code,
            names={"en": en, "zh-hans": zh},
            weight=weight,
            position=(place + 1) * 10,
        )
        for place, (code, en, zh, weight) in enumerate(CRITERIA)
        if code not in asked
    )


def _install_causes() -> None:
    have = set(RootCause.objects.values_list("code", flat=True))
    RootCause.objects.bulk_create(
        RootCause(
            code=code,
            names={"en": en, "zh-hans": zh},
            nature=nature,
            alarm_from=alarm,
            position=(place + 1) * 10,
        )
        for place, (code, en, zh, nature, alarm) in enumerate(CAUSES)
        if code not in have
    )


def _install_topic(topic: Topic, position: int, teams: dict[str, Team]) -> None:
    parent = _category(topic, topic.code, topic.en, topic.zh, position, teams)
    parent.save()
    for place, (code, en, zh) in enumerate(topic.children):
        full = f"{topic.code}.{code}"
        child = _category(topic, full, en, zh, position + place + 1, teams)
        child.parent = parent
        child.save()


def _category(
    topic: Topic, code: str, en: str, zh: str, position: int, teams: dict[str, Team]
) -> Category:
    own, fca, cfpb = MAPPINGS[topic.code]
    return Category(
        code=code,
        names={"en": en, "zh-hans": zh},
        team=teams[topic.team],
        default_severity=topic.severity,
        sign_offs=list(topic.sign_offs),
        mappings={
            "art8_topic": own,
            "fca_cause": fca,
            "cfpb_product": CRYPTO,
            "cfpb_issue": cfpb,
        },
        position=position,
    )
