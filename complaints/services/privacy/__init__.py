"""What is owed to persons: a copy of what we keep, its end, and nothing sooner."""
