"""What happens to a case that is looked into, through the services."""

from datetime import timedelta
from decimal import Decimal

from appeals.demo.played import RATES, Play
from complaints.models import Complaint
from complaints.permissions import viewer_of
from complaints.services import correspond, decide, protect
from complaints.services.evidence import Upload, add_evidence
from complaints.states import DecisionStatus, Executor, InterimKind, State
from complaints.workflow import perform
from teams.models import User
from teams.system import system_actor


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
