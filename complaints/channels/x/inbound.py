"""What comes from X, and what becomes of it; see ``channels.social``."""

from __future__ import annotations

from complaints.channels import social
from complaints.channels.x import files, payload

PROVIDER = "x"
WAY = social.way(PROVIDER, payload.read, files_by=files.CHANNEL)
