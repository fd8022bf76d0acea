"""Which competences have run out, for a case of some category."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from teams.models import Competence, User


def prefixes(category: str) -> list[str]:
    """The codes whose competences a case of ``category`` asks for: "", "a", "a.b"."""
    parts = category.split(".") if category else []
    return ["", *(".".join(parts[: n + 1]) for n in range(len(parts)))]


def run_out(day: date) -> QuerySet[Competence]:
    """Competences that were not renewed in time to be valid on ``day``."""
    renewed = Competence.objects.filter(
        user=OuterRef("user"),
        title=OuterRef("title"),
        category=OuterRef("category"),
        valid_until__gte=day,
    )
    rows = Competence.objects.filter(~Exists(renewed), valid_until__lt=day)
    return rows.order_by("-valid_until")


def lapsed(category: str, day: date) -> QuerySet[Competence]:
    """What has run out of that which such cases ask for.

    Who never had one is asked for none: what a team asks of whom is its own matter,
    and it says so by recording it.
    """
    return run_out(day).filter(category__in=prefixes(category))


def competent(category: str, day: date) -> Q:
    """Condition on people: nothing of theirs for such cases has run out."""
    return ~Q(Exists(lapsed(category, day).filter(user=OuterRef("pk")).order_by()))


def lapsed_of(person: User, category: str, day: date) -> Competence | None:
    """What stands in the way of giving ``person`` such a case, if anything."""
    return lapsed(category, day).filter(user=person).first()
