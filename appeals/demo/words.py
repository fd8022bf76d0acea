"""What staff and customers say in the demo, in the language of the case."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Words:
    protect: str
    reply: str
    customer: str
    note: str
    records: str
    source: str
    finding: str
    rule: str
    reasons: str
    changes: str
    apology: str
    refund: str
    lesson: str
    refusal: str
    enquiry: str
    merge: str
    appeal: str
    ground: str
    ground_answer: str
    ruling: str
    ruling_reasons: str
    outcome_money: str
    outcome_plain: str
    ours: int = 70
    """Per cent that the exchange bears; the customer bears the rest."""

    @property
    def outcome(self) -> str:
        return "upheld" if self.ours == 100 else "partly_upheld"

    @property
    def shares(self) -> dict[str, int]:
        both = {"exchange": self.ours, "customer": 100 - self.ours}
        return {bearer: percent for bearer, percent in both.items() if percent}

    def summary(self, refund: str, asset: str) -> str:
        if not refund:
            return self.outcome_plain
        return self.outcome_money.format(amount=refund, asset=asset or "USDT")


ENGLISH = Words(
    protect="Money at risk: withdrawals are locked while we look into it.",
    reply="I have your complaint and the records of that day. I compare them now and write"
    " to you again within two working days.",
    customer="Thank you. I was at home that evening; I can send my router's log if it helps.",
    note="Same address range as in two other cases this month; ask the tech team for the"
    " gateway log.",
    records="23:07 request received\n23:09 check that the rule asks for: not made\n"
    "23:09 request carried out\n",
    source="Account and gateway records",
    finding="The records show what you describe. The control that should have stopped it"
    " was not applied.",
    rule="Trading rules 4.2, version of 1 March 2026",
    reasons="We read the account records, the gateway log and your messages. The rule asks"
    " for a check that our system did not make. Part of the cause lies in a step that you"
    " confirmed yourself.",
    changes="From now on the check is made every time, without exception.",
    apology="The control was not applied. That was our error, and we are sorry for it.",
    refund="The part that our error caused",
    lesson="A control that can be switched off for maintenance needs an alarm.",
    refusal="The loss happened at another firm. We took no part in it and cannot look into"
    " its records; its own complaints department can.",
    enquiry="Our phone line is open from 9:00 to 18:00 on working days.",
    merge="Sent twice by the same customer",
    appeal="Please let somebody else look at it. The refund does not cover what I lost.",
    ground="The refund leaves out the fees I paid because of your error.",
    ground_answer="The fees were charged for trades that you placed later by yourself; they"
    " do not follow from the error.",
    ruling="We confirm the decision.",
    ruling_reasons="The first team weighed the records and applied the rule in force that"
    " day. The fees you name were caused by later trades.",
    outcome_money="We uphold your complaint in part and pay you {amount} {asset}.",
    outcome_plain="We uphold your complaint in part.",
)

CHINESE = Words(
    protect="资金存在风险：核查期间已暂停提现。",
    reply="您的投诉和当天的记录都已收到，我正在比对，两个工作日内再回复您。",
    customer="谢谢。那天晚上我在家，需要的话我可以提供路由器日志。",
    note="本月另有两宗投诉涉及同一地址段，请技术团队提供网关日志。",
    records="23:07 收到请求\n23:09 规则要求的核查：未执行\n23:09 请求已执行\n",
    source="账户与网关记录",
    finding="记录与您的描述一致，本应阻止此事的控制没有执行。",
    rule="《交易规则》4.2，2026年3月1日版",
    reasons="我们查阅了账户记录、网关日志和您的来信。规则要求的核查，系统没有执行。"
    "另有一步是您本人确认的，这也是部分原因。",
    changes="即日起每次都会核查，没有例外。",
    apology="系统没有执行控制，这是我们的过错，向您道歉。",
    refund="因我们的过错造成的部分",
    lesson="维护时可以关闭的控制，必须配有告警。",
    refusal="损失发生在其他公司，我们没有参与，也无法查阅其记录，请向该公司的投诉部门提出。",
    enquiry="电话客服工作日 9:00 至 18:00 开放。",
    merge="同一客户重复提交",
    appeal="请由其他人重新审查，退款不足以弥补我的损失。",
    ground="退款没有包括因你们的过错而产生的手续费。",
    ground_answer="这些手续费来自您之后自行下单的交易，与该过错无关。",
    ruling="维持原决定。",
    ruling_reasons="原团队核对了记录，并适用了当日有效的规则。您所说的手续费由之后的交易产生。",
    outcome_money="部分支持您的投诉，向您支付 {amount} {asset}。",
    outcome_plain="部分支持您的投诉。",
)


FEES = replace(
    ENGLISH,
    customer="Thank you. I can send a picture of the page if it helps.",
    note="The fee table of the withdrawal page was two days behind; ask the tech team.",
    records="fee shown on the page: 1 USDT\nfee taken: 4 USDT\n"
    "table of fees on the page: two days old\n",
    source="Fee engine and page cache",
    finding="The page showed 1 USDT and we took 4 USDT. The page was two days behind.",
    rule="Fees, version of 1 March 2026: the fee shown before you confirm is the fee",
    reasons="We compared the page that you saw with what was taken. What the page shows"
    " binds us, and the difference is yours.",
    changes="From now on the page reads the fee at the moment you confirm.",
    apology="The page showed an old fee. That was our error, and we are sorry for it.",
    refund="The difference between the fee shown and the fee taken",
    outcome_money="We uphold your complaint and pay you {amount} {asset}.",
    ours=100,
)


def words_of(language: str, category: str = "") -> Words:
    """In the language of the case; what is found of a fee fits a fee."""
    if language.startswith("zh"):
        return CHINESE
    return FEES if category.startswith("fees.") else ENGLISH
