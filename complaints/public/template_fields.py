"""The official template's fields: Annex of Delegated Regulation (EU) 2025/294."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NAME = _("Last name, or name of the legal entity")
FIRST = _("First name")
REGISTRATION = _("EUID, or national registration or ID number")
LEI = _("Legal Entity Identifier (LEI), if available")
ADDRESS = _("Address: street, number, floor (legal entity: registered office)")
PLACE = (_("Postcode"), _("City"), _("Country"), _("Telephone"), _("E-mail address"))
CONTACT: Final = (NAME, FIRST, ADDRESS, *PLACE)

PARTS: Final[
    tuple[tuple["StrPromise", tuple["StrPromise", ...], "StrPromise | str"], ...]
] = (
    (
        _("1.a Information about the complainant"),
        (
            NAME,
            FIRST,
            REGISTRATION,
            LEI,
            _("Client reference, if available"),
            ADDRESS,
            *PLACE,
        ),
        "",
    ),
    (_("1.b Contact details, only if different from 1.a"), CONTACT, ""),
    (
        _("2.a Information about the legal representative, if there is one"),
        (NAME, FIRST, REGISTRATION, LEI, ADDRESS, *PLACE),
        _("Attach a power of attorney or other official proof."),
    ),
    (
        _("2.b Contact details of the representative, only if different from 2.a"),
        CONTACT,
        "",
    ),
    (
        _("3. Information about the complaint"),
        (
            _("3.a Full reference of the crypto-asset service concerned"),
            _("3.b Description of the subject-matter of the complaint"),
            _("3.c Date or dates of the facts that led to the complaint"),
            _("3.d Description of damage, loss or detriment caused, where relevant"),
            _("3.e Other comments or relevant information, where relevant"),
        ),
        _("Add documents that support what you describe."),
    ),
    (
        _("Place, date, signature"),
        (
            _("In (place)"),
            _("On (date)"),
            _("Signature of the complainant or the legal representative"),
        ),
        "",
    ),
)
"""Title, fields, and what is to be attached."""
