"""What each transition does to the clocks of its complaint, as one table."""

from dataclasses import dataclass

from complaints.registry import Done
from complaints.states import State, Step

ALL = tuple(Step)


@dataclass(frozen=True)
class Plan:
    """What a transition does to the clocks of its complaint, in this order."""

    stop: tuple[Step, ...] = ()
    start: tuple[Step, ...] = ()
    pause: bool = False
    resume: bool = False


PLANS: dict[str, Plan] = {
    "admit": Plan(
        stop=(Step.ADMIT, Step.FOLLOW_UP),
        start=(Step.FIRST_ANSWER, Step.INVESTIGATE),
    ),
    "refuse_admission": Plan(
        stop=(Step.ADMIT, Step.STATUTORY_DECISION), start=(Step.APPEAL_WINDOW,)
    ),
    "not_a_complaint": Plan(stop=ALL),
    "complete": Plan(
        stop=(Step.APPEAL_WINDOW,), start=(Step.ADMIT, Step.STATUTORY_DECISION)
    ),
    "ask_customer": Plan(stop=(Step.FIRST_ANSWER,), pause=True),
    "customer_answered": Plan(stop=(Step.ANSWER_CUSTOMER,), resume=True),
    "reroute": Plan(stop=(Step.ANSWER_CUSTOMER,), resume=True),
    # The first answer is one that the customer hears, and nobody tells them of a
    # proposal: its clock runs on until a question, a reply or the decision.
    "propose_decision": Plan(stop=(Step.INVESTIGATE,), start=(Step.DECIDE,)),
    "return_decision": Plan(stop=(Step.DECIDE,), start=(Step.INVESTIGATE,)),
    "approve_decision": Plan(start=(Step.EXECUTE_REMEDY,)),
    # What the decision already brought may still have to be carried out.
    "issue_decision": Plan(
        stop=tuple(step for step in ALL if step != Step.EXECUTE_REMEDY),
        start=(Step.APPEAL_WINDOW,),
    ),
    "accept": Plan(stop=(Step.APPEAL_WINDOW,), start=(Step.EXECUTE_REMEDY,)),
    "close": Plan(stop=ALL),
    "withdraw": Plan(stop=ALL),
    "merge_into": Plan(stop=ALL),
    "unmerge": Plan(start=(Step.STATUTORY_DECISION, Step.INVESTIGATE)),
    "lodge_appeal": Plan(stop=(Step.APPEAL_WINDOW, Step.EXECUTE_REMEDY)),
    "execute_award": Plan(start=(Step.EXECUTE_REMEDY,)),
}

AFTER_RULING: dict[str, Plan] = {
    State.REMEDYING: Plan(start=(Step.EXECUTE_REMEDY,)),
    State.INVESTIGATING: Plan(start=(Step.INVESTIGATE,)),
    State.RECEIVED: Plan(start=(Step.ADMIT,)),
}

AFTER_REOPENING: dict[str, Plan] = {
    State.INVESTIGATING: Plan(start=(Step.INVESTIGATE,)),
    State.RECEIVED: Plan(start=(Step.ADMIT,)),
}


def plan_of(done: Done) -> Plan:
    if done.transition == "conclude_appeal":
        return AFTER_RULING.get(done.target, Plan())
    if done.transition == "reopen":
        return AFTER_REOPENING[done.target]
    return PLANS.get(done.transition, Plan())
