"""Markdown becomes HTML that reads well and can do no harm."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pages.rendering import ALLOWED, TAKEN, Explained, Image, clean, render

ROOT = Path(__file__).parents[2]
RCR = Explained("rcr", ("RCR", "rate control regime"), "State 0–7 & more.", "/glossary/#rcr")
COUNT = Explained("count", ("count", "counts"), "One event.", "/glossary/#count")
GRID = Image("/pictures/grid/?v=0123abcd", 40, 30, "Tungsten grids")

ATTACKS = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{background:url(//evil.example)}</style>",
    '<p style="position:fixed">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<form action="https://evil.example"><input name=q></form>',
    '<base href="//evil.example/">',
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<object data=x.swf></object><embed src=x.swf>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    '![x" onerror="alert(1)](picture:grid)',
    '![x](picture:grid "a\\" onload=\\"alert(1)")',
    '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
    '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
    "# <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "x[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "`<script>alert(1)</script>`",
    "\x02wzxhzdk:0\x03<script>",
    "\x02klzzwxh:0000\x03<b onclick=x>",
    "*[RCR]: <script>alert(1)</script>\n\nRCR",
    'RCR" onclick="alert(1)',
)


class Elements(HTMLParser):
    """Every element of a text with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_decl(self, decl):
        self.found.append((f"!{decl}", {}))

    handle_comment = handle_pi = unknown_decl = handle_decl


def harm(html):
    """What in a text could do harm, by a reading of its own that trusts no cleaner."""
    for tag, attributes in Elements(html).found:
        if tag not in ALLOWED:
            yield f"element {tag}"
        for name, value in attributes.items():
            if name.startswith("on") or name in {"style", "srcset", "formaction", "srcdoc"}:
                yield f"attribute {name}"
            scheme = re.match(r"[\s\x00-\x20]*([a-z0-9+.-]*):", value or "", re.IGNORECASE)
            if name == "href" and scheme and scheme[1].lower() not in {"http", "https", "mailto"}:
                yield f"link to {value}"
            if name == "src" and value != GRID.address:
                yield f"picture {value}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_comes_through(attack):
    html = render(f"Before.\n\n{attack}\n\nAfter.", terms=[RCR], pictures={"grid": GRID}).html
    assert list(harm(html)) == []
    assert "After." in html


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_second_wall_holds_alone(attack):
    assert list(harm(clean(attack))) == []


@given(
    st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=12), st.sampled_from(
        ["\n", "\n\n", "- ", "> ", "    ", "`", "**", "](", "![", "|", "```\n", "[^1]", "RCR", "\\"]
    )), max_size=9)
)  # fmt: skip
def test_no_mixture_of_attacks_comes_through(parts):
    html = render("".join(parts), terms=[RCR, COUNT], pictures={"grid": GRID}).html
    assert list(harm(html)) == []


def test_the_reading_that_finds_harm_finds_it():
    assert list(harm("<a href='JAVASCRIPT:x'>")) == ["link to JAVASCRIPT:x"]
    assert list(harm("<p onclick=x style=y>")) == ["attribute onclick", "attribute style"]
    assert list(harm("<img src=https://evil.example>")) == ["picture https://evil.example"]
    assert list(harm("<script>")) == ["element script"]


def test_markup_that_was_typed_is_shown_as_it_was_typed():
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>").html
    assert "&lt;script&gt;alert(1)" in render("<script>alert(1)</script>").html


def test_tables_code_footnotes_and_lists_are_made():
    html = render(
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\nx < 1\n```\n\n"
        "Text[^1].\n\n- one\n\n[^1]: Foot."
    ).html
    assert '<div aria-label="Table" class="scroll" role="region" tabindex="0"><table>' in html
    assert '<td align="right">2</td>' in html
    assert '<pre tabindex="0"><code>x &lt; 1\n</code></pre>' in html
    assert '<a class="footnote-ref" href="#fn:1">1</a>' in html
    assert '<li id="fn:1">' in html
    assert "<li>one</li>" in html


def test_the_highest_heading_is_the_second_level_and_none_is_skipped():
    made = render("# One\n\n### Deep\n\n# Two\n\n###### Deeper")
    assert re.findall(r"<(h\d)", made.html) == ["h2", "h3", "h2", "h3"]
    assert [heading["id"] for heading in made.contents] == ["one", "two"]
    assert [heading["id"] for heading in made.contents[0]["children"]] == ["deep"]
    assert render("#### Only").html == '<h2 id="only">Only</h2>'


def test_names_of_headings_in_the_contents_are_escaped():
    (heading,) = render("# A & B <script>").contents
    assert heading["name"] == "A &amp; B &lt;script&gt;"


def test_no_heading_takes_an_identifier_of_the_frame():
    templates = Path(__file__).parents[2] / "templates"
    frame = [templates / "base.html", *(templates / "component").glob("*.html")]
    taken = {name for path in frame for name in re.findall(r'\bid="([a-z-]+)"', path.read_text())}
    assert taken - TAKEN == set()
    assert render("# Main").html == '<h2 id="main-text">Main</h2>'


@pytest.mark.parametrize(
    ("address", "marked"),
    [("https://soar.esac.esa.int/", True), ("//soar.esac.esa.int", True), ("/docs/", False),
     ("#grids", False), ("mailto:a@b.example", False)],
)  # fmt: skip
def test_links_to_other_hosts_tell_them_nothing(address, marked):
    assert ('rel="noopener noreferrer"' in render(f"[x]({address})").html) == marked


def test_a_picture_of_ours_is_shown_with_its_size_and_words():
    html = render("![](picture:grid)", pictures={"grid": GRID}).html
    assert 'src="/pictures/grid/?v=0123abcd"' in html
    assert {"alt": "Tungsten grids", "width": "40", "height": "30"}.items() <= dict(
        Elements(html).found
    )["img"].items()
    own = render("![Front grid](picture:grid)", pictures={"grid": GRID}).html
    assert 'alt="Front grid"' in own


@pytest.mark.parametrize("source", ["picture:other", "https://evil.example/x.png", "/static/x.png"])
def test_in_place_of_any_other_picture_stands_what_it_shows(source):
    assert render(f"![A grid]({source})", pictures={"grid": GRID}).html == "<p><em>A grid</em></p>"


class TestTerms:
    """Terms of the glossary are explained where they first occur."""

    def terms(self, source):
        """Terms explained in a text, by the text that is shown."""
        html = render(source, terms=[RCR, COUNT]).html
        return re.findall(r'<span class="term"><a [^>]*>([^<]*)</a>', html)

    def test_the_first_occurrence_alone_is_explained(self):
        assert self.terms("The RCR, and RCR again. Counts.\n\nThe rate control regime.") == [
            "RCR",
            "Counts",
        ]

    def test_the_explanation_is_told_with_a_link_to_the_glossary(self):
        html = render("An RCR.", terms=[RCR]).html
        assert html == (
            '<p>An <span class="term"><a aria-describedby="term-rcr" href="/glossary/#rcr">RCR</a>'
            '<span id="term-rcr" role="tooltip">State 0–7 &amp; more.</span></span>.</p>'
        )

    def test_short_forms_are_told_by_their_letters_and_words_are_not(self):
        assert self.terms("rcr Rcr COUNTS") == ["COUNTS"]
        assert self.terms("Rate Control Regime") == ["Rate Control Regime"]

    @pytest.mark.parametrize(
        "source", ["# RCR", "[RCR](/x/)", "`RCR`", "```\nRCR\n```", "xRCR RCRs RCR-1 a/RCR"]
    )
    def test_headings_links_code_and_parts_of_words_are_left_alone(self, source):
        assert self.terms(source) == []

    def test_order_and_text_around_are_kept(self):
        html = render("a RCR b *count c* RCR d count e", terms=[RCR, COUNT]).html
        plain = re.sub(r'<span id="term.*?</span>|<[^>]*>', "", html)
        assert plain == "a RCR b count c RCR d count e"

    def test_hostile_explanations_are_text(self):
        term = Explained("x", ("RCR",), '"><script>alert(1)</script>', "/glossary/#x")
        assert list(harm(render("RCR", terms=[term]).html)) == []


HOSTILE = ("[", "![", "[^", "[a](b", "![a](picture:", "> ", "= \n")
"""Each of them many thousand times asks Markdown for time by the square of their number."""

IN_LITTLE_TIME = """
import resource, sys
from apps.pages.rendering import LONGEST, named_pictures, render
resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
for part in sys.argv[1:]:
    text = (part * LONGEST)[:LONGEST]
    named_pictures(text), render(text)
print("done")
"""


def test_no_text_keeps_the_processor_busy():
    """Killed by the system after 40 s of the processor, which before the first alone took."""
    command = [sys.executable, "-c", IN_LITTLE_TIME, *HOSTILE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "done\n", f"{done.returncode}: {done.stderr}"


@pytest.mark.parametrize("part", ["[", "![", "[^"])
def test_a_text_that_takes_too_long_is_shown_as_typed_and_says_so(part):
    made = render(part * 20_000)
    assert "brackets that are never closed" in made.refusal
    assert made.html == f'<pre tabindex="0">{part * 20_000}</pre>'


def test_a_text_beyond_the_longest_is_shown_cut_and_says_how_long_it_is():
    assert "has 50001 letters, at most 50000 are laid out" in render("a" * 50_001).refusal
    assert render("a" * 50_000).refusal == ""


@given(st.lists(st.sampled_from([*HOSTILE, *"[]()!*_`^<>|\\ \n", "a"]), max_size=60))
def test_no_mixture_of_signs_is_refused_while_it_is_short(parts):
    assert render("".join(parts)).refusal == ""


def test_all_articles_together_stay_within_the_budget():
    texts = [path.read_text() for path in (ROOT / "fixtures/pages/articles").glob("*.md")]
    assert render("\n\n".join(texts)[:50_000]).refusal == ""


def test_a_footnote_is_made_however_its_name_is_written():
    html = render("x[^a b]\n\n[^a b]: note").html
    assert html.count("note") >= 1
    assert "footnote-ref" in html


def test_lists_nested_beyond_reading_are_shown_as_typed_and_break_no_page():
    made = render("".join("\t" * depth + "- <b>\n" for depth in range(290)))
    assert made.refusal
    assert made.html.startswith("<pre")
    assert made.html.count("&lt;b&gt;") == 290
