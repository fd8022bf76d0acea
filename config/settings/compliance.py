"""How much of what was done is looked at again, and how soon what is urgent is seen."""

from config.env import env_int, env_list, env_str

# Of all decided cases, besides those of flagged categories, in per cent.
COMPLIANCE_SAMPLE_PERCENT = env_int("COMPLIANCE_SAMPLE_PERCENT", 5, minimum=0)

# How many finished cases a team a week the leads look through for quality.
QUALITY_SAMPLE = env_int("QUALITY_SAMPLE", 5, minimum=0)

# After how long the leads hear that nobody has opened a case at risk.
URGENT_UNSEEN_MINUTES = env_int("URGENT_UNSEEN_MINUTES", 15, minimum=1)

# Whom the desk and compliance turn to where all of their people are tied to a case.
MANAGEMENT_BODY_EMAIL = env_str("MANAGEMENT_BODY_EMAIL", "board@recourse.example")

# Codes of the outside routes whose facts (body, address, limits, language, cost) were
# compared with their source; until then customers read none of those.
CHECKED_ROUTES = env_list("CHECKED_ROUTES", [])
