import json
import logging

from portal.logs import JsonFormatter


def test_a_record_is_one_line_with_its_facts():
    record = logging.makeLogRecord({"msg": "第 %s 行\n", "args": (3,), "levelno": 30, "levelname": "WARNING", "job": 7})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == "第 3 行\n"
    assert entry["level"] == "warning"
    assert entry["job"] == 7


def test_an_exception_brings_its_traceback():
    record = logging.makeLogRecord({"msg": "failed", "exc_info": (ValueError, ValueError("bad"), None)})
    assert "ValueError: bad" in json.loads(JsonFormatter().format(record))["traceback"]
