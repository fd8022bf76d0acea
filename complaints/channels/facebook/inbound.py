"""What comes from Facebook, and what becomes of it; see ``channels.social``."""

from __future__ import annotations

from complaints.channels import social
from complaints.channels.facebook import payload
from complaints.channels.inbound import Inbound
from complaints.channels.pipeline import Verdict, Way, Work

PROVIDER = "facebook"


def external_id(raw: bytes) -> str:
    return payload.read(raw).key


def parse(raw: bytes, account: str) -> Inbound:
    said = payload.read(raw)
    return social.inbound_of(said, provider=PROVIDER, account=account, raw=raw)


def decide(work: Work) -> Verdict:
    return social.unreadable(work) or social.decide(work, _said(work))


def settled(work: Work, verdict: Verdict) -> None:
    if not work.inbound.problems:
        social.settled(work, verdict, _said(work))


def _said(work: Work) -> social.Said:
    return payload.read(work.inbound.raw)


WAY = Way(
    provider=PROVIDER,
    external_id=external_id,
    parse=parse,
    decide=decide,
    settled=settled,
)
