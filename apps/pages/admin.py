"""Content in the admin: write with a preview, publish now or later, look back."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from simple_history.template_utils import HistoricalRecordContextHelper

from apps.core.admin import CuratedAdmin
from apps.pages.budget import LONGEST
from apps.pages.forms import ContentForm, MarkdownWidget, PictureForm
from apps.pages.models import Article, HomeText, News, Picture, QuickLink, Term
from apps.pages.rendering import render
from apps.pages.texts import differing

SENTENCE = 200
"""Letters from which on a field is a wide one."""


class ChangedLines(HistoricalRecordContextHelper):
    """What a change was, as the lines that differ."""

    max_displayed_delta_change_chars = 600

    def prepare_delta_change_value(self, change, value):
        """Of a text the lines that are not on the other side too."""
        if isinstance(change.old, str) and isinstance(change.new, str):
            return differing(change.old, change.new)[value is not change.old]
        return super().prepare_delta_change_value(change, value)


class ContentAdmin(CuratedAdmin):
    """A text: its form has a preview, and its list says who sees what since when."""

    form = ContentForm
    readonly_fields = ("changed_at",)
    prepopulated_fields = {"slug": ("title",)}

    def get_historical_record_context_helper(self, request, record):
        """Show changes of long texts by line."""
        return ChangedLines(self.model, record)

    def formfield_for_dbfield(self, field, request, **kwargs):
        """Markdown is written in a tall field with a preview, a sentence in a wide one."""
        if field.name == "body":
            kwargs["widget"] = MarkdownWidget
        elif (field.max_length or 0) >= SENTENCE and not field.choices:
            kwargs["widget"] = AdminTextInputWidget({"class": "vLargeTextField"})
        return super().formfield_for_dbfield(field, request, **kwargs)


@admin.register(Article)
class ArticleAdmin(ContentAdmin):
    """The documentation."""

    list_display = ("title", "slug", "section", "order", "access", "release_at", "changed_at")
    list_filter = ("access",)
    search_fields = ("title", "slug", "section", "summary", "body")
    fields = (
        *("title", "slug", "section", "order", "summary", "body"),
        *("access", "release_at", "changed_at"),
    )
    ordering = ("section", "order", "title")

    def get_urls(self):
        """The preview of every text is here."""
        preview = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", preview, name="pages_article_preview"), *super().get_urls()]

    def preview(self, request):
        """What was typed, as readers will see it; for those who may change an article or news."""
        may = request.user.has_perm("pages.change_article") or request.user.has_perm(
            "pages.change_news"
        )
        if not may:
            raise PermissionDenied
        source = request.POST.get("body", "")
        terms = Term.objects.all().explained()
        shown = Picture.objects.all().shown_in(source[:LONGEST])
        made = render(source, terms=terms, pictures=shown)
        words = format_html('<p class="errornote">{}</p>', made.refusal) if made.refusal else ""
        return HttpResponse(words + made.html)


@admin.register(News)
class NewsAdmin(ContentAdmin):
    """News."""

    list_display = ("title", "date", "access", "release_at", "changed_at")
    list_filter = ("access",)
    search_fields = ("title", "slug", "summary", "body")
    date_hierarchy = "date"
    fields = ("title", "slug", "date", "summary", "body", "access", "release_at", "changed_at")


@admin.register(Term)
class TermAdmin(ContentAdmin):
    """The glossary."""

    list_display = ("term", "aliases", "short", "access", "changed_at")
    list_filter = ("access",)
    search_fields = ("term", "aliases", "short")
    prepopulated_fields = {"slug": ("term",)}
    autocomplete_fields = ("see",)
    fields = (
        *("term", "slug", "aliases", "short", "body", "see"),
        *("access", "release_at", "changed_at"),
    )


@admin.register(HomeText)
class HomeTextAdmin(ContentAdmin):
    """Words of the home page; what is saved is public at once."""

    list_display = ("title", "order", "changed_at")
    fields = ("title", "slug", "order", "body", "changed_at")

    def view_on_site(self, text):
        """The home page."""
        return reverse("home")


@admin.register(QuickLink)
class QuickLinkAdmin(ContentAdmin):
    """Cards of the home page; what is saved is public at once."""

    list_display = ("title", "page", "order", "changed_at")
    fields = ("title", "slug", "icon", "text", "page", "order", "changed_at")

    def view_on_site(self, link):
        """The home page."""
        return reverse("home")


@admin.register(Picture)
class PictureAdmin(CuratedAdmin):
    """Pictures, and the words to paste into a text."""

    form = PictureForm
    list_display = ("thumbnail", "slug", "alt", "size", "access", "changed_at")
    list_display_links = ("thumbnail", "slug")
    list_filter = ("access",)
    search_fields = ("slug", "alt", "credit")
    readonly_fields = ("thumbnail", "paste", "size", "changed_at")
    fields = (
        *("slug", "upload", "alt", "credit", "access", "release_at"),
        *("thumbnail", "paste", "size", "changed_at"),
    )

    @admin.display(description="picture")
    def thumbnail(self, picture):
        """The picture, small."""
        if not picture.pk:
            return "–"
        return format_html(
            '<img src="{}" alt="{}" height="60" loading="lazy">',
            picture.get_absolute_url(),
            picture.alt,
        )

    @admin.display(description="to paste into a text")
    def paste(self, picture):
        """Markdown that shows the picture."""
        return f"![{picture.alt}](picture:{picture.slug})" if picture.pk else "–"

    @admin.display(description="size in pixels")
    def size(self, picture):
        """Width and height."""
        return f"{picture.width} × {picture.height}" if picture.pk else "–"
