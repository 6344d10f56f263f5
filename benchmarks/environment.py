"""Django for a benchmark: an own folder and database, nothing of the developer's portal."""

import os
import tempfile

import django


def prepare():
    """Set up Django on a fresh folder and the database of `DATABASE_URL` (SQLite by default)."""
    folder = tempfile.mkdtemp(prefix="stix-bench-")
    os.environ |= {
        "SECRET_KEY": "benchmarks-only-" + "0123456789abcdef" * 3,
        "DEBUG": "0",
        "INSECURE": "1",
        "DEMO": "1",
        "DATA_DIR": folder,
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "stixportal.settings",
    }
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return folder
