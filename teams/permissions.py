"""What a person holds on which team, read from guardian's rows."""

from collections import defaultdict

from teams.models import TeamGroupObjectPermission, TeamUserObjectPermission, User


def grants_of(user: User) -> dict[str, frozenset[int]]:
    """Codename -> primary keys of the teams it stands on; empty for inactive users.

    Two queries. Model-wide permissions and the superuser flag count for nothing:
    a case is seen through its team or not at all.
    """
    if not user.is_active:
        return {}
    held: dict[str, set[int]] = defaultdict(set)
    own = TeamUserObjectPermission.objects.filter(user=user)
    groups = TeamGroupObjectPermission.objects.filter(group__user=user)
    for rows in (own, groups):
        for codename, team_id in rows.values_list(
            "permission__codename", "content_object_id"
        ):
            held[codename].add(team_id)
    return {codename: frozenset(teams) for codename, teams in held.items()}
