"""What every test shares."""

import os

os.environ["PORTAL_MODE"] = "test"
