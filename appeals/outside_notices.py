"""What is announced of the outside stage: to customer, our people and arbitrators."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from appeals.independence import ties_to
from appeals.judges import choosers, judges
from appeals.models import Side
from complaints import outbox, profiles
from complaints.models import Complaint, Outbox
from complaints.notifications import notice, send
from complaints.profiles import Profile
from complaints.registry import Done
from complaints.staff_notices import in_role, tell
from complaints.states import Channel, LetterKind
from complaints.transitions import Words
from complaints.untied import Level, hand_on, raise_to
from teams.models import User
from teams.roles import Role

NEWS = "arbitration_news"
"""``Outbox.kind`` of a mail to an arbitrator without any link."""


def route_name(referral: Any) -> Words:
    """What the body is called, in the language in force."""
    known = profiles.by_key(referral.complaint.profile_key).outside_routes
    names: dict[str, Words] = {route.code: route.name for route in known}
    return names.get(referral.route, str(referral.route))


# The customer -------------------------------------------------------------------------

Paragraphs = Callable[[Any], Iterable[str]]


def _letter(
    done: Done, headline: Words, said: Paragraphs, by: datetime | None = None
) -> None:
    """One letter of the outside stage; ``said`` is asked in the letter's language."""

    def facts(_complaint: Complaint, _profile: Profile) -> Mapping[str, Any]:
        return {"headline": headline, "news": list(said(done.obj)), "by": by}

    send(LetterKind.OUTSIDE, done, facts)


@notice("referral", "consent_recorded")
def referred(done: Done) -> None:
    def said(row: Any) -> Iterable[str]:
        yield gettext("You took your case to: %(body)s.") % {"body": route_name(row)}
        yield gettext(
            "You agreed to take part (text of %(version)s). You can end that at any "
            "time before a decision is made there."
        ) % {"version": row.consent_version}
        if row.is_arbitration:
            yield gettext(
                "We appoint the independent arbitrator with the fewest cases on the "
                "register. Once they have declared that nothing ties them to you or to "
                "us, we tell you who it is."
            )
        else:
            yield gettext(
                "You write to the body yourself. We answer what it asks us, and carry "
                "out what it decides against us."
            )

    _letter(done, _("your case goes to an outside body"), said)


@notice("referral", "begin_hearing")
def hearing_begun(done: Done) -> None:
    def said(row: Any) -> Iterable[str]:
        seats = row.seats.filter(left_at=None).select_related("arbitrator")
        names = [f"{s.arbitrator}, {s.arbitrator.chamber}".strip(", ") for s in seats]
        yield gettext("It is decided by: %(names)s.") % {"names": "; ".join(names)}
        yield gettext(
            "They declared that nothing ties them to you, to our people or to us. They "
            "read one file, the same that you can take away, and may ask both sides in "
            "writing. You read every question and every answer."
        )

    _letter(done, _("an arbitrator has your case"), said)


@notice("referral", "arbitrator_asked", "arbitrator_ordered")
def put_to_somebody(done: Done) -> None:
    """To the side that it was put to."""
    row, asks = done.fields["row"], done.transition == "arbitrator_asked"
    due = row.answer_by if asks else row.due_at
    if row.side == Side.COMPANY:
        subject = _("Appeal in %(reference)s: the arbitrator wants an answer")
        _tell(done, _those_who_heard(done), subject, _("It stands on its page."))
        return

    def said(_referral: Any) -> Iterable[str]:
        if asks:
            yield gettext("The arbitrator asks you:")
        else:
            yield gettext("The arbitrator orders you to do this:")
        yield row.text
        yield gettext(
            "Answer on the page of your appeal. If nothing comes by then, the "
            "arbitrator goes on with what there is."
        )

    headline = (
        _("a question of the arbitrator") if asks else _("an order of the arbitrator")
    )
    _letter(done, headline, said, by=due)


@notice("referral", "arbitrator_accepted")
def replaced(done: Done) -> None:
    """Whoever took a seat in the middle of a hearing; the first are told together."""
    if not done.fields["replaces"]:
        return

    def said(row: Any) -> Iterable[str]:
        seats = row.seats.filter(left_at=None).select_related("arbitrator")
        seat = seats.get(seat=done.event.payload["seat"])
        who = f"{seat.arbitrator}, {seat.arbitrator.chamber}".strip(", ")
        yield gettext("In the place of somebody who left sits: %(name)s.") % {
            "name": who
        }
        yield gettext(
            "This person too declared that nothing ties them to you, to our people or "
            "to us. What was asked and answered so far stands."
        )

    _letter(done, _("another arbitrator has your case"), said)


OBJECTED = _("Appeal in %(reference)s: the customer objects to an arbitrator")
DECIDE_ON_IT = _("Decide on it with reasons on the page of the outside stage.")


@notice("referral", "arbitrator_objected")
def objected(done: Done) -> None:
    """To whoever decides it; the customer reads what the exchange objects to."""
    row = done.fields["row"]
    if row.side == Side.CUSTOMER:
        found = judges(done.obj)
        if found.level == Level.DESK:
            _tell(done, found.people, OBJECTED, DECIDE_ON_IT)
        return
    _news(done, row.seat)

    def said(_referral: Any) -> Iterable[str]:
        yield gettext("We objected to %(name)s, with this reason:") % {
            "name": row.seat.arbitrator
        }
        yield row.reason
        yield gettext(
            "We do not decide on that ourselves: the arbitrator steps aside, or says "
            "why not."
        )

    _letter(done, _("we object to an arbitrator"), said)


@notice("referral", "objection_passed_on")
def pass_on(done: Done) -> None:
    """Whoever would decide it is tied: by name to whoever comes after them."""
    found = done.fields["found"]
    if found.level == Level.DESK:
        _tell(done, found.people, OBJECTED, DECIDE_ON_IT)
    hand_on(done, found, OBJECTED, DECIDE_ON_IT, _page(done))


@notice("referral", "arbitrator_objection_decided")
def objection_decided(done: Done) -> None:
    row = done.fields["row"]

    def said(_referral: Any) -> Iterable[str]:
        name = {"name": row.seat.arbitrator}
        if row.upheld:
            yield gettext("%(name)s decides your case no more.") % name
            yield gettext("We appoint somebody else and tell you who it is.")
        else:
            yield gettext("%(name)s stays on your case.") % name
        yield gettext("The reasons:")
        yield row.answer

    _letter(done, _("the objection to an arbitrator is decided"), said)


@notice("referral", "make_award")
def awarded(done: Done) -> None:
    def said(row: Any) -> Iterable[str]:
        yield row.award.summary
        for owed in row.award.remedies.all():
            words = gettext("%(what)s, by %(day)s.")
            yield words % {"what": _owed(owed), "day": f"{owed.due_on:%Y-%m-%d}"}
        yield gettext(
            "The award binds us. Its reasons stand on the page of your appeal; we "
            "tell you when it is carried out."
        )

    _letter(done, _("the arbitrator has decided"), said)
    subject = _("Appeal in %(reference)s: the award is made")
    body = _("Prepare what is to be carried out, and have it signed off.")
    _tell(done, _those_who_heard(done) | in_role("desk", Role.HEAD), subject, body)


def _owed(owed: Any) -> str:
    words = str(owed.get_kind_display())
    if owed.is_money:
        words = f"{words}: {owed.amount.normalize():f} {owed.asset}"
    return f"{words} ({owed.description})" if owed.description else words


@notice("referral", "note_award")
def noted(done: Done) -> None:
    def said(row: Any) -> Iterable[str]:
        yield gettext("%(body)s has decided your case.") % {"body": route_name(row)}
        yield gettext("We carry out what it says against us, and tell you when it is.")

    _letter(done, _("the outside body has decided"), said)


@notice("referral", "end")
def ended(done: Done) -> None:
    def said(row: Any) -> Iterable[str]:
        yield gettext("%(body)s does not decide your case.") % {"body": route_name(row)}
        yield gettext("The ruling on your appeal stands; the other routes stay open.")

    _letter(done, _("the outside stage ended without an award"), said)


@notice("referral", "finish")
def carried_out(done: Done) -> None:
    if done.source != "carrying_out":
        return

    def said(_row: Any) -> Iterable[str]:
        yield gettext("Everything that was awarded to you is carried out.")

    _letter(done, _("the award is carried out"), said)


# Our own people -----------------------------------------------------------------------


def _those_who_heard(done: Done) -> set[User]:
    people = {done.obj.appeal.reviewer, *in_role("appeals", Role.LEAD)}
    return {person for person in people if person is not None}


@notice("referral", "no_arbitrator")
def escalate(done: Done) -> None:
    """Nobody independent is left on the register: the head has to see to it."""
    raise_to(
        done,
        choosers(),
        ties_to(done.obj.appeal),
        _("Appeal in %(reference)s: no independent arbitrator is left"),
        _(
            "Everybody on the register is tied to this case or sat on it before. Add "
            "an arbitrator, then appoint again on the page of the outside stage."
        ),
        _page(done),
    )


@notice("referral", "arbitrator_link_guessed")
def warn(done: Done) -> None:
    _tell(
        done,
        choosers(),
        _("Appeal in %(reference)s: an arbitrator's link was taken back"),
        _(
            "Somebody entered too many wrong codes there. Talk to the arbitrator, then "
            "send a new link."
        ),
    )


def _tell(done: Done, people: Iterable[User], subject: Words, body: Words) -> None:
    tell(done, people, subject, body, _page(done))


def _page(done: Done) -> str:
    return f"/admin/appeals/appeal/{done.obj.appeal_id}/outside/"


# The arbitrators ----------------------------------------------------------------------


@notice("referral", "arbitrator_answered", "arbitrator_order_done")
def tell_arbitrators(done: Done) -> None:
    """That something came, and nothing of what: the link of before opens the page."""
    for seat in done.obj.seats.filter(left_at=None).select_related("arbitrator"):
        _news(done, seat)


def _news(done: Done, seat: Any) -> None:
    person = seat.arbitrator
    with override(person.language):
        facts = {"name": person.full_name, "reference": done.obj.case.reference}
        subject = gettext("Arbitration %(reference)s: a side wrote") % facts
        body = (
            gettext(
                "%(name)s,\n\na side wrote in %(reference)s. Open your page by the "
                "link that we sent you before."
            )
            % facts
        )
    outbox.put(
        Outbox(
            key=f"{NEWS}:{done.event.stream}#{done.event.seq}:{seat.pk}",
            kind=NEWS,
            complaint=done.obj.case,
            channel=Channel.EMAIL,
            recipient=person.email,
            recipient_name=person.full_name[:200],
            subject=subject[:200],
            body=body,
            due_at=done.now,
            created_at=done.now,
        )
    )
