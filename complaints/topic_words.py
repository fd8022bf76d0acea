"""Words by which people name what happened to them, in both languages, by topic.

Rules before any learning: whoever reads a suggestion sees the words it rests on.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

TOPIC_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "trading.liquidation": (
        *("liquidated", "liquidation", "margin call", "auto-deleveraged"),
        *("强平", "爆仓", "强制平仓", "穿仓", "自动减仓"),
    ),
    "trading.execution": (
        *("slippage", "stop loss", "stop-loss", "order not executed", "not filled"),
        *("滑点", "止损", "未成交", "委托", "挂单"),
    ),
    "trading.price": ("wrong price", "index price", "mark price", "插针", "标记价格"),
    "security.takeover": (
        *("hacked", "somebody else logged", "someone logged", "sim swap", "taken over"),
        *("被盗号", "被他人登录", "异地登录", "盗号", "账号被盗"),
    ),
    "security.unauthorised-withdrawal": (
        *("unauthorised", "unauthorized", "stolen", "did not make", "not me"),
        *("被盗", "盗币", "盗走", "非本人", "不是我操作"),
    ),
    "security.locked-out": (
        *("locked out", "cannot log in", "can't log in", "lost my authenticator"),
        *("无法登录", "登不上", "登录不了", "验证器丢失"),
    ),
    "technical.outage": ("outage", "went down", "system down", "宕机", "系统维护"),
    "technical.app": (
        "app crashes",
        "app logged me out",
        "crash",
        "blank screen",
        "闪退",
        "白屏",
        "卡死",
    ),
    "technical.api": ("api key", "api error", "websocket", "api 报错", "接口报错"),
    "service.no-answer": (
        *("no answer", "no reply", "nobody answers", "ignored"),
        *("without an answer", "automatic reply"),
        *("没人回复", "无人回复", "不回复", "没有回应"),
    ),
    "service.conduct": ("rude", "insulted", "unprofessional", "态度恶劣", "辱骂"),
    "deposits.missing": (
        *("deposit not credited", "deposit missing", "never arrived"),
        *("充值未到账", "充值没到账", "没有到账", "未入账"),
    ),
    "deposits.wrong-network": ("wrong network", "wrong chain", "充错", "转错链"),
    "withdrawals.delayed": (
        *("withdrawal pending", "withdrawal delayed", "still pending"),
        *("提现延迟", "提现未到账", "提币未到", "提现一直", "申请提现"),
    ),
    "withdrawals.refused": (
        *("withdrawal refused", "withdrawal rejected", "withdrawal held", "frozen"),
        *("提现被拒", "提币被拒", "冻结", "风控"),
    ),
    "fees.unexpected": ("hidden fee", "fee", "charged", "手续费", "扣费"),
    "fees.funding": ("funding rate", "funding fee", "资金费率"),
    "identity.rejected": (
        *("verification rejected", "kyc rejected", "kyc failed"),
        *("认证失败", "认证被拒", "实名失败", "身份认证", "材料不符合"),
    ),
    "identity.delayed": ("kyc pending", "verification pending", "认证一直"),
    "identity.privacy": ("my data", "gdpr", "personal data", "个人信息", "泄露隐私"),
    "fraud.phishing": (
        *("phishing", "fake support", "fake website", "seed phrase"),
        *("from your support", "read out a code"),
        *("钓鱼", "假客服", "冒充客服", "助记词"),
    ),
    "fraud.investment": (
        *("romance", "investment scam", "scammed", "guaranteed profit"),
        *("杀猪盘", "被骗", "诈骗", "带单"),
    ),
    "p2p.unpaid": (
        *("did not pay", "p2p seller", "p2p buyer", "marked the order as paid"),
        *("shows no payment", "未付款", "没付款"),
    ),
    "p2p.frozen-bank": ("bank account frozen", "bank froze", "冻卡", "银行卡被冻"),
}
"""Category -> phrases in small letters; Chinese ones are found inside any sentence."""

DANGER: Final = (
    *("hacked", "stolen", "unauthorised", "unauthorized", "drained", "right now"),
    *("被盗", "盗走", "正在转出", "紧急", "清空"),
)
"""Words that say that something may still be going on."""

CHINESE = re.compile("[\u3400-\u9fff]")
_MUCH = 0.2


@dataclass(frozen=True)
class Hit:
    """A topic and the phrases that speak for it."""

    code: str
    words: tuple[str, ...]


def topics_in(text: str) -> list[Hit]:
    """Topics that ``text`` names, the one with the most words first."""
    plain = _plain(text)
    hits = [Hit(code, tuple(_found(plain, TOPIC_WORDS[code]))) for code in TOPIC_WORDS]
    return sorted((hit for hit in hits if hit.words), key=_weight, reverse=True)


def danger_in(text: str) -> tuple[str, ...]:
    return tuple(_found(_plain(text), DANGER))


def language_of(text: str) -> str:
    """``zh-hans`` or ``en``, by its letters; "" where there are too few to tell."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 8:
        return ""
    share = sum(1 for char in letters if CHINESE.match(char)) / len(letters)
    return "zh-hans" if share > _MUCH else "en"


def _weight(hit: Hit) -> tuple[int, int]:
    """More phrases first; of equals the longer ones, which say more."""
    return len(hit.words), sum(map(len, hit.words))


def _found(plain: str, phrases: tuple[str, ...]) -> Iterator[str]:
    return (phrase for phrase in phrases if _pattern(phrase).search(plain))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    whole = re.escape(phrase).replace(r"\ ", r"\s+")
    return re.compile(whole if CHINESE.search(phrase) else rf"\b{whole}s?\b")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
