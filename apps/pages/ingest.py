"""Taking the first texts in: new ones, and those that nobody has edited since."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.core.policy import Access
from apps.pages.models import Article, HomeText, News, QuickLink, Term
from apps.pages.texts import Text, TextError, digest, parse

REASON = "loaded from the texts of the release"
FOLDER = settings.BASE_DIR / "fixtures" / "pages"


def access(value):
    """`public` or `team`; an embargo is set in the admin, where its date is."""
    if value not in (Access.PUBLIC, Access.TEAM):
        raise ValueError("public or team")
    return value


def article(value):
    """The article of a slug, or None where nothing is written."""
    if not value:
        return None
    found = Article.objects.filter(slug=value).first()
    if found is None:
        raise ValueError("the name of a file in articles/")
    return found


def number(value):
    """A place in an order."""
    if not value.isdecimal() or len(value) > 4:
        raise ValueError("a number from 0 to 9999")
    return int(value)


def day(value):
    """A date such as 2026-11-24."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date such as 2026-11-24") from None


@dataclass(frozen=True)
class Kind:
    """How files of a folder become records: keys of the head -> how a value is read."""

    folder: str
    model: type
    body: str
    required: dict
    optional: dict

    def fields(self, text):
        """Values of the record's fields as a file gives them; what says nothing else is public.

        Raises `TextError`, which says what is wrong.
        """
        name, known = f"{self.folder}/{text.name}", self.required | self.optional
        if wrong := text.head.keys() - known.keys():
            raise TextError(
                f"{name}: unknown {', '.join(sorted(wrong))}; known: {', '.join(known)}"
            )
        if missing := self.required.keys() - text.head.keys():
            raise TextError(f"{name}: the head lacks {', '.join(sorted(missing))}")
        plain = self.model is QuickLink  # a sentence, not Markdown: its line breaks mean nothing
        body = " ".join(text.body.split()) if plain else text.body
        values = {self.body: body} | ({"access": Access.PUBLIC} if "access" in known else {})
        for key, value in text.head.items():
            try:
                values[key] = known[key](value)
            except ValueError as error:
                raise TextError(f"{name}: {key} is {value!r}; expected {error}") from error
        return values


PLAIN = {"summary": str, "access": access}
ARTICLES = Kind("articles", Article, "body", {"title": str, "section": str},
                {"order": number, **PLAIN})  # fmt: skip
NEWS = Kind("news", News, "body", {"title": str, "date": day}, PLAIN)
TERMS = Kind("glossary", Term, "body", {"term": str, "short": str},
             {"aliases": str, "see": article, "access": access})  # fmt: skip
HOME_TEXTS = Kind("home", HomeText, "body", {"title": str}, {"order": number})
QUICK_LINKS = Kind("home", QuickLink, "text", {"title": str, "icon": str},
                   {"order": number, "page": str})  # fmt: skip

KINDS = (ARTICLES, NEWS, TERMS, QUICK_LINKS, HOME_TEXTS)
"""In the order in which they are loaded: a term may name an article. A file of `home/` with an
icon is a quick link, any other a panel of words."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `new`, `updated`, `same`, `edited` or `deleted` (both kept so)."""

    name: str
    status: str


def files(folder, kind):
    """The texts of one kind."""
    for path in sorted((folder / kind.folder).glob("*.md")):
        text = parse(path.stem, path.read_text(encoding="utf-8"))
        if kind not in (QUICK_LINKS, HOME_TEXTS) or ("icon" in text.head) == (kind is QUICK_LINKS):
            yield text


@transaction.atomic
def load_texts(folder=FOLDER, *, dry=False):
    """Load the texts of a folder; doing it twice changes nothing.

    A record that a curator edited or deleted stays as it is.

    Parameters
    ----------
    folder : Path
        Holds `articles/`, `news/`, `glossary/` and `home/` with Markdown files.
    dry : bool
        Only say what would happen.

    Returns
    -------
    list of Outcome

    Raises
    ------
    TextError
        If a file cannot be read; nothing is changed then.
    """
    outcomes = []
    for kind in KINDS:
        known = {record.slug: record for record in kind.model.objects.all()}
        removed = set(kind.model.history.filter(history_type="-").values_list("slug", flat=True))
        for text in files(folder, kind):
            record = known.get(text.name)
            if record is None and text.name in removed:
                status = "deleted"
            else:
                status = _load(kind, text, record or kind.model(slug=text.name), dry)
            outcomes.append(Outcome(f"{kind.folder}/{text.name}", status))
    return outcomes


def _load(kind, text: Text, record, dry):
    """Load one file into its record, and say what became of it."""
    values = kind.fields(text)
    fresh = digest(_plain(values))
    if record.pk is not None:
        if _checksum(record, values) == fresh:
            return "same"
        if record.loaded != _whole(kind, record):
            return "edited"
    status = "updated" if record.pk else "new"
    if dry:
        return status
    for name, value in values.items():
        setattr(record, name, value)
    record.loaded = _whole(kind, record)
    record._change_reason = REASON
    try:
        record.full_clean()
    except ValidationError as error:
        raise TextError(f"{kind.folder}/{text.name}: {' '.join(error.messages)}") from error
    record.save()
    return status


def _whole(kind, record):
    """Checksum of everything that a file of this kind could give."""
    return _checksum(record, (kind.body, *kind.required, *kind.optional))


def _checksum(record, names):
    return digest(_plain({name: getattr(record, name) for name in names}))


def _plain(values):
    """Values as texts; another record stands there by its slug, whatever its title becomes."""
    return {name: getattr(value, "slug", value) for name, value in values.items()}
