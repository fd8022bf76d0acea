"""Roll-ups: marks of cases, their tallies, and how both follow the ledger."""
