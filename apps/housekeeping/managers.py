"""The vocabulary of housekeeping: unknown states, and a question to the stored reports."""

from django.db import IntegrityError, models, transaction

from apps.housekeeping.parameters import FIRST_UNKNOWN, LAST_UNKNOWN

LONGEST_TEXT = 64


class UnknownStateQuerySet(models.QuerySet):
    """States that the dictionary lacks."""

    def code_of(self, mnemonic, text, file_name):
        """The code under which a state is stored; a new one is written down.

        Two ingests may find the same state at once: the later takes what the earlier wrote.
        """
        facts = {"mnemonic": mnemonic, "text": text[:LONGEST_TEXT]}
        while True:
            if known := self.filter(**facts).first():
                return known.code
            taken = self.filter(mnemonic=mnemonic).aggregate(last=models.Max("code"))["last"]
            code = FIRST_UNKNOWN if taken is None else taken + 1
            if code >= LAST_UNKNOWN:
                return LAST_UNKNOWN
            try:
                with transaction.atomic(using=self.db):
                    self.create(**facts, code=code, first_file=file_name[:200])
            except IntegrityError:
                continue

    def texts(self):
        """Text of each code by mnemonic: ``{mnemonic: {code: text}}``."""
        found = {}
        for mnemonic, code, text in self.values_list("mnemonic", "code", "text"):
            found.setdefault(mnemonic, {})[code] = text
        return found
