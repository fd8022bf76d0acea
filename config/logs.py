"""Logs as one JSON object a line, for whatever collects them."""

import json
import logging
import re
from datetime import UTC, datetime

_MOVES = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON lets stand and a terminal obeys, or shows elsewhere."""


_TOKENS = re.compile(
    r"(/(?:arbitration|track|resume|subscribe|unsubscribe|files)/)[^/\s\"']{16,}"
)
"""Personal links: who reads such an address may open it."""


class WithoutTokens(logging.Filter):
    """Takes the token out of an address that is told of, as Django does of each form
    that it refuses and each page that fails."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if _TOKENS.search(said):
            record.msg, record.args = _TOKENS.sub(r"\1…", said), ()
        return True


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger, message and, for errors, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False)
        return _MOVES.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
