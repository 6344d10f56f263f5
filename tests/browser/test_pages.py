"""Content in a real browser: reading it, and how a curator publishes it."""

import pytest
from django.core.management import call_command

from tests.browser.window import violations, wider_than_the_screen
from tests.factories import STRONG, a_user
from tests.pages.written import (
    a_home_text,
    a_news,
    a_picture,
    a_quick_link,
    a_term,
    an_article,
    image_bytes,
)

pytestmark = [pytest.mark.browser, pytest.mark.db]

BODY = """\
# Rate control

The RCR keeps the count rate bearable[^1]. It is the first word and the last of this page.

| Regime | Attenuator | Pixels that count, and a long heading that needs room on a phone |
|---|---|--:|
| 0 | out | 12 |
| 1 | in | 12 |

## As a program

```python
a_line = "of a program that is much too long for a phone, so that it scrolls within its own box"
```

> Caution: a step is no flare.

![Front grid](picture:grid-photo)

- one
- two

See [the paper](https://doi.org/10.1051/0004-6361/201937362).

[^1]: The attenuator moves.
"""
PAGES = {
    "home": "/",
    "documentation": "/docs/",
    "article": "/docs/grids/",
    "news": "/news/",
    "news item": "/news/first/",
    "glossary": "/glossary/",
    "contact": "/contact/",
}


@pytest.fixture
def content(transactional_db, live_server, data_dir, settings):
    """A running portal with a text of each kind; gives its address."""
    settings.CONTACT_EMAIL = "stix@example.org"
    call_command("loaddata", "groups", verbosity=0)
    a_user("curator", username="curie", is_staff=True)
    a_picture(content=image_bytes(size=(900, 300)), width=900, height=300)
    article = an_article(body=BODY, summary="How the count rate is kept bearable.")
    an_article("contact", title="Contact", body="Ask about the RCR.")
    a_term(aliases="rate control regime", body="Long.\n\n- list", see=article)
    a_term("attenuator")
    a_news(body=BODY, summary="One sentence.")
    a_home_text(body="STIX has an RCR.\n\nTwo.\n\nThree.")
    a_quick_link(page="/docs/")
    return live_server.url


def signed_in(window, content, address):
    """Sign in as the curator on the way to a page of the admin."""
    window.page.goto(f"{content}/admin/login/?next={address}")
    window.page.fill("#id_username", "curie")
    window.page.fill("#id_password", STRONG)
    window.page.click("[type=submit]")
    window.page.wait_for_url(content + address)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_of_the_content_is_accessible_and_fits_its_screen(content, opened, width, theme):
    window = opened(width=width, theme=theme)
    faults = {}
    for name, address in PAGES.items():
        window.page.goto(content + address)
        faults[name] = violations(window) + ["too wide"] * wider_than_the_screen(window)
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", [1280, 320])
def test_a_term_is_explained_on_hover_and_on_focus_and_leads_to_the_glossary(
    content, opened, width
):
    window = opened(width=width)
    page = window.page
    page.goto(content + PAGES["article"])
    term = page.locator(".term", has_text="RCR")
    tip = term.locator("[role=tooltip]")
    assert tip.is_hidden()
    term.locator("a").hover()
    assert tip.is_visible()
    place = tip.bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    assert violations(window) == []
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.mouse.move(0, 0)
    term.locator("a").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert tip.is_visible()
    assert tip.inner_text() == "What RCR means."
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "RCR"
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/#rcr")
    assert page.locator("#rcr").is_visible()


def test_a_curator_publishes_a_news_item(content, opened):
    curator, visitor = opened(), opened()
    page = curator.page
    signed_in(curator, content, "/admin/pages/news/add/")
    page.locator("#id_title").press_sequentially("Second light")
    assert page.input_value("#id_slug") == "second-light"
    page.fill("#id_summary", "It works again.")
    page.click("summary:has-text('Preview')")
    page.fill("#id_body", "# What is new\n\nThe RCR <script>alert(1)</script>")
    curator.wait("document.querySelector('.preview h2')?.textContent === 'What is new'")
    curator.wait("document.querySelector('.preview .term') !== null")
    assert page.locator(".preview script").count() == 0
    assert violations(curator) == []
    assert page.input_value("#id_access") == "team"
    page.click("text=Save and continue editing")
    page.wait_for_url("**/change/")

    visitor.page.goto(content + "/news/second-light/")
    assert "404" in visitor.faults.pop()
    page.select_option("#id_access", "public")
    page.fill("#id_reason", "Read by two of us")
    page.click("[name=_save]")
    page.wait_for_url("**/admin/pages/news/")
    assert violations(curator) == []

    visitor.page.goto(content + "/")
    visitor.page.click("text=Second light")
    visitor.page.wait_for_url("**/news/second-light/")
    assert visitor.page.locator("h2", has_text="What is new").is_visible()
    assert violations(visitor) == []
    page.click("text=Second light")
    page.click("text=History")
    page.wait_for_selector("text=Read by two of us")
    assert violations(curator) == []


def test_a_curator_adds_a_picture_and_a_wrong_file_is_said(content, opened, tmp_path):
    window = opened()
    page = window.page
    signed_in(window, content, "/admin/pages/picture/add/")
    page.fill("#id_slug", "curve")
    page.fill("#id_alt", "A curve")
    (tmp_path / "x.png").write_text("no picture")
    page.set_input_files("#id_upload", tmp_path / "x.png")
    page.click("[name=_save]")
    page.wait_for_selector(".errorlist:has-text('PNG, JPEG or WebP')")
    assert page.input_value("#id_alt") == "A curve"
    assert violations(window) == []
    (tmp_path / "x.png").write_bytes(image_bytes())
    page.set_input_files("#id_upload", tmp_path / "x.png")
    page.click("[name=_continue]")
    page.wait_for_url("**/change/")
    page.wait_for_selector("text=![A curve](picture:curve)")
    window.wait("[...document.images].every(image => image.naturalWidth > 0)")


def test_content_is_read_without_a_script(content, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(content + PAGES["article"])
    page.locator(".term a").first.hover()
    assert page.locator("[role=tooltip]").first.is_visible()
    page.click(".contents >> text=As a program")
    assert page.url.endswith("#as-a-program")
    context.close()
