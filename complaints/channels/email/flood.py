"""Mails of ever-new senders, whose receipts would hit whoever they are invented after.

From is only a claim: whoever sends a thousand mails under a thousand addresses of
others would have us write to each of those. So only so many complaints an hour are
opened, and answered, whose sender nothing proves; what comes beyond that is held, and
answered once a person accepts it. DMARC alone counts as proof: SPF and DKIM pass for
anybody's own domain, whatever stands in From.
"""

from __future__ import annotations

from django.conf import settings

from complaints.channels.email import verdicts
from complaints.channels.inbound import Inbound
from complaints.throttle import Limit

HOUR = 3600


def is_proven(inbound: Inbound) -> bool:
    """Whether our own server found that the domain of the sender stands by it."""
    return inbound.authentication.get("dmarc") == verdicts.PASS


def is_one_too_many(inbound: Inbound) -> bool:
    """Count the mail, unless its sender is proven; whether it has to be held.

    By hours of the clock. While nobody can count, mail is answered as ever: a receipt
    is owed, and who floods us does not decide whether our cache is there.
    """
    if is_proven(inbound):
        return False
    limit = Limit("mail-unproven", tries=settings.MAIL_UNPROVEN_AN_HOUR, seconds=HOUR)
    return limit.is_over("")
