"""SQL of the week or the month that a day lies in, on both databases."""


def month_start(vendor: str, day: str = "start") -> str:
    """The first day of its month."""
    if vendor == "postgresql":
        return f"date_trunc('month', {day})::date"
    return f"date({day}, 'start of month')"


def week_start(vendor: str, day: str = "start") -> str:
    """Its Monday."""
    if vendor == "postgresql":
        return f"{day} - (extract(isodow FROM {day})::int - 1)"
    return f"date({day}, 'weekday 0', '-6 days')"


def itself(_vendor: str, day: str = "start") -> str:
    return day


COLUMNS = {"start": itself, "week": week_start, "month": month_start}
"""What sums can be grouped by besides the columns of a tally; each is a day."""
