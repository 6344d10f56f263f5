"""Content as curators write it; each function shows what a test depends on."""

import hashlib
import io

from django.core.files.base import ContentFile
from PIL import Image

from apps.pages.models import Article, HomeText, News, Picture, QuickLink, Term


def an_article(slug="grids", **fields):
    """A public article."""
    row = {"title": "Grids", "section": "Instrument", "body": "Text.", "access": "public"}
    return Article.objects.create(slug=slug, **row | fields)


def a_news(slug="first", **fields):
    """A public news item."""
    row = {"title": "First light", "body": "Text.", "access": "public"}
    return News.objects.create(slug=slug, **row | fields)


def a_term(term="RCR", **fields):
    """A public term."""
    row = {"slug": term.lower().replace(" ", "-"), "short": f"What {term} means."}
    return Term.objects.create(term=term, **row | {"access": "public"} | fields)


def a_home_text(**fields):
    """A panel of words."""
    row = {"slug": "about", "title": "About", "body": "STIX observes the Sun."}
    return HomeText.objects.create(**row | fields)


def a_quick_link(slug="curves", **fields):
    """A card of the home page."""
    row = {"icon": "curve", "title": "Curves", "text": "One sentence.", "page": ""}
    return QuickLink.objects.create(slug=slug, **row | fields)


def image_bytes(kind="PNG", size=(40, 30), mode="RGB", **options):
    """A file of one colour."""
    stream = io.BytesIO()
    Image.new(mode, size, 0 if mode in "LPI;16" else "#3070c4").save(stream, kind, **options)
    return stream.getvalue()


def a_picture(slug="grid-photo", content=None, **fields):
    """A public picture with its file."""
    content = content or image_bytes()
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.png"
    row = {"alt": "Tungsten grids", "width": 40, "height": 30, "access": "public"}
    return Picture.objects.create(slug=slug, file=ContentFile(content, name), **row | fields)


def in_folder(folder, **files):
    """A folder of texts: `in_folder(tmp_path, articles__grids="---…")`."""
    for name, source in files.items():
        path = folder / (name.replace("__", "/").replace("_", "-") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder
