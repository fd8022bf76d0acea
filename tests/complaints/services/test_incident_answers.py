"""Many members answered, signed and sent at once."""

from decimal import Decimal

import pytest

from complaints.services import decide
from complaints.services.incident_amounts import set_amounts
from complaints.services.incident_answers import ANSWER, SEND, SIGN
from complaints.services.incident_findings import set_finding
from tests import cases
from tests.complaints.services.incident_steps import (
    SHARED,
    WORDS,
    outcomes,
    run,
    with_members,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_each_gets_the_shared_finding_and_their_own_amount(people: People) -> None:
    incident, rows = with_members(people, "assigned", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)
    amounts = {rows[0].pk: Decimal("12.5"), rows[1].pk: None}
    set_amounts(
        incident=incident, amounts=amounts, asset="USDT", rate=Decimal(1), actor=lead
    )

    answered = run(people.security, incident, ANSWER, rows)

    assert outcomes(answered) == ["done", "done"]
    first, second = (case.decisions.get() for case in rows)
    assert first.summary == "You get 12.50 USDT back."
    assert [r.plain_amount for r in first.live_remedies()] == ["12.5"]
    assert [r.kind for r in second.live_remedies()] == ["apology"]
    assert {f.reasons for f in first.findings.all()} == {"The hold failed."}
    evidence = {f.evidence.get().source for f in first.findings.all()}
    assert (evidence, first.cause) == ({"incident"}, "software_fault")

    assert outcomes(run(lead, incident, SIGN, rows)) == ["done", "done"]
    signed = run(people.compliance_officer, incident, SIGN, rows)
    assert outcomes(signed) == ["done", "done"]
    sent = run(people.security, incident, SEND, rows)
    assert [item["outcome"] for item in sent.items] == ["done", "refused"]
    assert "not done yet" in sent.items[1]["words"]
    rows[0].refresh_from_db()
    assert rows[0].state == "answered"
    assert rows[0].letters.filter(kind="decision").exists()


def test_what_somebody_changed_by_hand_is_left_to_them(people: People) -> None:
    incident, (mine, begun) = with_members(people, "investigating", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)
    decide.write_draft(complaint=begun, actor=people.security, summary="My own words")

    done = run(people.security, incident, ANSWER, [mine, begun])

    assert outcomes(done) == ["done", "refused"]
    assert begun.decisions.get().summary == "My own words"
    cases.perform(mine, "return_decision", actor=lead, comment="Say more.")
    decide.write_draft(complaint=mine, actor=people.security, summary="Otherwise")
    cases.perform(mine, "propose_decision", actor=people.security)
    signed = run(lead, incident, SIGN, [mine])
    assert outcomes(signed) == ["refused"]
    assert "sign it on its page" in signed.items[0]["words"]
