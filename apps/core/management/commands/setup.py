"""`manage.py setup`: from an empty machine to a portal with data; again, it changes nothing.

`manage.py` itself wrote `.env` before this runs, because settings are read first.
"""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand

FOLDERS = ("archive", "cache", "inbox", "kernels", "pictures", "quarantine", "static")
SIMULATION = {"start": "2022-03-27", "days": 3, "seed": 1}


class Command(BaseCommand):
    """Folders, tables, groups, sample data, and on a demonstration simulated data and accounts."""

    requires_system_checks = []  # a second run is to be quick; `make test` checks
    help = "Prepares the portal and its data; safe to repeat after every upgrade."

    def add_arguments(self, parser):
        """Declare what the command line takes."""
        parser.add_argument(
            "--demo", action="store_true", help="a demonstration: simulated data, demo accounts"
        )

    def handle(self, *, demo, **options):
        """Do what is missing, step by step, and say so."""
        self.say(f"data folder {settings.DATA_DIR}")
        for name in FOLDERS:
            (settings.DATA_DIR / name).mkdir(parents=True, exist_ok=True)
        self.say("tables")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("groups")
        call_command("loaddata", "groups", verbosity=0)
        self.say("texts")
        call_command("load_texts", verbosity=0)
        self.say("kernels of orbit and pointing")
        call_command("kernels", "ensure", verbosity=0)
        if demo and not settings.DEMO:
            self.say("this portal is no demonstration (DEMO=1 is not set): no simulated data")
        if settings.DEMO and settings.DEMO_PASSWORD:
            self.accounts()
        self.say("real sample files")
        call_command("samples")
        if settings.DEMO:
            self.simulated()
        self.say("files whose capability is new")
        call_command("ingest", again="all", verbosity=0)
        self.say("series whose form is new")
        call_command("rebuild_series", verbosity=0)
        self.say("ready")

    def say(self, step):
        """Print a line of progress."""
        self.stdout.write(self.style.MIGRATE_HEADING(f"set-up: {step}"))
        self.stdout.flush()

    def accounts(self):
        """Demo accounts, one for each role, all with the password of DEMO_PASSWORD."""
        self.say("demo accounts " + ", ".join(settings.DEMO_ACCOUNTS))
        users = get_user_model().objects
        known = users.filter(username=settings.DEMO_ACCOUNTS[0]).first()
        # Hashing takes long by design: one hash serves all demo accounts.
        fits = known and check_password(settings.DEMO_PASSWORD, known.password)
        encoded = known.password if fits else make_password(settings.DEMO_PASSWORD)
        for name in settings.DEMO_ACCOUNTS:
            user, created = users.get_or_create(
                username=name,
                defaults={"is_superuser": name == "admin", "is_staff": name != "visitor"},
            )
            if created:
                user.groups.set(Group.objects.filter(name=name))
            if user.password != encoded:
                user.password = encoded
                user.save(update_fields=["password"])

    def simulated(self):
        """Make the simulated days once, and take in what is not yet in the archive."""
        folder = settings.DATA_DIR / "simulated"
        self.say("simulated days {start}, {days} days".format(**SIMULATION))
        if not (folder / "truth.json").exists():
            call_command("simulate", **SIMULATION, out=folder)
        call_command("ingest", str(folder), new=True)
