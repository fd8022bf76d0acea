"""British English, as ``written`` writes it on our own pages."""
