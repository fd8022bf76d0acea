"""The words of the pages that are text alone; each sentence is true of this desk."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.profiles import Profile
from complaints.states import Step

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STEPS: "Final[dict[Step, StrPromise]]" = {
    Step.ACKNOWLEDGE: gettext_lazy("A receipt with your reference, from receipt"),
    Step.ADMIT: gettext_lazy("Whether we take it up, from receipt"),
    Step.FIRST_ANSWER: gettext_lazy(
        "We have read it and ask for what is missing, from taking it up"
    ),
    Step.INVESTIGATE: gettext_lazy(
        "From taking it up; stands still while we wait for you"
    ),
    Step.DECIDE: gettext_lazy("Second person checks the draft, then you hear"),
    Step.STATUTORY_DECISION: gettext_lazy("From receipt; nothing stops this limit"),
    Step.EXECUTE_REMEDY: gettext_lazy("From the moment it is due"),
    Step.APPEAL_WINDOW: gettext_lazy(
        "For you, from the decision; later with a good reason"
    ),
    Step.APPEAL_RULE: gettext_lazy("By people who had no part in the decision"),
}


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    title: str
    lead: str
    sections: tuple[Section, ...]
    foot: str = ""


def notices() -> Page:
    return Page(
        _("Notices"),
        _("Warnings that stand at all times."),
        (
            Section(
                _("What we never ask for"),
                (
                    _("Your password, a one-time code, or the words of your wallet."),
                    _("A payment: complaints and appeals are free."),
                    _("A transfer “to check” or “to unlock” your account."),
                ),
            ),
            Section(
                _("People who promise to get your money back"),
                (
                    _("Whoever asks for a fee in advance is likely to take that too."),
                    _("We work with no recovery agents and send nobody to you."),
                ),
            ),
            Section(
                _("How to know that a message is ours"),
                (
                    _("It names your reference, and the same stands in your account."),
                    _("In doubt, open this site by yourself and look there."),
                ),
            ),
        ),
    )


def learn() -> Page:
    return Page(
        _("Before you complain"),
        _("Three things that often settle a matter sooner."),
        (
            Section(
                _("If somebody else is in your account"),
                (
                    _("Tell us at once on the first page; we freeze first."),
                    _("Change the password of your mailbox from another device."),
                    _("Keep messages and screenshots; delete nothing."),
                ),
            ),
            Section(
                _("If a transfer does not arrive"),
                (
                    _("Look up its transaction ID in a public block explorer."),
                    _("Compare network and address, and the memo where one is needed."),
                    _("A confirmed transfer cannot be called back by anybody."),
                ),
            ),
            Section(
                _("What helps us decide"),
                (
                    _("What happened, in the order in which it happened."),
                    _("Transaction IDs, times with time zone, screenshots."),
                    _("What you want us to do."),
                ),
            ),
        ),
    )


def accessibility() -> Page:
    return Page(
        _("Accessibility"),
        _("We build these pages for WCAG 2.2, level AA."),
        (
            Section(
                _("What works"),
                (
                    _("Every page works with the keyboard alone and without scripts."),
                    _("Nothing is told by colour alone, and text grows to 200 %."),
                    _("You can complain by telephone or letter instead."),
                ),
            ),
            Section(
                _("What we do not know yet"),
                (
                    _("No outside audit has confirmed the level."),
                    _("Files that you or others send us are shown as they are."),
                ),
            ),
            Section(
                _("If something is in your way"),
                (_("Write or call us under “Other ways to reach us”."),),
            ),
        ),
    )


def privacy(profile: Profile) -> Page:
    """The notice of Art 13 GDPR, in the version that complaints name."""
    numbers = {
        "years": profile.retention.years,
        "most": profile.retention.most_years,
        "contact": profile.contact.address,
        "email": profile.contact.email,
    }
    return Page(
        _("Privacy"),
        _("What we do with what you tell us in a complaint."),
        (
            Section(
                _("Who answers for it"),
                (
                    _("%(contact)s, %(email)s") % numbers,
                    _(
                        "Questions about data protection go to the same address; "
                        "write “data protection officer” on them."
                    ),
                ),
            ),
            Section(
                _("What for, and on what basis"),
                (
                    _(
                        "To register, investigate and answer your complaint: the law "
                        "obliges us to (Art 6(1)(c) GDPR, Art 71 MiCA)."
                    ),
                    _(
                        "To protect accounts and to defend claims: our legitimate "
                        "interest (Art 6(1)(f) GDPR)."
                    ),
                ),
            ),
            Section(
                _("Who receives it"),
                (
                    _("The staff who work on your case, and nobody else here."),
                    _(
                        "A supervisory authority, ombudsman, court or arbitrator, "
                        "where the law or your own step brings the case there."
                    ),
                    _(
                        "We pass nothing outside the European Economic Area, unless "
                        "you chose to write to us by a service that stands there."
                    ),
                ),
            ),
            Section(
                _("How long"),
                (
                    _(
                        "%(years)d years after the case is closed; up to %(most)d "
                        "where an authority asks for it."
                    )
                    % numbers,
                ),
            ),
            Section(
                _("Your rights"),
                (
                    _("Access, a copy, and correction, which we note beside the text."),
                    _(
                        "Erasure, restriction, objection, and a copy to take with you, "
                        "as far as the duty to keep records allows."
                    ),
                    _("A complaint to the data protection authority of your country."),
                ),
            ),
            Section(
                _("What you must tell us"),
                (
                    _(
                        "Nothing but what happened and how to reach you. Without "
                        "that we cannot answer."
                    ),
                    _("No machine decides: a person does, and another one checks."),
                ),
            ),
        ),
        _("Version %(version)s") % {"version": profile.privacy_notice_version},
    )
