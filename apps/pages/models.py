"""What curators write: articles, news, glossary, pictures, and the words of the home page."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.core.models import Curated, Restricted
from apps.core.policy import Access, may_see
from apps.pages.managers import ArticleQuerySet, NewsQuerySet, PictureQuerySet, TermQuerySet
from apps.pages.storage import PictureStorage

ICONS = (
    *("curve", "spectrum", "orbit", "files", "request", "flare", "calendar", "book"),
    *("table", "code", "info", "sun", "gauge"),
)
"""Symbols of the sprite that a quick link may have."""

NO_PAGE = (
    "{!r} is no address of ours, no https:// address and no page's name; write for instance "
    "/docs/ or quicklook:lightcurves."
)
MARKDOWN = "Markdown; a picture is written ![what it shows](picture:its-slug)."


def today():
    """The present UTC day."""
    return timezone.now().date()


class Loadable(models.Model):
    """A record whose first text comes with the portal and is then edited by people."""

    loaded = models.CharField(max_length=64, blank=True, editable=False)
    """Checksum of the text last loaded: while the record still has it, nobody edited it."""

    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Written(Loadable, Curated, Restricted):
    """A text of its own address: a draft for the team, scheduled, or published."""

    slug = models.SlugField(
        max_length=80, unique=True, help_text="Its address: small letters, digits and hyphens."
    )

    class Meta(Restricted.Meta):
        abstract = True

    @property
    def is_public(self):
        """Whether everybody sees it by now."""
        viewer = {"is_team": False, "is_owner": False, "now": timezone.now()}
        return may_see(Access(self.access), self.release_at, **viewer)


class Article(Written):
    """A page of the documentation."""

    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True, help_text="One plain sentence.")
    body = models.TextField(help_text=MARKDOWN)
    section = models.CharField(
        max_length=60, default="Data", help_text="Heading under which the list shows it."
    )
    order = models.PositiveSmallIntegerField(default=100, help_text="Place in its section.")

    objects = ArticleQuerySet.as_manager()

    class Meta(Written.Meta):
        ordering = ["section", "order", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Its page."""
        return reverse("pages:article", args=[self.slug])


class News(Written):
    """Something new, with its date."""

    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True, help_text="One plain sentence.")
    body = models.TextField(blank=True, help_text=MARKDOWN)
    date = models.DateField(default=today, help_text="Date shown with it (UTC).")

    objects = NewsQuerySet.as_manager()

    class Meta(Written.Meta):
        ordering = ["-date", "-pk"]
        verbose_name_plural = "news"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Its page."""
        return reverse("pages:news-item", args=[self.slug])


class Term(Written):
    """A word of the field, explained wherever it first occurs."""

    term = models.CharField(max_length=60, unique=True, help_text="As it is usually written.")
    aliases = models.CharField(
        max_length=200, blank=True, help_text="Other names, separated by commas."
    )
    short = models.CharField(
        max_length=240, help_text="One plain sentence, shown where the term occurs; no Markdown."
    )
    body = models.TextField(
        "long explanation", blank=True, help_text=MARKDOWN + " Shown in the glossary."
    )
    see = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, help_text="Article that says more."
    )

    objects = TermQuerySet.as_manager()

    class Meta(Written.Meta):
        ordering = ["term"]

    def __str__(self):
        return self.term

    def get_absolute_url(self):
        """Its place in the glossary."""
        return self.address(self.slug)

    @staticmethod
    def address(slug):
        """Place of a term in the glossary."""
        return f"{reverse('pages:glossary')}#{slug}"

    @property
    def letter(self):
        """Letter of the glossary under which it stands."""
        return self.term[0].upper() if self.term[0].isalpha() else "0–9"


class Picture(Curated, Restricted):
    """An image for articles and news, kept as clean pixels below the data folder."""

    slug = models.SlugField(
        max_length=80, unique=True, help_text="Name by which texts show it: picture:its-slug."
    )
    alt = models.CharField(
        "what it shows", max_length=300, help_text="In words, for those who do not see it."
    )
    credit = models.CharField(max_length=200, blank=True, help_text="Whose picture it is.")
    file = models.FileField(storage=PictureStorage(), editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PictureQuerySet.as_manager()

    class Meta(Restricted.Meta):
        ordering = ["slug"]

    def __str__(self):
        return self.slug

    @property
    def checksum(self):
        """First digits of the checksum of its file, which is in its name."""
        return self.file.name.partition(".")[0][:16]

    def get_absolute_url(self):
        """Where it is served; changes with its content."""
        return f"{reverse('pages:picture', args=[self.slug])}?v={self.checksum}"


class HomeText(Loadable, Curated):
    """A panel of words on the home page."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    body = models.TextField(help_text=MARKDOWN + " Its paragraphs stand side by side.")
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title


class QuickLink(Loadable, Curated):
    """A card of the home page; without a page it is listed as in preparation."""

    slug = models.SlugField(max_length=80, unique=True)
    icon = models.CharField(max_length=20, choices=[(name, name) for name in ICONS])
    title = models.CharField(max_length=60)
    text = models.CharField(max_length=200, help_text="One sentence.")
    page = models.CharField(
        max_length=200,
        blank=True,
        help_text="An address such as /docs/ or https://example.org/, or the name of a page such "
        "as quicklook:lightcurves. Without one, the card is listed as in preparation.",
    )
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title

    @property
    def href(self):
        """Where the card leads; empty while its page does not exist."""
        if re.match(r"https://|/(?!/)", self.page):
            return self.page
        try:
            return reverse(self.page) if self.page else ""
        except NoReverseMatch:
            return ""

    def clean(self):
        """Refuse what is neither an address nor could be the name of a page."""
        if self.page and not re.match(r"https://|/(?!/)|[a-z_]+:[a-z-]+$|[a-z-]+$", self.page):
            raise ValidationError({"page": NO_PAGE.format(self.page)})
