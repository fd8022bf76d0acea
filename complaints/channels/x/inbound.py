"""What comes from X, and what becomes of it; see ``channels.social``."""

from __future__ import annotations

from complaints.channels import social
from complaints.channels.inbound import Inbound
from complaints.channels.pipeline import Verdict, Way, Work
from complaints.channels.said import key_of, parsed
from complaints.channels.x import files, payload

PROVIDER = "x"


def external_id(raw: bytes) -> str:
    return key_of(raw, payload.read)


def parse(raw: bytes, account: str) -> Inbound:
    return parsed(raw, payload.read, provider=PROVIDER, account=account)


def decide(work: Work) -> Verdict:
    return social.unread(work) or social.decide(work, payload.read(work.inbound.raw))


def settled(work: Work, verdict: Verdict) -> None:
    if not work.inbound.problems:
        said = payload.read(work.inbound.raw)
        social.settled(work, verdict, said, channel=files.CHANNEL)


WAY = Way(
    provider=PROVIDER,
    external_id=external_id,
    parse=parse,
    decide=decide,
    settled=settled,
)
