"""The portal's settings in test mode, with a data folder that lives as long as the process."""

import atexit
import os
import shutil
import tempfile

os.environ["PORTAL_MODE"] = "test"
# Playwright runs an event loop in the thread of the test, where Django would refuse its ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
_folder = tempfile.mkdtemp(prefix="portal-test.")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder

from portal.settings import *  # noqa: E402, F403 - the mode and the folder must be in the environment first
from portal.settings import DATABASES  # noqa: E402 - as above
from tests import template  # noqa: E402 - as above

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the demo: an in-memory database cannot be shared by the live server's threads.
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}
elif template.folder():
    DATABASES["default"]["TEST"] = {"TEMPLATE": template.EMPTY}
