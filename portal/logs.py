"""Log lines that machines can read."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

_RECORD: Final = frozenset(logging.makeLogRecord({}).__dict__)
_STANDARD: Final = _RECORD | {"message", "asctime", "request", "server_time"}


class JsonFormatter(logging.Formatter):
    """Write one JSON object per record: time, level, logger, message, extra facts and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update({key: value for key, value in record.__dict__.items() if key not in _STANDARD})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)
