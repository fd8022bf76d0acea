"""How much of what was decided compliance looks at again."""

from config.env import env_int

# Of all decided cases, besides those of flagged categories, in per cent.
COMPLIANCE_SAMPLE_PERCENT = env_int("COMPLIANCE_SAMPLE_PERCENT", 5, minimum=0)
