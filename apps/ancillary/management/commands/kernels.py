"""`manage.py kernels`: add kernel sets, choose the one that answers, look after them."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from tqdm import tqdm

from apps.ancillary import ingest, kernelset, storage
from apps.ancillary.kernels import KernelError
from apps.ancillary.models import KernelSet

FAULTS = (kernelset.KernelSetError, KernelError, storage.KernelStorageError)


class Command(BaseCommand):
    """One subcommand for each thing to do."""

    help = (
        "Kernel sets of SPICE: files of orbit, attitude, clock and frames that are loaded "
        "together. A set never changes; the active one answers, and a switch reaches every "
        "process within a second."
    )
    exit_code = 0

    def add_arguments(self, parser):
        """Name what can be given."""
        deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
        add = deeds.add_parser("add", help="check kernels and keep them as a set, not yet active")
        add.add_argument("paths", nargs="+", metavar="PATH", help="kernel, metakernel or folder")
        add.add_argument("--name", default="", help="name of a set without metakernel")
        add.add_argument("--note", default="", help="where it came from, what for")
        activate = deeds.add_parser("activate", help="let the portal answer with a set")
        activate.add_argument("chosen", metavar="NAME", help="name of a set, or begin of its id")
        activate.add_argument("--reason", default="on the command line", help="kept with it")
        check = deeds.add_parser("check", help="hold all files against their checksums")
        listed = deeds.add_parser("list", help="show the sets")
        deeds.add_parser("ensure", help="make the demonstration set where no set can answer")
        for one in (add, activate, check, listed):
            one.add_argument("--json", action="store_true", help="print JSON")

    def run_from_argv(self, argv):
        """Run from the command line; damage that `check` finds shows in the exit code."""
        super().run_from_argv(argv)
        sys.exit(self.exit_code)

    def handle(self, *, deed, **options):
        """Do what was asked; say what is wrong in one sentence."""
        self.quiet = options["verbosity"] == 0 or options.get("json", False)
        try:
            answer, lines = getattr(self, f"_{deed}")(**options)
        except FAULTS as error:
            raise CommandError(str(error)) from error
        if options.get("json"):
            self.stdout.write(json.dumps(answer))
        elif not self.quiet:
            self.stdout.write("\n".join(lines))

    def _add(self, *, paths, name, note, **options):
        """Keep kernels as a set."""
        found = kernelset.collect(paths)
        with tqdm(unit="file", file=sys.stderr, disable=self.quiet or None) as bar:

            def progress(one):
                bar.set_postfix_str(one)
                bar.update()

            outcome = ingest.add(found, name=name, note=note, progress=progress)
        one = outcome.kernel_set
        lines = [f"{outcome.status}: {one}, {len(one.kernels)} files", *_covered(one)]
        lines += outcome.remarks
        if not one.active:
            lines.append(f"to answer with it: manage.py kernels activate {one.set_id[:12]}")
        return _record(one) | {"status": outcome.status, "remarks": outcome.remarks}, lines

    def _activate(self, *, chosen, reason, **options):
        """Switch to a set."""
        one = _chosen(chosen)
        changed = not one.active
        ingest.activate(one, reason=reason)
        words = f"{one} is active" if changed else f"{one} was active already"
        return _record(one) | {"changed": changed}, [words]

    def _list(self, **options):
        """Show the sets, the active one first."""
        sets = list(KernelSet.objects.order_by("-active", "-added_at"))
        lines = [line for one in sets for line in (_line(one), *_covered(one))]
        return {"sets": [_record(one) for one in sets]}, lines or ["there are no kernel sets"]

    def _check(self, **options):
        """Read all files again."""
        storage.remove_stale()
        found, sets = {}, list(KernelSet.objects.order_by("-active", "-added_at"))
        for one in tqdm(sets, unit="set", file=sys.stderr, disable=self.quiet or None):
            found[one] = storage.faults(one)
        self.exit_code = 1 if any(found.values()) else 0
        records = [_record(one) | {"faults": faults} for one, faults in found.items()]
        lines = [f"{one}: {'; '.join(faults) or 'whole'}" for one, faults in found.items()]
        return {"sets": records}, lines or ["there are no kernel sets"]

    def _ensure(self, **options):
        """Make the demonstration set where nothing is active or its own files are missing."""
        active = KernelSet.objects.filter(active=True).first()
        if active and not (active.approximate and storage.lacks_a_file(active)):
            return {}, []
        outcome = ingest.add_demonstration()
        if active is None:
            ingest.activate(outcome.kernel_set, reason="Set-up: there was no kernel set.")
        return {}, [f"{outcome.status}: {outcome.kernel_set}"]


def _chosen(text):
    """The one set of that name, or whose id begins so."""
    found = list(KernelSet.objects.filter(Q(name=text) | Q(set_id__startswith=text.lower()))[:2])
    if len(found) != 1:
        what = "several sets are" if found else "no set is"
        raise CommandError(f"{what} called {text!r}, by name or id; see manage.py kernels list")
    return found[0]


def _record(one):
    return {
        "set_id": one.set_id,
        "name": one.name,
        "active": one.active,
        "approximate": one.approximate,
        "coverage": one.coverage,
        "kernels": one.kernels,
        "missing": one.missing,
    }


def _line(one):
    marks = [word for word, so in (("active", one.active), ("APPROXIMATE", one.approximate)) if so]
    return f"{one}: {', '.join([*marks, f'{len(one.kernels)} files'])}"


def _covered(one):
    attitude = one.coverage["attitude"]
    words = f"{len(attitude)} spans from {attitude[0][0]}" if attitude else "none"
    orbit = ", ".join(" to ".join(span) for span in one.coverage["orbit"])
    return [f"  orbit {orbit}", f"  attitude {words}"]
