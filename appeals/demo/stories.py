"""What the demo customers complain of, in both languages."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    """One complaint: who, what about, how far it got, and how long ago it began.

    ``until`` is the state it stands in; ``age`` is in days. ``answer`` closes the
    question that was asked.
    """

    customer: str
    category: str
    subject: str
    text: str
    points: tuple[str, ...]
    until: str
    age: float
    channel: str = "portal"
    asset: str = "USDT"
    amount: str = ""
    refund: str = ""
    at_risk: bool = False
    ids: tuple[tuple[str, str, str], ...] = field(default=())
    desired: str = ""
    question: str = ""
    answer: str = ""
    evidence: tuple[tuple[str, str], ...] = field(default=())


STORIES: tuple[Story, ...] = (
    Story(
        "customer",
        "security.unauthorised-withdrawal",
        "Withdrawal of 1,860.00 USDT that I did not make",
        "On 17 November at 23:09 somebody withdrew 1,860.00 USDT from my account to an"
        " address I have never used. I was asleep. I got the email about it in the"
        " morning and called at once. New addresses should be held for 24 hours.",
        (
            "The withdrawal was not made by me",
            "A transfer to a new address should have been held",
        ),
        "awaiting_customer",
        4,
        amount="1860",
        at_risk=True,
        ids=(
            (
                "transaction",
                "9f3c51d20b6e4a87c1f0a9e4472d5b3c86e19a7d05f4b2c3e8d1a6f75a697c",
                "tron",
            ),
        ),
        desired="Give me my 1,860 USDT back and tell me why the hold did not work.",
        question="Did you approve a sign-in from a new device on 17 November at 23:09?",
        evidence=(
            (
                "withdrawal-notice.txt",
                "Withdrawal of 1,860.00 USDT confirmed at 23:09 UTC.",
            ),
        ),
    ),
    Story(
        "customer",
        "fees.unexpected",
        "Charged a fee that the page did not show",
        "The withdrawal page said 1 USDT, I paid 4 USDT. I want the difference back.",
        ("The fee shown was not the fee taken",),
        "answered",
        24,
        amount="3",
        refund="3",
        channel="email",
        desired="Refund 3 USDT.",
    ),
    Story(
        "customer",
        "technical.app",
        "App logged me out during an order",
        "The app logged me out while I placed an order and the order was lost.",
        ("The order was lost",),
        "closed",
        70,
        channel="app",
        amount="12",
        refund="12",
    ),
    Story(
        "li.na",
        "withdrawals.delayed",
        "提现 0.42 BTC 三天未到账",
        "11月15日申请提现 0.42 BTC，页面一直显示“审核中”，没有任何人联系我，客服每次都让我等。",
        ("提现超过公布时限仍未处理", "没有告知延迟原因"),
        "investigating",
        6,
        asset="BTC",
        amount="0.42",
        channel="chat",
        desired="请立即放行提现，并说明延迟原因。",
    ),
    Story(
        "chen.wei",
        "trading.liquidation",
        "合约在价格插针时被强制平仓",
        "11月9日 BTC 合约瞬间插针，指数价格没有到我的强平价，但仓位仍被强平，损失 5,200 USDT。",
        ("标记价格与公布规则不一致", "强平造成的损失应当赔偿"),
        "in_review",
        12,
        amount="5200",
        refund="2600",
        channel="portal",
        desired="按规则恢复仓位或赔偿损失。",
    ),
    Story(
        "marta",
        "deposits.wrong-network",
        "Deposit on the wrong network, memo missing",
        "I sent 950 USDC over the wrong network and forgot the memo. Support told me"
        " twice that it would be credited within a day. Nothing happened.",
        ("The deposit was not credited", "Support promised a date and missed it"),
        "assigned",
        3,
        asset="USDC",
        amount="950",
        channel="email",
        ids=(
            (
                "transaction",
                "0x7d1c3f0b9e5a4428a61fd20c38e7b4f1a95c6d3e2b8f0714c9a6e5d3f2b18047",
                "ethereum",
            ),
        ),
    ),
    Story(
        "omar",
        "fraud.phishing",
        "Passkey removed after a call from “support”",
        "A man who said he was from your support made me read out a code. My passkey"
        " was removed and 0.8 ETH is gone. Why can a call remove a passkey?",
        ("The passkey was removed without a check", "0.8 ETH was taken"),
        "received",
        0.4,
        asset="ETH",
        amount="0.8",
        channel="phone",
        at_risk=True,
    ),
    Story(
        "zhou.min",
        "identity.rejected",
        "身份认证连续三次被拒，没有说明原因",
        "我提交了护照和居住证明，三次都被拒绝，只说“材料不符合要求”，没有说明哪里不符合。",
        ("没有说明拒绝理由",),
        "received",
        2.2,
        asset="",
        channel="portal",
    ),
    Story(
        "sean",
        "service.no-answer",
        "Eleven days without an answer about my new phone",
        "I changed my phone and cannot sign in. I wrote four times. Each time I got an"
        " automatic reply and then nothing.",
        ("Nobody answered", "I cannot sign in"),
        "investigating",
        19,
        asset="",
        channel="ticket",
    ),
    Story(
        "yuki",
        "technical.outage",
        "Stop-loss not executed during the outage",
        "During the outage on 3 November my stop-loss at 61,200 was not executed. When"
        " the site came back the price was 58,900.",
        ("The stop order was not executed", "The outage was not announced"),
        "remedying",
        18,
        amount="740",
        refund="740",
        channel="portal",
    ),
    Story(
        "marta",
        "p2p.unpaid",
        "Counterparty marked a payment that never came",
        "The buyer marked the order as paid and your agent released my 400 USDT. My"
        " bank shows no payment.",
        ("Coins were released without a payment",),
        "answered",
        40,
        amount="400",
        refund="400",
        channel="forum",
    ),
    Story(
        "li.na",
        "p2p.frozen-bank",
        "P2P 卖出后银行卡被冻结",
        "我在 P2P 卖出 2,000 USDT，收款后银行卡被公安冻结。请提供对方实名资料和交易证明。",
        ("没有核实买家资金来源", "需要交易证明"),
        "answered",
        33,
        amount="2000",
        refund="100",
        channel="telegram",
    ),
    Story(
        "omar",
        "withdrawals.refused",
        "Withdrawal held for a source-of-funds check",
        "My withdrawal of 12,400 USDC is held. I sent the documents you asked for on"
        " 2 November and heard nothing since.",
        ("The documents were not looked at",),
        "awaiting_customer",
        21,
        asset="USDC",
        amount="12400",
        channel="portal",
        question="Which of the two bank statements shows the sale of your flat?",
    ),
    Story(
        "sean",
        "other",
        "What are your opening hours?",
        "I only want to know when the phone line is open.",
        ("Opening hours",),
        "enquiry",
        9,
        asset="",
        channel="email",
    ),
    Story(
        "yuki",
        "service.conduct",
        "Rude answer in the chat",
        "The agent told me to read the rules and closed the chat.",
        ("The agent closed the chat",),
        "withdrawn",
        28,
        asset="",
        channel="chat",
    ),
    Story(
        "chen.wei",
        "trading.liquidation",
        "合约强平（重复提交）",
        "同一笔强平，我又提交了一次，请合并处理。",
        ("重复",),
        "merged",
        11,
        amount="5200",
        channel="app",
    ),
    Story(
        "omar",
        "other",
        "Coins lost on another exchange",
        "I lost 3,000 USDT on another exchange and they do not answer. Please help.",
        ("Loss at another firm",),
        "inadmissible",
        13,
        amount="3000",
        channel="email",
    ),
    Story(
        "zhou.min",
        "trading.execution",
        "限价单未按委托价成交",
        "限价单 62,000 卖出，实际成交 61,480，系统没有解释差价 520 USDT。",
        ("成交价与委托价不符",),
        "appealed",
        52,
        amount="520",
        refund="120",
        channel="portal",
    ),
    Story(
        "marta",
        "trading.price",
        "Wrong index price closed my position",
        "The index used one exchange that was down. My position was closed at a price"
        " that existed nowhere else.",
        ("The index was wrong",),
        "ruled",
        66,
        amount="900",
        refund="300",
        channel="portal",
    ),
    Story(
        "yuki",
        "deposits.missing",
        "Deposit not credited after 40 confirmations",
        "1.5 ETH with more than 40 confirmations is still not on my account.",
        ("The deposit was not credited",),
        "closed",
        85,
        asset="ETH",
        amount="1.5",
        channel="x",
    ),
    Story(
        "li.na",
        "security.locked-out",
        "更换手机后无法登录",
        "更换手机后无法接收验证码，提交了三次人工审核都没有结果。账户内有 6,000 USDT。",
        ("无法登录账户",),
        "investigating",
        58,
        amount="6000",
        channel="letter",
    ),
    Story(
        "sean",
        "fees.funding",
        "Funding rate charged twice",
        "At 08:00 the funding fee was taken twice, 41.20 USDT each time.",
        ("The fee was taken twice",),
        "assigned",
        9,
        amount="41.20",
        channel="facebook",
    ),
)
