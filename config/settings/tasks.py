"""Celery. The broker only wakes; what is due stands in the database.

So a lost message costs one interval of Beat and nothing else, every entry expires
before it could pile up, and no task is ever given an ``eta``.
"""

from config.backends import broker_options
from config.env import env_bool, env_secret
from config.paths import private_dir, var_dir

_VAR = var_dir()
_REDIS = env_secret("REDIS_URL", "", minimum=0)
_DEBUG = env_bool("DEBUG", False)

CELERY_BROKER_URL = env_secret("BROKER_URL", _REDIS or "filesystem://localhost")
EMBEDDED_BROKER = CELERY_BROKER_URL.startswith("filesystem:")
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(
    CELERY_BROKER_URL, private_dir(_VAR / "broker")
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False

CELERY_BEAT_SCHEDULE_FILENAME = str(private_dir(_VAR / "beat") / "schedule")


def _every(task: str, seconds: int) -> dict[str, object]:
    """A beat entry that is dropped, not queued up, while no worker listens."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "relay-outbox": _every(
        "complaints.tasks.relay_outbox", 5 if EMBEDDED_BROKER else 15
    ),
    "sweep-clocks": _every("complaints.tasks.sweep_clocks", 20 if _DEBUG else 60),
    "draw-letters": _every("complaints.tasks.draw_letters", 60),
    "look-at-evidence": _every("complaints.tasks.look_at_evidence", 60),
    "carry-out": _every("complaints.tasks.carry_out", 15),
    "fetch-mail": _every("complaints.channels.tasks.fetch_mail", 60),
    "fetch-files": _every("complaints.channels.tasks.fetch_files", 30),
    "watch-intake": _every("complaints.channels.tasks.watch_intake", 300),
    "resume-intake": _every("complaints.channels.tasks.resume_intake", 60),
    "tidy-chats": _every("complaints.channels.chat.tasks.tidy_chats", 60),
    "end-expired-access": _every("teams.tasks.end_expired_access", 60),
    "draw-for-compliance": _every("complaints.tasks.draw_for_compliance", 3600),
    "draw-for-quality": _every("complaints.tasks.draw_for_quality", 3600),
    "remind-of-access": _every("complaints.tasks.remind_of_access", 3600),
    "scan-for-alarms": _every("complaints.tasks.scan_for_alarms", 3600),
    "remind-of-improvements": _every("complaints.tasks.remind_of_improvements", 3600),
    "heartbeat": _every("complaints.tasks.heartbeat", 60),
    "send-digests": _every("complaints.tasks.send_digests", 1800),
    "refresh-figures": _every("complaints.compliance.tasks.refresh_figures", 30),
    "carry-views": _every("complaints.compliance.tasks.carry_views", 15),
    "freeze-month": _every("complaints.compliance.tasks.freeze_month", 3600),
    "remind-of-months": _every("complaints.compliance.tasks.remind_of_months", 3600),
    "learn-topics": _every("complaints.tasks.learn_topics", 24 * 3600),
    "purge-expired": _every("complaints.tasks.purge_expired", 6 * 3600),
    "forget-drafts": _every("complaints.tasks.forget_drafts", 3600),
    "forget-stale": _every("complaints.channels.app.tasks.forget_stale", 600),
    "make-root": _every("complaints.tasks.make_root", 600),
    "make-bundles": _every("appeals.tasks.make_bundles", 60),
    "check-independence": _every("appeals.tasks.check_independence", 24 * 3600),
    "forget-bundles": _every("appeals.tasks.forget_bundles", 6 * 3600),
    "make-returns": _every("complaints.compliance.returns.tasks.make_returns", 60),
    "forget-returns": _every(
        "complaints.compliance.returns.tasks.forget_returns", 3600
    ),
    "forget-orphans": _every("complaints.tasks.forget_orphans", 6 * 3600),
}

# A child that drew PDFs holds 300 to 700 MB; above this (in kB) another takes over.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 800_000

# How long a page waits for a PDF that a worker is drawing.
LETTER_PDF_SECONDS = 3.0

# How long a relay may take over one notice before another may take it up.
OUTBOX_LEASE_SECONDS = 300
