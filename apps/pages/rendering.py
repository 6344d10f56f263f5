"""Markdown to HTML that cannot do harm.

Two walls. Markup typed into a text is no markup here: it is shown as it was typed. And what
Markdown made passes a closed list of elements and attributes. So a curator can write tables,
code, footnotes and links, and nobody can bring in a script, a frame, a style, or a picture of
another host.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from apps.pages.budget import LONGEST, Budget, TooMuchWork

ALLOWED = {
    **{name: {"id"} for name in ("h2", "h3", "h4", "sup")},
    **{name: set() for name in ("p", "ul", "strong", "em", "code", "blockquote", "hr", "br")},
    **{name: set() for name in ("table", "thead", "tbody", "tr")},
    **{name: {"align"} for name in ("th", "td")},
    "a": {"href", "title", "rel", "aria-describedby"},
    "div": {"tabindex", "aria-label"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "span": {"id"},
}
"""Element -> its attributes; classes and roles are in the two lists below."""

CLASSES = {
    "a": {"footnote-ref", "footnote-backref"},
    "div": {"footnote", "scroll"},
    "span": {"term"},
}
ROLES = {"div": {"role": {"region"}}, "span": {"role": {"tooltip"}}}
SCHEMES = {"http", "https", "mailto"}

OWN_PICTURE = re.compile(r"/pictures/[a-z0-9-]+/(?:\?v=[0-9a-f]+)?")
OTHER_HOST = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}", re.IGNORECASE)
PICTURE = "picture:"
PICTURES = re.compile(r"!\[[^\]]{0,1000}\]\(\s*<?picture:([^)\s>]*)")
FOOTNOTE = re.compile(r"\[\^([^\]]{0,100})\]")
"""As Markdown's own, but the search for the end stops: it would go to the end of the text."""

KEPT = 400
"""Most texts whose HTML a process keeps; a change of text, terms or pictures makes it anew."""

TOO_LONG = f"The text has {{}} letters, at most {LONGEST} are laid out; divide it into two."
NESTED = "Lists or quotes are nested too deeply to be laid out; use fewer levels."
TANGLED = (
    "The text takes too long to be laid out, as thousands of brackets that are never closed or of "
    "nested lists do; close them, mark them as code with `, or divide the text."
)

UNTOUCHED = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
TAKEN = {
    *(
        "main",
        "place",
        "search",
        "theme",
        "keys",
        "keys-on",
        "keys-heading",
        "share",
        "share-link",
        "share-state",
    ),
    *("share-heading", "timebar", "latest", "range-error", "contents"),
}
"""Identifiers of the frame; a heading of the same name gets another."""


@dataclass(frozen=True)
class Image:
    """A picture of ours: its address, its size in pixels, and what it shows in words."""

    address: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Explained:
    """A term of the glossary: its names, the first is the usual one, and a short explanation."""

    slug: str
    names: tuple
    short: str
    address: str


@dataclass(frozen=True)
class Rendered:
    """A text as HTML, and its headings: `{"id", "name", "children"}`, names already escaped.

    With a `refusal`, the sentence why, the HTML is the text as it was typed.
    """

    html: str
    contents: list = field(default_factory=list)
    refusal: str = ""


def render(source, *, terms=(), pictures=None):
    """Turn Markdown into HTML.

    Parameters
    ----------
    source : str
        Markdown with tables, fenced code, footnotes; `![what it shows](picture:slug)` is a
        picture. The highest heading becomes `<h2>`, and none skips a level.
    terms : iterable of Explained
        Each is explained where it first occurs outside headings, links and code.
    pictures : mapping of str to Image, optional
        Pictures the reader may see, by slug. In place of any other stands its description.

    Returns
    -------
    Rendered
        As typed where the text is too long, too deeply nested, or too much work.

    Examples
    --------
    >>> render("# On *counts*").html
    '<h2 id="on-counts">On <em>counts</em></h2>'
    >>> render("[here](javascript:alert(1)) <b>x</b>").html
    '<p><a>here</a> &lt;b&gt;x&lt;/b&gt;</p>'
    """
    if len(source) > LONGEST:
        return _as_typed(source, TOO_LONG.format(len(source)))
    return _rendered(source, tuple(terms), tuple((pictures or {}).items()))


@lru_cache(maxsize=KEPT)
def _rendered(source, terms, pictures):
    converter = markdown.Markdown(
        extensions=["tables", "fenced_code", "footnotes", "toc", "sane_lists"],
        extension_configs={
            "toc": {"toc_depth": "2-3", "marker": "", "slugify": _identifier},
            "tables": {"use_align_attribute": True},
            "footnotes": {"BACKLINK_TITLE": "Back to the text"},
        },
    )
    _Portal(terms, dict(pictures)).extendMarkdown(converter)
    Budget().extendMarkdown(converter)
    try:
        html = converter.convert(source.replace("\x00", ""))
    except RecursionError:  # lists in lists in lists …, hundreds of them
        return _as_typed(source, NESTED)
    except TooMuchWork:
        return _as_typed(source, TANGLED)
    return Rendered(clean(html), converter.toc_tokens)


def _as_typed(source, refusal):
    return Rendered(clean(f"<pre>{escape(source[:LONGEST])}</pre>"), refusal=refusal)


def clean(html):
    """Let only the closed list of elements and attributes through."""
    return nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes=ALLOWED,
        allowed_classes=CLASSES,
        tag_attribute_values=ROLES,
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
        attribute_filter=_only_own_pictures,
        url_schemes=SCHEMES,
        link_rel=None,
    )


def named_pictures(source):
    """Slugs of the pictures that a text shows, in order.

    >>> named_pictures("a ![grid](picture:grids) and ![x](picture:y-2)")
    ['grids', 'y-2']
    """
    return list(dict.fromkeys(PICTURES.findall(source)))


def explanation(term, text=None, number=1):
    """A term with its explanation, as an element.

    The explanation is shown on hover and on focus, a screen reader tells it with the link, and
    the link leads to the glossary, so that it is not on hover only.
    """
    wrapper = ElementTree.Element("span", {"class": "term"})
    tip = f"term-{term.slug}" + (f"-{number}" if number > 1 else "")
    link = ElementTree.SubElement(wrapper, "a", href=term.address)
    link.set("aria-describedby", tip)
    link.text = AtomicString(text or term.names[0])
    ElementTree.SubElement(wrapper, "span", role="tooltip", id=tip).text = AtomicString(term.short)
    return wrapper


def explained(term, text=None, number=1):
    """A term with its explanation, as HTML."""
    element = explanation(term, text, number)
    return ElementTree.tostring(element, encoding="unicode", method="html")


def _identifier(value, separator):
    found = slugify(value, separator) or "part"
    return f"{found}{separator}text" if found in TAKEN else found


def _only_own_pictures(tag, name, value):
    """Drop the source of a picture that is not ours."""
    if tag == "img" and name == "src" and not OWN_PICTURE.fullmatch(value):
        return None
    return value


class _Portal(Extension):
    """What this portal adds to Markdown, and the markup it takes away."""

    def __init__(self, terms, pictures):
        self.terms, self.pictures = list(terms), pictures
        super().__init__()

    def extendMarkdown(self, md):
        """Hook in: markup is text; headings before the table of contents, terms after it."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns["footnote"].compiled_re = FOOTNOTE
        md.treeprocessors.register(_Headings(md), "portal-headings", 9)
        md.treeprocessors.register(_Links(md), "portal-links", 8)
        md.treeprocessors.register(_Pictures(md, self.pictures), "portal-pictures", 7)
        md.treeprocessors.register(_Tables(md), "portal-tables", 6)
        md.treeprocessors.register(_Terms(md, self.terms), "portal-terms", 4)


class _Headings(Treeprocessor):
    """The page's title is the only `<h1>`; levels go down one by one."""

    def run(self, root):
        """Give each heading its level."""
        open_levels = []
        for element in root.iter():
            if re.fullmatch(r"h[1-6]", element.tag):
                typed = int(element.tag[1])
                while open_levels and open_levels[-1] >= typed:
                    open_levels.pop()
                open_levels.append(typed)
                element.tag = f"h{min(len(open_levels) + 1, 4)}"


class _Links(Treeprocessor):
    """A page of another host learns nothing of this one."""

    def run(self, root):
        """Mark links to other hosts."""
        for link in root.iter("a"):
            if OTHER_HOST.match(link.get("href", "")):
                link.set("rel", "noopener noreferrer")


class _Pictures(Treeprocessor):
    """`picture:slug` becomes the picture; anything else its description."""

    def __init__(self, md, pictures):
        super().__init__(md)
        self.pictures = pictures

    def run(self, root):
        """Look each picture up."""
        for element in root.iter("img"):
            source, alt = element.get("src", ""), element.get("alt", "")
            image = self.pictures.get(source.removeprefix(PICTURE))
            if source.startswith(PICTURE) and image:
                element.attrib |= {"src": image.address, "alt": alt or image.alt}
                element.attrib |= {"width": str(image.width), "height": str(image.height)}
                element.set("loading", "lazy")
            else:
                element.tag, element.text = "em", AtomicString(alt or "A picture")
                element.attrib.clear()


class _Tables(Treeprocessor):
    """A wide table scrolls in a box that the keyboard reaches."""

    def run(self, root):
        """Wrap each table."""
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    facts = {"class": "scroll", "tabindex": "0", "role": "region"}
                    box = ElementTree.Element("div", facts | {"aria-label": "Table"})
                    box.tail, child.tail = child.tail, None
                    box.append(child)
                    parent[place] = box


class _Terms(Treeprocessor):
    """Explain each term of the glossary where it first occurs."""

    def __init__(self, md, terms):
        super().__init__(md)
        self.terms = {_key(name): term for term in terms for name in term.names}
        names = sorted((name for term in terms for name in term.names), key=len, reverse=True)
        pattern = "|".join(map(_pattern, names))
        self.pattern = re.compile(rf"(?<![\w/.\-])(?:{pattern})(?![\w\-])") if names else None
        self.done = set()

    def run(self, root):
        """Walk the text in reading order."""
        if self.pattern:
            self._walk(root)

    def _walk(self, parent):
        if parent.tag in UNTOUCHED or parent.get("class") == "term":
            return
        parent.text = self._split(parent, 0, parent.text)
        for child in list(parent):
            self._walk(child)
            child.tail = self._split(parent, list(parent).index(child) + 1, child.tail)

    def _split(self, parent, place, text):
        """Put explanations into a text; what stands before the first stays, and is returned."""
        if not text or isinstance(text, AtomicString):
            return text
        before, last, end = text, None, 0
        for match in self.pattern.finditer(text):
            term = self.terms.get(match[0]) or self.terms.get(match[0].casefold())
            if term is None or term.slug in self.done:
                continue
            self.done.add(term.slug)
            gap = text[end : match.start()]
            if last is None:
                before = gap
            else:
                last.tail = gap
            last, end = explanation(term, match[0]), match.end()
            parent.insert(place, last)
            place += 1
        if last is not None:
            last.tail = text[end:]
        return before


def _is_short_form(name):
    """Whether a name is written in one way only: RCR, keV, L1A."""
    return any(sign.isupper() or sign.isdigit() for sign in name[1:])


def _key(name):
    return name if _is_short_form(name) else name.casefold()


def _pattern(name):
    words = re.escape(name)
    return words if _is_short_form(name) else f"(?i:{words})"
