"""`manage.py serve`: the web server and the worker, together, until either ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PATIENCE_S = 8

ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": "67108864",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_TOP_PAD_": "16777216",
}
"""For the C library on Linux: arrays of an answer are kept for the next one. Given back to the
system and fetched again each time, they cost a third of the time of a day's samples."""


class Command(BaseCommand):
    """Run gunicorn and the queue's worker as children; SIGTERM and Ctrl-C end both."""

    requires_system_checks = []  # the children check; this process only watches them
    help = "Serves the portal: web server and worker, until Ctrl-C."

    def handle(self, **options):
        """Start both, wait for a signal or for the first to end, then end the rest."""
        require_free(settings.HOST, settings.PORT)
        signals = []
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *caught: signals.append(caught))
        children = [
            # A session each: Ctrl-C reaches this process alone, and `end` reaches all of theirs.
            subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=ALLOCATOR | os.environ, start_new_session=True
            )
            for command in commands()
        ]
        try:
            self.announce()
            while not signals and all(child.poll() is None for child in children):
                time.sleep(0.2)
        finally:
            end(children)
        if not signals:
            raise CommandError("the web server or the worker ended; its last lines say why")

    def announce(self):
        """Print the address, and on a demonstration who can sign in."""
        self.stdout.write(f"\nSTIX Data Center: http://{settings.HOST}:{settings.PORT}/")
        if settings.DEMO and settings.DEMO_PASSWORD:
            accounts = ", ".join(settings.DEMO_ACCOUNTS)
            self.stdout.write(f"demo accounts: {accounts}; password: {settings.DEMO_PASSWORD}")
        self.stdout.write("Ctrl-C ends it.\n")
        self.stdout.flush()


def commands():
    """Command lines of the two children."""
    web = ["gunicorn", "stixportal.wsgi", "--bind", f"{settings.HOST}:{settings.PORT}"]
    web += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    web += ["--workers", str(settings.WEB_WORKERS), "--graceful-timeout", "5"]
    web += ["--preload", "--log-level", "warning"]
    return [
        [sys.executable, "-m", *web],
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"],
    ]


def require_free(host, port):
    """Refuse to start where something else listens already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({os.strerror(error.errno)}); "
                "end what listens there or choose another port, for instance PORT=8001 make run"
            ) from None


def end(children):
    """Ask every child to end; after the patience, what is left of it and of its own is killed."""
    deadline = time.monotonic() + PATIENCE_S
    for child in children:
        child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(deadline - time.monotonic(), 0.1))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
