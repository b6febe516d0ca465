"""Settings of the web server: gunicorn -c python:portal.webserver portal.wsgi."""

import gc
import os
from pathlib import Path

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Imported once before the workers are forked: a quicker start and shared memory.
preload_app = True
# A worker proves that it lives by touching a file; on a busy disk that would block.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - files there have random names
max_requests, max_requests_jitter = 20_000, 2_000
timeout = 60
graceful_timeout = 20
# The portal's own pages are at most a form with its evidence; nginx caps the body.
limit_request_line = 8190
# Only the proxy on this machine may say how a request arrived.
forwarded_allow_ips = "127.0.0.1,::1"
accesslog = os.environ.get("WEB_ACCESS_LOG")
loglevel = os.environ.get("WEB_LOG_LEVEL", "info")


def when_ready(_server: object) -> None:
    """Keep what start-up made out of every later garbage collection: measured, a fifth of a page's time."""
    gc.collect()
    gc.freeze()
