"""The parts a board begins with; installed where it has none, and never again."""

from typing import Any, Final

from complaints.channels.forum.models import Category

PARTS: Final = (
    (
        "deposits-withdrawals",
        {"en": "Deposits and withdrawals", "zh-hans": "充值与提现"},
        {
            "en": "Networks, confirmations, holds, and what to check first.",
            "zh-hans": "网络选择、到账确认、提现审核，以及可先自查的事项。",
        },
    ),
    (
        "trading-fees",
        {"en": "Trading and fees", "zh-hans": "交易与费用"},
        {
            "en": "Orders, liquidation, funding and what it all costs.",
            "zh-hans": "委托、强制平仓、资金费用及各项收费。",
        },
    ),
    (
        "account-security",
        {"en": "Account and security", "zh-hans": "账户与安全"},
        {
            "en": "Sign-in, identity checks, and how to recognise fraud.",
            "zh-hans": "登录、身份验证，以及如何识别诈骗。",
        },
    ),
    (
        "app-website",
        {"en": "App and website", "zh-hans": "应用与网站"},
        {
            "en": "Faults, wishes, and how to get things done.",
            "zh-hans": "故障反馈、功能建议和使用方法。",
        },
    ),
)
"""(address, names, what belongs there)."""


def install_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Signal handler; only the default database holds the board."""
    if using == "default" and not Category.objects.exists():
        Category.objects.bulk_create(
            Category(code=code, names=names, about=about, position=place * 10)
            for place, (code, names, about) in enumerate(PARTS, start=1)
        )
