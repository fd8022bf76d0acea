"""What a customer says of themselves, carried from their account to their cases."""

from complaints.models import Party
from teams.models import User


def follow_account(user: User) -> None:
    """Write account id, language and time zone of ``user`` to the party they are.

    A party keeps an id that the account lost: it was theirs when they complained.
    """
    columns = {"language": user.language, "time_zone": user.time_zone}
    if user.account_id:
        columns["account_id"] = user.account_id
    Party.objects.filter(user=user, erased_at=None).update(**columns)
