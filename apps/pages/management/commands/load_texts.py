"""`manage.py load_texts`: the first texts of the portal, without touching what was edited."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps.pages.ingest import FOLDER, load_texts
from apps.pages.texts import TextError


class Command(BaseCommand):
    """Load new texts and those nobody edited; name those that differ from their file."""

    help = "Loads the texts of fixtures/pages; what curators edited or deleted stays so."

    def add_arguments(self, parser):
        """Declare what the command line takes."""
        parser.add_argument(
            "folder", nargs="?", type=Path, default=FOLDER, help="another folder of texts"
        )
        parser.add_argument(
            "--check", action="store_true", help="change nothing, only name what differs"
        )

    def handle(self, *, folder, check, **options):
        """Load, and say what became of each text that was not the same already."""
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder; name one with articles/, news/ and so on")
        try:
            outcomes = load_texts(folder, dry=check)
        except TextError as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error
        for outcome in outcomes:
            if outcome.status != "same" and options["verbosity"]:
                self.stdout.write(f"{outcome.status:<8} {outcome.name}")
        same = sum(outcome.status == "same" for outcome in outcomes)
        if options["verbosity"]:
            self.stdout.write(f"{len(outcomes)} texts, {same} as in their file")
