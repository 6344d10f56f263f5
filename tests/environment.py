"""The environment of the tests, set before Django reads its settings."""

import os
import tempfile
from pathlib import Path

os.environ["SECRET_KEY"] = "tests-only-" + "0123456789abcdef" * 4
os.environ["DEBUG"] = "0"
os.environ["INSECURE"] = "1"
os.environ["DEMO"] = "1"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="stix-tests-")
Path(os.environ["DATA_DIR"], "static").mkdir()
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ.setdefault("DATABASE_URL", "sqlite:///" + str(Path(os.environ["DATA_DIR"], "t.sqlite3")))
os.environ["REDIS_URL"] = ""
