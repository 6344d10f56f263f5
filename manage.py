#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys
from pathlib import Path

from stixportal import environment

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stixportal.settings")
    if sys.argv[1:2] == ["setup"] and "--help" not in sys.argv:
        path = Path(__file__).resolve().parent / ".env"
        if environment.prepare(path, demo="--demo" in sys.argv):
            print(f"wrote {path.name} with a fresh secret")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit("\nstopped; the same command goes on where this one ended")
