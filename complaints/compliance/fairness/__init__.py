"""Whether alike cases end alike: by group, case by case, and by who decided."""
