"""What comes from Facebook, and what becomes of it; see ``channels.social``."""

from __future__ import annotations

from complaints.channels import social
from complaints.channels.facebook import files, payload

PROVIDER = "facebook"
WAY = social.way(PROVIDER, payload.read, files_by=files.CHANNEL)
