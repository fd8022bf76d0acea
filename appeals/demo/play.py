"""Walks a story to where it stands, through the services, in its own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from appeals.demo.people import CUSTOMERS, Cast
from appeals.demo.stories import Story
from appeals.demo.words import Words, words_of
from appeals.models import Appeal
from appeals.services import NewGround, answer_ground, lodge, write_ruling
from complaints.models import Category, Complaint
from complaints.permissions import viewer_of
from complaints.services import correspond, decide, intake, protect
from complaints.services.evidence import Upload, add_evidence
from complaints.services.intake import Filing
from complaints.services.relay import relay_due
from complaints.states import DecisionStatus, Executor, InterimKind, State
from complaints.workflow import perform
from teams.models import Team, User
from teams.system import system_actor

RATES = {
    "USDT": Decimal("0.92"),
    "USDC": Decimal("0.92"),
    "BTC": Decimal(88_000),
    "ETH": Decimal(2_900),
}
"""Units of EUR for one of the asset, as the demo knows them."""

HANDLERS = {
    "security": "security",
    "risk": "risk",
    "tech": "tech",
    "support": "support",
    "compliance": "compliance-officer",
}
LEADS = {
    "security": "security-lead",
    "risk": "risk-lead",
    "tech": "tech-lead",
    "support": "support-lead",
    "compliance": "compliance-officer",
}
COUNTRIES = {name: country for name, _f, _l, _lang, country in CUSTOMERS}


@dataclass
class Play:
    """One story on its way: the case, its people, and the demo's own clock."""

    story: Story
    cast: Cast
    case: Complaint
    now: datetime
    present: datetime
    words: Words

    @property
    def handler(self) -> User:
        return self.cast[HANDLERS[self.case.team.code]]

    @property
    def lead(self) -> User:
        return self.cast[LEADS[self.case.team.code]]

    def later(self, hours: float) -> datetime:
        """Some hours on, never past the present that the story began with."""
        self.now += timedelta(hours=hours)
        return self.now


def play(story: Story, cast: Cast, present: datetime) -> Complaint:
    """File the story and walk it to its state."""
    begun = present - timedelta(days=story.age)
    case = _file(story, cast, begun)
    walk = Play(
        story, cast, case, begun, present, words_of(case.language, story.category)
    )
    relay_due(now=begun)
    for act in ACTS[story.until]:
        act(walk)
        relay_due(now=walk.now)
    return case


def _file(story: Story, cast: Cast, now: datetime) -> Complaint:
    user = cast[story.customer]
    party = intake.party_of_user(user)
    if not party.country:
        party.country = COUNTRIES[story.customer]
        party.save(update_fields=["country"])
    category = Category.objects.get(code=story.category)
    case = intake.file_complaint(
        filing=Filing(
            customer=party,
            channel=story.channel,
            subject=story.subject,
            description=story.text,
            language=user.language,
            points=story.points,
            category=category,
            funds_at_risk=story.at_risk,
            asset=story.asset if story.amount else "",
            amount=Decimal(story.amount) if story.amount else None,
            desired_outcome=story.desired,
            identifiers=story.ids,
        ),
        actor=user,
        now=now,
    )
    for name, text in story.evidence:
        add_evidence(
            complaint=case, upload=Upload(name, text.encode()), actor=user, now=now
        )
    return case


# Acts -------------------------------------------------------------------------------


def protect_account(walk: Play) -> None:
    if not walk.story.at_risk:
        return
    measure = protect.impose(
        complaint=walk.case,
        kind=InterimKind.WITHDRAWAL_LOCK,
        reason=walk.words.protect,
        actor=walk.cast["security"],
        now=walk.later(0.05),
    )
    if walk.story.age > 1:
        protect.review_interim(
            measure=measure,
            upheld=True,
            actor=walk.cast["security-lead"],
            now=walk.later(1),
        )


def admit(walk: Play) -> None:
    category = walk.case.category
    assert category is not None  # noqa: S101 - every story names one
    perform(
        walk.case,
        "admit",
        actor=walk.cast["support"],
        now=walk.later(min(2.0, walk.story.age * 4)),
        category=category,
        team=category.team,
        severity=walk.case.severity,
        complexity="medium",
        impact="high" if walk.story.amount else "low",
        funds_at_risk=walk.story.at_risk,
    )


def take(walk: Play) -> None:
    perform(walk.case, "take", actor=walk.handler, now=walk.later(3))


def talk(walk: Play) -> None:
    correspond.customer_writes(
        complaint=walk.case,
        text=walk.words.customer,
        actor=walk.cast[walk.story.customer],
        now=walk.later(2),
    )
    correspond.reply(
        complaint=walk.case,
        text=walk.words.reply,
        actor=walk.handler,
        now=walk.later(4),
    )
    correspond.note(
        complaint=walk.case, text=walk.words.note, actor=walk.handler, now=walk.later(1)
    )


def ask(walk: Play) -> None:
    perform(
        walk.case,
        "ask_customer",
        actor=walk.handler,
        now=walk.later(2),
        question=walk.story.question,
        answer_by=walk.now + timedelta(days=max(7.0, walk.story.age + 5)),
    )


def draft(walk: Play) -> None:
    evidence = add_evidence(
        complaint=walk.case,
        upload=Upload("records.txt", walk.words.records.encode()),
        actor=walk.handler,
        kind="system_log",
        source=walk.words.source,
        shared=True,
        now=walk.later(12),
    )
    for point in walk.case.points.all():
        decide.set_finding(
            complaint=walk.case,
            actor=walk.handler,
            finding=decide.NewFinding(
                point=point,
                outcome="upheld" if point.number == 1 else "partly_upheld",
                reasons=walk.words.finding,
                rule=walk.words.rule,
                evidence=(evidence,),
            ),
        )
    decide.set_shares(complaint=walk.case, actor=walk.handler, shares=walk.words.shares)
    decide.write_draft(
        complaint=walk.case,
        actor=walk.handler,
        outcome=walk.words.outcome,
        summary=walk.words.summary(walk.story.refund, walk.story.asset),
        reasons=walk.words.reasons,
        what_changes=walk.words.changes,
        precedents_seen=True,
        cause="process_not_followed",
    )
    _draft_remedies(walk)


def _draft_remedies(walk: Play) -> None:
    apology = decide.NewRemedy(kind="apology", description=walk.words.apology)
    decide.add_remedy(complaint=walk.case, remedy=apology, actor=walk.handler)
    if not walk.story.refund:
        return
    refund = decide.NewRemedy(
        kind="refund",
        description=walk.words.refund,
        amount=Decimal(walk.story.refund),
        asset=walk.story.asset or "USDT",
        rate=RATES[walk.story.asset or "USDT"],
        rate_at=walk.now,
        on_acceptance=True,
        # What a story paid long ago, the ledger of today never heard of.
        executor=Executor.MANUAL if walk.story.until == State.CLOSED else "",
        destination=f"UID {walk.cast[walk.story.customer].account_id}",
    )
    decide.add_remedy(complaint=walk.case, remedy=refund, actor=walk.handler)


def propose(walk: Play) -> None:
    perform(walk.case, "propose_decision", actor=walk.handler, now=walk.later(6))


def approve(walk: Play) -> None:
    """Everybody whose sign-off the band and the category ask for, then approval."""
    last = walk.lead
    for signer in (walk.lead, *(walk.cast[n] for n in SIGNERS)):
        if _may_sign(walk.case, signer):
            perform(walk.case, "sign_off", actor=signer, now=walk.later(2))
            last = signer
    perform(walk.case, "approve_decision", actor=last, now=walk.later(0.5))


SIGNERS = ("approver", "legal", "compliance-officer")


def _may_sign(case: Complaint, signer: User) -> bool:
    decision = case.current_decision(DecisionStatus.PROPOSED)
    return bool(decision and decision.capacity_for(viewer_of(signer)))


def apologise(walk: Play) -> None:
    """The remedies that need no acceptance are carried out."""
    for remedy in walk.case.remedies.filter(state="approved", on_acceptance=False):
        perform(remedy, "start", actor=walk.cast["executor"], now=walk.later(1))
        perform(remedy, "complete", actor=walk.cast["executor"], now=walk.later(1))


def issue(walk: Play) -> None:
    perform(walk.case, "issue_decision", actor=system_actor(), now=walk.later(1))


def accept(walk: Play) -> None:
    perform(
        walk.case, "accept", actor=walk.cast[walk.story.customer], now=walk.later(20)
    )
    for remedy in walk.case.remedies.filter(state="accepted"):
        perform(remedy, "start", actor=walk.cast["executor"], now=walk.later(5))
        perform(
            remedy,
            "complete",
            actor=walk.cast["executor"],
            now=walk.later(1),
            proof=f"ledger-{remedy.pk:06d}",
        )


def close(walk: Play) -> None:
    perform(
        walk.case,
        "close",
        actor=walk.lead,
        now=walk.later(2),
        cause_scope="recurring",
        lesson=walk.words.lesson,
    )


def refuse(walk: Play) -> None:
    perform(
        walk.case,
        "refuse_admission",
        actor=walk.cast["support-lead"],
        now=walk.later(8),
        ground="not_about_our_services",
        explanation=walk.words.refusal,
    )


def enquiry(walk: Play) -> None:
    perform(
        walk.case,
        "not_a_complaint",
        actor=walk.cast["support-lead"],
        now=walk.later(3),
        closing_reason="enquiry",
        explanation=walk.words.enquiry,
    )


def withdraw(walk: Play) -> None:
    perform(
        walk.case,
        "withdraw",
        actor=walk.cast[walk.story.customer],
        now=walk.later(30),
    )


def merge(walk: Play) -> None:
    survivor = (
        Complaint.objects.filter(customer=walk.case.customer)
        .exclude(pk=walk.case.pk)
        .order_by("pk")
        .first()
    )
    # Support still sees a case of another team only while it triages it itself.
    perform(
        walk.case,
        "admit",
        actor=walk.cast["support"],
        now=walk.later(1),
        category=walk.case.category,
        team=Team.objects.get(code="risk"),
        severity="high",
        complexity="low",
        impact="low",
    )
    perform(
        walk.case,
        "merge_into",
        actor=walk.cast["risk"],
        now=walk.later(2),
        survivor=survivor,
        reason=walk.words.merge,
    )


def appeal(walk: Play) -> None:
    """Lodged lately where the review is still to come."""
    if walk.story.until == State.APPEALED:
        walk.now = max(walk.now, walk.present - timedelta(days=4))
    point = walk.case.points.get(number=1)
    lodge(
        complaint=walk.case,
        grounds=[
            NewGround(kind="remedy_too_small", text=walk.words.ground, point=point)
        ],
        statement=walk.words.appeal,
        actor=walk.cast[walk.story.customer],
        now=walk.later(60),
    )
    walk.case.refresh_from_db()


def rule(walk: Play) -> None:
    lodged = Appeal.objects.get(complaint=walk.case)
    reviewer = lodged.reviewer
    assert reviewer is not None  # noqa: S101 - the demo's appeals team is independent
    perform(lodged, "admit", actor=reviewer, now=walk.later(20))
    perform(lodged, "start_review", actor=reviewer, now=walk.later(4))
    for ground in lodged.grounds.all():
        answer_ground(
            ground=ground,
            accepted=False,
            answer=walk.words.ground_answer,
            actor=reviewer,
        )
    write_ruling(
        appeal=lodged,
        outcome="confirmed",
        summary=walk.words.ruling,
        reasons=walk.words.ruling_reasons,
        lesson="",
        actor=reviewer,
    )
    lodged.refresh_from_db()
    perform(lodged, "rule", actor=reviewer, now=walk.later(30))
    walk.case.refresh_from_db()


Act = Callable[[Play], None]
_ADMITTED: tuple[Act, ...] = (protect_account, admit)
_WORKED: tuple[Act, ...] = (*_ADMITTED, take, talk)
_PROPOSED: tuple[Act, ...] = (*_WORKED, draft, propose)
_APPROVED: tuple[Act, ...] = (*_PROPOSED, approve)
_ANSWERED: tuple[Act, ...] = (*_APPROVED, apologise, issue)

ACTS: dict[str, tuple[Act, ...]] = {
    State.RECEIVED: (protect_account,),
    State.ASSIGNED: _ADMITTED,
    State.INVESTIGATING: _WORKED,
    State.AWAITING_CUSTOMER: (*_WORKED, ask),
    State.IN_REVIEW: _PROPOSED,
    State.REMEDYING: _APPROVED,
    State.ANSWERED: _ANSWERED,
    State.CLOSED: (*_ANSWERED, accept, close),
    State.INADMISSIBLE: (refuse,),
    State.WITHDRAWN: (admit, withdraw),
    State.MERGED: (merge,),
    State.APPEALED: (*_ANSWERED, appeal),
    "enquiry": (enquiry,),
    "ruled": (*_ANSWERED, appeal, rule),
}
"""State (or the end of a story) -> the acts that lead there."""
