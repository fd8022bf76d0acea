"""What was closed stays closed: files of appeals, signed figures, awards."""

from complaints.triggers.rule import Rule, reworded


def rules() -> list[Rule]:
    return [_sealed_file(), *_figures(), *_awards()]


def _sealed_file() -> Rule:
    """The file of an appeal is whole when its lodging stands on the ledger."""
    lodged = (
        "EXISTS (SELECT 1 FROM appeals_appeal a JOIN complaints_event e"
        " ON e.stream = 'complaint:' || a.complaint_id AND e.seq > a.file_seq"
        " WHERE a.id = NEW.appeal_id AND e.what = 'appeal_lodged')"
    )
    table = "appeals_fileditem"
    words = "the file of an appeal is sealed"
    return Rule(f"{table}_sealed", table, "BEFORE INSERT", lodged, words)


def _figures() -> list[Rule]:
    """A signature under figures stands, and nothing is added to what was signed."""
    signed = "OLD.signed_at IS NOT NULL"
    late = (
        "EXISTS (SELECT 1 FROM compliance_snapshot s WHERE s.id = NEW.snapshot_id"
        " AND s.signed_at IS NOT NULL)"
    )
    words = "figures that are signed off are not changed"
    return [
        Rule(
            "compliance_snapshot_signed",
            "compliance_snapshot",
            "BEFORE UPDATE",
            signed,
            words,
        ),
        Rule(
            "compliance_frozentally_late",
            "compliance_frozentally",
            "BEFORE INSERT",
            late,
            words,
        ),
    ]


def _awards() -> list[Rule]:
    """Once made, an award says what it said: no word changes, no row comes or goes."""
    found = []
    words = "an award that was made is not changed"
    for table in ("appeals_awardpoint", "appeals_awardedremedy"):
        for moment, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
            made = (
                "EXISTS (SELECT 1 FROM appeals_award a"  # noqa: S608
                f" WHERE a.id = {row}.award_id AND a.sha256 <> '')"
            )
            name = f"{table}_{moment.lower()}_sealed"
            found.append(Rule(name, table, f"BEFORE {moment}", made, words))
    changed = reworded(("summary", "reasons", "sha256"))
    sealed = f"OLD.sha256 <> '' AND ({changed})"
    found.append(
        Rule("appeals_award_sealed", "appeals_award", "BEFORE UPDATE", sealed, words)
    )
    return found
