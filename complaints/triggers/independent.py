"""Who judges a case never touched it: reviewers, panels, arbitrators from outside."""

from complaints.triggers.rule import Rule


def rules() -> list[Rule]:
    return [*_reviewer(), _panel(), _arbitrator()]


def _reviewer() -> list[Rule]:
    """A reviewer belongs to the appeals team and never acted on the case."""
    member = (
        "EXISTS (SELECT 1 FROM teams_membership m JOIN teams_team t"
        " ON t.id = m.team_id WHERE t.code = 'appeals'"
        " AND m.user_id = NEW.reviewer_id)"
    )
    acted = (
        "EXISTS (SELECT 1 FROM complaints_event e"
        " WHERE e.stream = 'complaint:' || NEW.complaint_id"
        " AND e.actor_id = NEW.reviewer_id AND e.seq <= NEW.file_seq)"
    )
    seated = (
        "EXISTS (SELECT 1 FROM appeals_panelseat s WHERE s.appeal_id = NEW.id"
        " AND s.user_id = NEW.reviewer_id AND s.left_at IS NULL)"
    )
    wrong = f"NOT {member} OR {acted} OR {seated}"
    named = f"NEW.reviewer_id IS NOT NULL AND ({wrong})"
    fresh = f"COALESCE(OLD.reviewer_id, 0) <> NEW.reviewer_id AND {named}"
    words = "a reviewer never touched the case"
    table = "appeals_appeal"
    return [
        Rule(f"{table}_reviewer_new", table, "BEFORE INSERT", named, words),
        Rule(f"{table}_reviewer_set", table, "BEFORE UPDATE", fresh, words),
    ]


def _panel() -> Rule:
    """A member of a panel is what a reviewer is, and another person."""
    member = (
        "EXISTS (SELECT 1 FROM teams_membership m JOIN teams_team t"
        " ON t.id = m.team_id WHERE t.code = 'appeals' AND m.user_id = NEW.user_id)"
    )
    mine = "FROM appeals_appeal a WHERE a.id = NEW.appeal_id"
    presides = f"EXISTS (SELECT 1 {mine} AND a.reviewer_id = NEW.user_id)"
    acted = (
        "EXISTS (SELECT 1 FROM appeals_appeal a JOIN complaints_event e"
        " ON e.stream = 'complaint:' || a.complaint_id AND e.seq <= a.file_seq"
        " WHERE a.id = NEW.appeal_id AND e.actor_id = NEW.user_id)"
    )
    table = "appeals_panelseat"
    refused = f"NOT {member} OR {presides} OR {acted}"
    words = "a member of a panel never touched the case"
    return Rule(f"{table}_independent", table, "BEFORE INSERT", refused, words)


def _arbitrator() -> Rule:
    """Nobody sits on a case from outside who is tied to it, or has a seat here."""
    case = (
        "FROM appeals_referral r JOIN complaints_complaint c ON c.id = r.complaint_id"
        " WHERE r.id = NEW.referral_id"
    )
    acted = (
        "SELECT e.actor_id FROM complaints_event e"
        " WHERE e.stream = 'complaint:' || c.id"
    )
    tied = (
        "EXISTS (SELECT 1 FROM appeals_declaredtie t WHERE"  # noqa: S608
        " t.arbitrator_id = NEW.arbitrator_id AND t.lifted_at IS NULL"
        " AND (t.kind = 'company' OR EXISTS (SELECT 1"
        f" {case} AND (t.complaint_id = c.id OR t.party_id = c.customer_id"
        f" OR t.user_id IN ({acted})))))"
    )
    works = (
        "EXISTS (SELECT 1 FROM appeals_arbitrator a"
        " JOIN teams_user u ON LOWER(u.email) = LOWER(a.email)"
        " JOIN teams_membership m ON m.user_id = u.id"
        " WHERE a.id = NEW.arbitrator_id)"
    )
    table = "appeals_arbitratorseat"
    words = "an arbitrator is tied to nobody in the case"
    refused = f"{tied} OR {works}"
    return Rule(f"{table}_independent", table, "BEFORE INSERT", refused, words)
