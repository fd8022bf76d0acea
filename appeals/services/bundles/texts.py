"""Documents without a file of their own: plain text in the bundle's language."""

from collections.abc import Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from complaints.models import Complaint, Decision, Letter, Message
from complaints.templatetags.look import written


def of_complaint(complaint: Complaint) -> bytes:
    """The complaint as it was filed, its points with it."""
    lines = [
        _("Reference: %(reference)s") % {"reference": complaint.reference},
        _("Received: %(day)s") % {"day": written(localtime(complaint.received_at))},
        "",
        complaint.subject,
        "",
        complaint.description,
    ]
    points = [f"{point.number}. {point.text}" for point in complaint.points.all()]
    return _joined([*lines, *(["", *points] if points else [])])


def of_letter(letter: Letter) -> bytes:
    """Exactly what the ledger's hash of the letter was taken over."""
    return f"{letter.subject}\n\n{letter.body}".encode()


def of_message(message: Message, label: str) -> bytes:
    """What was said, and what came with it where that is longer."""
    lines = [
        label,
        written(localtime(message.at)),
        str(message.get_channel_display()),
        "",
        message.text,
    ]
    whole = message.full_text.strip()
    if whole and whole != message.text.strip():
        lines += ["", _("The whole of it as it came:"), "", message.full_text]
    return _joined(lines)


def of_decision(decision: Decision) -> bytes:
    """A proposal of the first stage: for our own people alone."""
    return _joined(_decision_lines(decision))


def _decision_lines(decision: Decision) -> Iterator[str]:
    yield f"D{decision.number} · {decision.get_status_display()}"
    yield f"{decision.get_outcome_display()}: {decision.summary}"
    if decision.proposed_by is not None:
        yield _("Proposed by %(name)s") % {"name": decision.proposed_by}
    yield from ("", decision.reasons, "")
    for finding in decision.findings.select_related("point"):
        yield f"{finding.point.number}. {finding.point.text}"
        yield f"   {finding.get_outcome_display()}: {finding.reasons}"
    for share in decision.shares.all():
        yield f"{share.get_bearer_display()}: {share.percent} %"
    for remedy in decision.live_remedies():
        yield f"- {remedy}"
    for row in decision.sign_offs.select_related("signer"):
        yield f"{row.get_capacity_display()}: {row.signer}"


def _joined(lines: list[str] | Iterator[str]) -> bytes:
    return ("\n".join(str(line) for line in lines).rstrip() + "\n").encode(
        errors="replace"
    )
