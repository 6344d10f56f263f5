"""The vocabulary of the content: what a visitor may read, in the order in which it is shown."""

from django.apps import apps as installed
from django.db import models
from django.db.models import Q

from apps.core.managers import RestrictedQuerySet
from apps.core.search import Hit
from apps.pages.rendering import Explained, Image, named_pictures

WORDS = 8
"""At most so many words of what was typed are looked for."""

HITS = 10
"""At most so many answers of each kind to what was typed into the search box."""


class ArticleQuerySet(RestrictedQuerySet):
    """Documentation articles."""

    def containing(self, text):
        """Articles with every word in their title, summary or body; the title counts most."""
        in_title = every_word(text, "title")
        found = self.filter(every_word(text, "title", "summary", "body"))
        return found.annotate(rank=models.Case(models.When(in_title, then=0), default=1)).order_by(
            "rank", "order", "title"
        )


class NewsQuerySet(RestrictedQuerySet):
    """News, newest first."""

    def newest(self):
        """The latest by the date that is shown."""
        return self.order_by("-date", "-pk")

    def containing(self, text):
        """News with every word in them."""
        return self.filter(every_word(text, "title", "summary", "body")).newest()


class TermQuerySet(RestrictedQuerySet):
    """The glossary."""

    def explained(self):
        """Every term as pages explain it, one query."""
        rows = self.values_list("slug", "term", "aliases", "short")
        address = self.model.address
        return [
            Explained(slug, (term, *split(aliases)), short, address(slug))
            for slug, term, aliases, short in rows
        ]

    def containing(self, text):
        """Terms with every word in a name or in their explanation."""
        return self.filter(every_word(text, "term", "aliases", "short")).order_by("term")


class PictureQuerySet(RestrictedQuerySet):
    """Pictures of the articles."""

    def shown_in(self, *sources):
        """The pictures that Markdown texts name, by slug; no query where they name none."""
        slugs = {slug for source in sources for slug in named_pictures(source)}
        if not slugs:
            return {}
        return {
            picture.slug: Image(
                picture.get_absolute_url(), picture.width, picture.height, picture.alt
            )
            for picture in self.filter(slug__in=slugs)
        }


def every_word(text, *fields):
    """The condition that each word of a text is in one of the fields."""
    found = Q()
    for word in text.split()[:WORDS]:
        found &= Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)
    return found


def split(aliases):
    """Names written in one line, separated by commas.

    >>> split("rate control, RCR state ,")
    ['rate control', 'RCR state']
    """
    return [name.strip() for name in aliases.split(",") if name.strip()]


def find(text, user):
    """What articles, news and glossary answer to the search box.

    A term is exact where the text is one of its names, an article where it is its title.

    Parameters
    ----------
    text : str
    user : User

    Returns
    -------
    list of Hit
    """
    typed = text.strip()
    if len(typed) < 2:
        return []
    model = {name: installed.get_model("pages", name) for name in ("Term", "Article", "News")}
    hits = []
    for term in model["Term"].objects.visible_to(user).containing(typed)[:HITS]:
        names = {name.casefold() for name in (term.term, *split(term.aliases))}
        exact = typed.casefold() in names
        found = "Glossary", term.term, term.get_absolute_url()
        hits.append(Hit(*found, exact, term.short, word=True))
    for article in model["Article"].objects.visible_to(user).containing(typed)[:HITS]:
        exact = typed.casefold() == article.title.casefold()
        note = article.summary or article.section
        found = "Documentation", article.title, article.get_absolute_url()
        hits.append(Hit(*found, exact, note, word=True))
    for news in model["News"].objects.visible_to(user).containing(typed)[:HITS]:
        hits.append(Hit("News", news.title, news.get_absolute_url(), note=f"{news.date}"))
    return hits
