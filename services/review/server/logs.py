"""Structured logs: one JSON object a line, to standard error.

Only what a call names is logged: its message, its `extra`, and the id of the request it belongs to. A request's path,
headers, cookies, body and query are never logged, so no password, token or signed address can be. The engine hides its
parameters, so the values of SQL statements are not logged either.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from services.review.server.request_log import current_request_id

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, logger, message, the extras, and the traceback if there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request_id = current_request_id()
        if request_id:
            line["request_id"] = request_id
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def configure(level: str) -> None:
    """Send all logs of the process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Its lines hold the query of every address.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    for chatty in ("botocore", "boto3", "urllib3", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
