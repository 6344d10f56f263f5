"""Take files into the archive."""

import json
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from tqdm import tqdm

from apps.archive import products, storage
from apps.archive.ingest import REFUSED, dispatch_again, ingest_file
from apps.archive.tasks import submit, unknown
from apps.core.registry import readers, recorders

_PAUSE_S = 2.0


class Command(BaseCommand):
    """Files, folders, an inbox that is watched, or files that were taken in before."""

    help = (
        "Take STIX FITS files into the archive. Doing it twice changes nothing. Refused files are "
        "copied to DATA_DIR/quarantine with the reason. Exit code: 0 if every file was taken in or "
        "known, 1 if one was refused or could not be stored. Ctrl-C stops after the file at hand."
    )
    exit_code = 0

    def add_arguments(self, parser):
        """Name what can be given."""
        parser.add_argument("paths", nargs="*", metavar="PATH", help="Files, or folders of *.fits.")
        parser.add_argument(
            "--watch",
            nargs="?",
            const="",
            metavar="DIR",
            help="Empty a folder again and again (default DATA_DIR/inbox).",
        )
        parser.add_argument(
            "--again",
            metavar="TYPE",
            help="Dispatch stored files of a product type, or of all, whose capability is new.",
        )
        parser.add_argument(
            "--new",
            action="store_true",
            help="Pass over files whose content the archive holds, without a word or a record.",
        )
        parser.add_argument(
            "--background",
            action="store_true",
            help="Leave the PATHs to the worker; the admin shows the job and its progress.",
        )
        parser.add_argument("--json", action="store_true", help="Print the outcome as JSON.")

    def run_from_argv(self, argv):
        """Run from the command line; refused files show in the exit code."""
        super().run_from_argv(argv)
        sys.exit(self.exit_code)

    def handle(self, *args, paths, watch=None, again=None, **options):
        """Do one of the three."""
        self.new = options["new"]
        self.json, self.quiet = options["json"], options["verbosity"] == 0
        if sum((bool(paths), watch is not None, bool(again))) != 1:
            raise CommandError("give PATH..., or --watch, or --again TYPE, one of them")
        if options["background"]:
            return self._leave(paths)
        if again:
            return self._again(again)
        with _interruptible() as stopped:
            try:
                if watch is None:
                    self._once([Path(path) for path in paths], stopped)
                else:
                    self._watch(Path(watch) if watch else storage.inbox(), stopped)
            except storage.StorageError as error:
                raise CommandError(str(error)) from error

    def _leave(self, paths):
        if not paths:
            raise CommandError("--background takes PATH..., not --watch or --again")
        job = submit(paths)
        text = f"job {job.pk} waits for the worker; the admin shows its progress under Jobs"
        self.stdout.write(json.dumps({"job": job.pk}) if self.json else text)

    def _again(self, key):
        if key != "all" and key not in products.PRODUCTS:
            raise CommandError(f"no product type {key!r}; known: {', '.join(products.PRODUCTS)}")
        keys = [entry.key for entry in (*readers, *recorders)] if key == "all" else [key]
        numbers = {key: dispatch_again(key) for key in keys}
        if self.json:
            self.stdout.write(json.dumps({"dispatched": numbers}))
        elif not self.quiet:
            self.stdout.write("\n".join(f"{key}: {n} dispatched" for key, n in numbers.items()))

    def _once(self, paths, stopped):
        files, outcomes = storage.collect(paths), []
        files = unknown(files) if self.new else files
        with tqdm(files, unit="file", file=sys.stderr, disable=self.quiet or None) as bar:
            for path in bar:
                bar.set_postfix_str(path.name[-40:])
                outcomes.append(ingest_file(path))
                if stopped():
                    break
        self._say(outcomes, len(files))

    def _say(self, outcomes, offered):
        count = {status: 0 for status in ("taken in", "known", "refused")}
        for outcome in outcomes:
            count[outcome.status] += 1
        self.exit_code = 1 if count["refused"] else 0
        if self.json:
            files = [
                {"name": one.name, "status": one.status, "reason": one.reason}
                | ({"id": one.product.pk} if one.product else {})
                for one in outcomes
            ]
            numbers = {status.replace(" ", "_"): number for status, number in count.items()}
            self.stdout.write(json.dumps(numbers | {"files": files}))
            return
        for outcome in outcomes:
            if outcome.status == REFUSED:
                self.stderr.write(f"refused: {outcome.reason}")
        if not self.quiet:
            text = ", ".join(f"{number} {status}" for status, number in count.items())
            left = offered - len(outcomes)
            self.stdout.write(text + (f"; stopped, {left} left" if left else ""))

    def _watch(self, folder, stopped):
        folder.mkdir(parents=True, exist_ok=True)
        self.stderr.write(f"watching {folder}; Ctrl-C stops")
        seen = {}
        while not stopped():
            settled = [path for path in storage.collect([folder]) if _is_settled(path, seen)]
            for path in settled:
                try:
                    self._empty(path)
                except OperationalError as error:
                    # A server restarts, or drops a connection over a quiet night.
                    self.stderr.write(f"database lost ({error}); {path.name} is tried again")
                    connection.close()
                    seen.pop(path)
                if stopped():
                    return
            time.sleep(_PAUSE_S)

    def _empty(self, path):
        outcome = ingest_file(path)
        self.stdout.write(f"{outcome.status}: {outcome.reason or outcome.name}")
        if outcome.status != REFUSED or outcome.quarantined:
            path.unlink(missing_ok=True)


def _is_settled(path, seen):
    """Whether a file is as it was at the last look, and was not tried in that state."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return False
    now = (state.st_size, state.st_mtime_ns, state.st_ino)
    before, tried = seen.get(path, (None, False))
    seen[path] = (now, before == now)
    return before == now and not tried


@contextmanager
def _interruptible():
    """Ctrl-C and a polite kill are noted; the file at hand is finished first."""
    noted = []
    signals = (signal.SIGINT, signal.SIGTERM)
    try:
        before = [signal.signal(number, lambda *_: noted.append(True)) for number in signals]
    except ValueError:  # not the main thread: nobody can interrupt
        before = []
    try:
        yield lambda: bool(noted)
    finally:
        for number, handler in zip(signals, before, strict=False):
            signal.signal(number, handler)
