"""The regulators' returns and the register as files: built, ordered, kept."""
