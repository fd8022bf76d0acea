"""What the customers of the past year complained of, and what came of it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Topic:
    """How often, how it mostly ends and why, and the words of it by language.

    ``often`` and ``upheld`` are weights and per cent; ``days`` is how long half of the
    decisions took. ``said`` is (subject, text) in English, then in Chinese.
    """

    category: str
    often: int
    upheld: int
    days: float
    causes: tuple[str, ...]
    said: tuple[tuple[str, str], tuple[str, str]]


TOPICS: Final = (
    Topic(
        "withdrawals.delayed",
        18,
        45,
        9,
        ("capacity", "capacity", "process_gap"),
        (
            (
                "Withdrawal pending for two days",
                "My withdrawal has been pending for two days and nobody tells me why.",
            ),
            (
                "提现两天仍未到账",
                "提现申请已经两天，一直显示处理中，没有人告诉我原因。",
            ),
        ),
    ),
    Topic(
        "trading.liquidation",
        14,
        14,
        16,
        ("unclear_information", "customer_error"),
        (
            (
                "Position closed although the price never went there",
                "My position was liquidated. The chart does not show that price.",
            ),
            ("价格没有到强平价却被强平", "我的仓位被强平，但K线上没有出现过那个价格。"),
        ),
    ),
    Topic(
        "deposits.missing",
        13,
        52,
        6,
        ("software_fault", "supplier"),
        (
            (
                "Deposit confirmed on the chain and not credited",
                "The network shows enough confirmations; my balance does not move.",
            ),
            ("充值已确认却没有入账", "链上确认数早已足够，余额一直没有变化。"),
        ),
    ),
    Topic(
        "fees.unexpected",
        10,
        55,
        5,
        ("unclear_information", "software_fault"),
        (
            (
                "Fee higher than shown",
                "The fee taken is higher than the one on the page that I confirmed.",
            ),
            ("扣除的手续费高于显示的金额", "实际扣除的手续费比我确认时页面显示的高。"),
        ),
    ),
    Topic(
        "technical.app",
        9,
        40,
        8,
        ("software_fault",),
        (
            (
                "App showed an old balance",
                "The app showed yesterday's balance, and my order was refused.",
            ),
            ("App显示的余额没有更新", "App显示的是昨天的余额，下单因此被拒。"),
        ),
    ),
    Topic(
        "technical.outage",
        8,
        60,
        12,
        ("software_fault", "capacity", "supplier"),
        (
            (
                "Could not close my position during the outage",
                "For twenty minutes no order went through while the price fell.",
            ),
            ("系统中断期间无法平仓", "二十分钟内无法下单，价格却一直在跌。"),
        ),
    ),
    Topic(
        "p2p.unpaid",
        8,
        30,
        11,
        ("fraud_by_others", "process_not_followed"),
        (
            (
                "Coins released and no payment received",
                "The buyer marked the order as paid. No money came to my bank.",
            ),
            ("放币后没有收到款", "买家点了已付款，我的银行卡没有收到任何款项。"),
        ),
    ),
    Topic(
        "service.no-answer",
        7,
        70,
        4,
        ("capacity", "staff_error"),
        (
            (
                "Three messages and no answer",
                "I wrote three times in a week and got only the automatic answer.",
            ),
            ("三次来信没有答复", "一周内写了三次，只收到自动回复。"),
        ),
    ),
    Topic(
        "security.locked-out",
        6,
        35,
        7,
        ("process_not_followed", "process_gap"),
        (
            (
                "Locked out after changing my phone",
                "I changed my phone and have been asked for the same papers twice.",
            ),
            ("换手机后无法登录", "换了手机后无法登录，同样的资料被要求提交两次。"),
        ),
    ),
    Topic(
        "trading.execution",
        5,
        24,
        18,
        ("none_found", "software_fault"),
        (
            (
                "Order filled far from the price shown",
                "My market order was filled far from the price on the screen.",
            ),
            ("成交价与显示价相差很大", "市价单的成交价与屏幕上显示的价格相差很大。"),
        ),
    ),
)

DETAILS: Final = (
    (
        "It concerns about {amount} {asset}, and I need that money for my rent.",
        "Your chat told me to wait, then closed the talk without a word.",
        "I have screenshots of every step and can send them whenever you like.",
        "This is the second time within a few months, which is why I write.",
        "A friend did the same on that evening and had no trouble at all.",
        "The page in the app still says that everything is being processed.",
        "Please tell me which rule you apply and where I could have read it.",
        "I tried again from another phone and another network, with the same end.",
        "My bank confirmed in writing that nothing is wrong on its side.",
        "I work nights, so please write instead of calling me in the morning.",
        "On your status board everything was green the whole evening.",
        "My tax adviser needs a written statement before the end of the quarter.",
        "Since the last update my alerts arrive hours after the market has moved.",
        "The help article about this still describes menus that no longer exist.",
        "A colleague of yours promised a call back on Thursday; none came.",
        "I have been a customer for six years and never had to complain before.",
        "Whoever answered first had clearly not read what stood above.",
        "Half of it was meant for my daughter's tuition, due last Monday.",
        "Two community moderators confirmed seeing similar reports from Poland.",
        "Screen recordings exist; uploading them failed with error 413.",
        "Nothing about maintenance had been announced, neither by mail nor push.",
        "Being deaf, phone support is useless for me; writing works well.",
        "Please correct this quietly: my employer forbids public disputes.",
        "Travelling through Lisbon, I could only use hotel wifi during those days.",
        "An independent explorer lists everything as final since Tuesday noon.",
        "Should you refuse again, an ombudsman will hear from me next.",
    ),
    (
        "涉及金额约 {amount} {asset}，这笔钱我急着用来交房租。",
        "在线客服先是让我等，后来什么也没说就结束了对话。",
        "每一步我都有截图，需要的话随时可以提供。",
        "几个月内已经是第二次了，所以才来投诉。",
        "朋友当晚做了同样的操作，完全没有问题。",
        "App页面上到现在还写着正在处理。",
        "请告诉我你们依据的是哪一条规则，在哪里可以看到。",
        "换了手机和网络再试，结果还是一样。",
        "银行已经书面确认，他们那边没有任何问题。",
        "我上夜班，请不要早上打电话，写信就可以。",
        "那天晚上，你们的状态页一直显示正常。",
        "税务顾问要求我在季度结束前拿到书面说明。",
        "上次更新以后，价格提醒总是晚几个小时才到。",
        "帮助文章里写的菜单现在已经找不到了。",
        "你们有位同事答应周四回电，结果没有打来。",
        "我用了六年，这是第一次投诉。",
        "最先回复的人显然没看前文。",
        "其中一半是孩子的学费，上周一就该缴。",
        "社区版主说，别处也有人反映类似情况。",
        "录屏都留着，上传却报错413。",
        "事前既无邮件也无推送说要维护。",
        "本人听力障碍，电话沟通不便，文字即可。",
        "单位不许公开争执，盼私下妥善更正。",
        "当时正在里斯本出差，只能连酒店网络。",
        "第三方浏览器周二中午起已标为最终状态。",
        "若再拒绝，下一步将找监察员。",
    ),
)
"""What one customer says and the next does not; by language."""

TOLD: Final = 5
"""Of these so many a customer."""

DEPARTS: Final = (
    "An earlier case on like facts ended otherwise: it lacked the records of this one.",
    "此前一宗事实相同的案件结果不同，当时缺少本案所依据的记录。",
)
"""Why a decision departs from one on like facts; by language."""

COUNTRIES: Final = ("DE", "DE", "FR", "FR", "IE", "ES", "NL", "PL", "AT", "IT")
"""Where they live; more often named, more often drawn."""

NAMES: Final = (
    (
        ("Anna", "Lukas", "Camille", "Pablo", "Aoife", "Marek", "Giulia", "Sanne"),
        ("Weber", "Moreau", "García", "Byrne", "Nowak", "Conti", "de Vries", "Gruber"),
    ),
    (
        ("伟", "芳", "静", "磊", "洋", "艳", "杰", "丽娟"),
        ("王", "李", "张", "刘", "陈", "杨", "赵", "黄"),
    ),
)
"""First and last names, English then Chinese."""

REJECTED: Final = (
    {
        "summary": "We do not uphold your complaint.",
        "reasons": (
            "We read the records of that day and your messages. What happened follows "
            "from the rule in force, and the rule was shown to you before."
        ),
        "finding": "The records show that the rule was applied as it was published.",
    },
    {
        "summary": "不支持您的投诉。",
        "reasons": "我们查阅了当天的记录和您的来信。处理结果符合当时有效的规则，"
        "该规则事先已向您展示。",
        "finding": "记录显示，规则是按公布的内容执行的。",
    },
)
