"""Passages of the house's rules, so that drafts of the demo have some to put in."""

from complaints.models import PolicySnippet

PASSAGES = (
    (
        "en",
        "New withdrawal address",
        "Withdrawal rules 4.2, version 2026-03",
        (
            "A withdrawal to an address that was added less than 24 hours ago is held "
            "until the customer confirms it by a second factor."
        ),
    ),
    (
        "en",
        "Fees as published",
        "Fee schedule, version 2026-07",
        (
            "We charge the fee that was published when the order was placed. A later "
            "change of the schedule does not reach back."
        ),
    ),
    (
        "en",
        "Outage",
        "Terms of use 9.1, version 2026-01",
        (
            "Where our own systems kept an order from being executed, we put the "
            "customer where they would be had it been executed at the first price "
            "after it was due."
        ),
    ),
    (
        "zh-hans",
        "新增提币地址",
        "提币规则 4.2，2026-03 版",
        "向新增不满 24 小时的地址提币时，须暂缓处理，待客户通过双重验证确认。",
    ),
    (
        "zh-hans",
        "按公布费率收费",
        "费率表，2026-07 版",
        "手续费以下单时公布的费率为准，之后的调整不追溯适用。",
    ),
    (
        "zh-hans",
        "系统故障",
        "用户协议 9.1，2026-01 版",
        "因平台系统原因导致订单未能成交的，按该订单应成交后的首个价格恢复客户应有的状况。",
    ),
)


def fill() -> None:
    """Write those that are not there yet."""
    for language, title, rule, text in PASSAGES:
        PolicySnippet.objects.get_or_create(
            language=language, title=title, defaults={"rule": rule, "text": text}
        )
