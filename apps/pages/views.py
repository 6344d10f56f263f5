"""The home page, news, documentation, glossary, contact, pictures, and files for machines."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views import View
from django.views.decorators.http import condition, require_safe

from apps.core.managers import is_team
from apps.core.registry import highlights
from apps.core.timeaxis import iso
from apps.core.views import RecordPage
from apps.pages import rendering
from apps.pages.models import Article, HomeText, News, Picture, QuickLink, Term

SECTIONS = ("Instrument", "Reading the pages", "Data", "Programs", "Portal", "Help")
"""Sections of the documentation in this order; others follow by their name."""

LATEST_NEWS = 3
NEWS_ON_A_PAGE = 20
SECURITY_TXT_DAYS = 180


def html_of(source, user, *, terms=None):
    """A text as HTML with the terms and pictures that the reader may see.

    `terms` are those of `Term.objects.explained()`, asked for where not given.
    """
    if terms is None:
        terms = Term.objects.visible_to(user).explained()
    pictures = Picture.objects.visible_to(user).shown_in(source)
    made = rendering.render(source, terms=terms, pictures=pictures)
    return rendering.Rendered(mark_safe(made.html), made.contents)


@require_safe
def home(request):
    """What STIX is, its newest data, and the way to everything."""
    user = request.user
    found = [(entry, entry.provide(user)) for entry in highlights.open_to(is_team(user))]
    texts = list(HomeText.objects.order_by("order", "pk"))
    terms = Term.objects.visible_to(user).explained() if texts else []
    links = list(QuickLink.objects.order_by("order", "pk"))
    context = {
        "texts": [(text, html_of(text.body, user, terms=terms).html) for text in texts],
        "highlights": [
            {"template": entry.options["template"], "newest": newest}
            for entry, newest in found
            if newest
        ],
        "ready": [link for link in links if link.href],
        "coming": [link for link in links if not link.href],
        "news": News.objects.visible_to(user).newest()[:LATEST_NEWS],
    }
    return render(request, "home.html", context)


class NewsList(View):
    """News, newest first."""

    http_method_names = ("get", "head")

    def get(self, request):
        """Show a page of them."""
        news = News.objects.visible_to(request.user).newest()
        page = Paginator(news, NEWS_ON_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "pages/news.html", {"title": "News", "page": page})


class TextPage(RecordPage):
    """One text with its contents and how to cite it."""

    def get_context_data(self, **kwargs):
        """The text as HTML, and the address under which it is cited."""
        made = html_of(self.object.body, self.request.user)
        return super().get_context_data(
            title=self.object.title,
            text=made.html,
            contents=made.contents,
            cited=self.request.build_absolute_uri(self.object.get_absolute_url()),
            **kwargs,
        )


class ArticlePage(TextPage):
    """An article of the documentation."""

    model = Article
    template_name = "pages/article.html"


class NewsItem(TextPage):
    """One news item."""

    model = News
    template_name = "pages/news_item.html"


@require_safe
def articles(request):
    """The documentation by section."""
    listed = Article.objects.visible_to(request.user).order_by("order", "title")
    sections = {}
    for article in listed.defer("body"):
        sections.setdefault(article.section, []).append(article)

    def place(section):
        known = section in SECTIONS
        return (SECTIONS.index(section) if known else len(SECTIONS), section)

    groups = [(name, slugify(name), sections[name]) for name in sorted(sections, key=place)]
    return render(request, "pages/articles.html", {"title": "Documentation", "groups": groups})


@require_safe
def glossary(request):
    """Every term with its explanation, by letter."""
    listed = Term.objects.visible_to(request.user).select_related("see")
    pictures = Picture.objects.visible_to(request.user)
    shown = pictures.shown_in(*(term.body for term in listed))
    readable = set(Article.objects.visible_to(request.user).values_list("pk", flat=True))
    letters = {}
    for term in sorted(listed, key=lambda term: (term.letter, term.term.casefold())):
        text = mark_safe(rendering.render(term.body, pictures=shown).html)
        see = term.see if term.see_id in readable else None
        letters.setdefault(term.letter, []).append((term, text, see))
    context = {"title": "Glossary", "letters": list(letters.items())}
    return render(request, "pages/glossary.html", context)


@require_safe
def contact(request):
    """Whom to ask: the article `contact`, and the address of the settings."""
    article = Article.objects.visible_to(request.user).filter(slug="contact").first()
    context = {
        "title": article.title if article else "Contact",
        "text": html_of(article.body, request.user).html if article else "",
        "email": settings.CONTACT_EMAIL,
    }
    return render(request, "pages/contact.html", context)


def _picture(request, slug):
    """The picture of a slug, asked for once a request."""
    if not hasattr(request, "_picture"):
        visible = Picture.objects.visible_to(request.user)
        request._picture = get_object_or_404(visible, slug=slug)
    return request._picture


@require_safe
@condition(etag_func=lambda request, slug: f'"{_picture(request, slug).checksum}"')
def picture(request, slug):
    """A picture's file, as far as the viewer may see it."""
    found = _picture(request, slug)
    try:
        with found.file.open("rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise Http404(f"the file of {slug} is missing") from None
    suffix = found.file.name.rpartition(".")[2]
    response = HttpResponse(content, content_type=f"image/{'jpeg' if suffix == 'jpg' else suffix}")
    kept = "public, max-age=3600" if found.access == "public" else "private, no-cache"
    response.headers["Cache-Control"] = kept
    return response


@require_safe
def robots(request):
    """What search engines leave alone: the admin, and answers that are windows of numbers."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        "Disallow: /api/",
        "Disallow: /search/",
        "Disallow: /quicklook/lightcurves/window.bin",
        "Disallow: /quicklook/lightcurves/data.",
        f"Sitemap: {request.build_absolute_uri(reverse('pages:sitemap'))}",
    ]
    return _plain(lines)


@require_safe
def security(request):
    """Where to report a weakness (RFC 9116)."""
    address = settings.CONTACT_EMAIL
    page = request.build_absolute_uri(reverse("pages:contact"))
    expires = timezone.now().replace(microsecond=0) + timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: {f'mailto:{address}' if address else page}",
        f"Expires: {iso(expires)}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri(reverse('pages:security'))}",
    ]
    return _plain(lines)


def _plain(lines):
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
