"""What machines read of the content: the news as Atom, and the map of the public pages."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from apps.core.policy import Access
from apps.pages.models import Article, News

PUBLIC = AnonymousUser()
"""Feed and map are the same for everybody, so that they can be kept by anybody."""

ENTRIES = 30


class NewsFeed(Feed):
    """The latest news."""

    feed_type = Atom1Feed
    title = "STIX Data Center: news"
    subtitle = "News of the data, the instrument and this portal"
    link = reverse_lazy("pages:news")

    def items(self):
        """What everybody may see."""
        return News.objects.visible_to(PUBLIC).newest()[:ENTRIES]

    def item_description(self, news):
        """One sentence."""
        return news.summary

    def item_updateddate(self, news):
        """When it was changed, or became public."""
        released = news.release_at if news.access == Access.EMBARGOED else news.changed_at
        return max(news.changed_at, released)


class Pages(Sitemap):
    """Pages that are always there."""

    NAMES = (
        *("home", "quicklook:lightcurves", "archive:products"),
        *("housekeeping:housekeeping", "housekeeping:parameters"),
        *("pages:articles", "pages:glossary", "pages:news", "pages:contact"),
    )

    def items(self):
        """Names of pages."""
        return self.NAMES

    def location(self, name):
        """Address of a page."""
        return reverse(name)


class Texts(Sitemap):
    """Articles and news that everybody may see."""

    def __init__(self, model):
        self.model = model

    def items(self):
        """In a steady order, as pages of a long map ask for."""
        return self.model.objects.visible_to(PUBLIC).order_by("pk")

    def lastmod(self, text):
        """When it was changed."""
        return text.changed_at


SITEMAPS = {"pages": Pages(), "articles": Texts(Article), "news": Texts(News)}
