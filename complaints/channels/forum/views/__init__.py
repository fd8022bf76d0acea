"""Pages of the board: what is read, what is written, and a member's private notes."""
