"""Pages of the content: who sees what, and what machines are told."""

import re
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import resolve

from apps.core.registry import search
from apps.pages.models import News
from tests.factories import in_days
from tests.pages.written import (
    a_home_text,
    a_news,
    a_picture,
    a_quick_link,
    a_term,
    an_article,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]

ATOM = "{http://www.w3.org/2005/Atom}"


class TestWhoSeesWhat:
    """A draft is the team's, a scheduled text everybody's from its time on."""

    @pytest.mark.parametrize(("make", "address", "listed"), [
        (an_article, "/docs/grids/", "/docs/"),
        (a_news, "/news/first/", "/news/"),
    ])  # fmt: skip
    def test_drafts_and_scheduled_texts(self, visitor, team, make, address, listed):
        text = make(title="Zanzibar", access="team")
        assert visitor.get(address).status_code == 404
        assert "Zanzibar" not in visitor.get(listed).text
        assert "Draft: only the team" in team.get(address).text
        assert "Zanzibar" in team.get(listed).text
        text.access, text.release_at = "embargoed", in_days(1)
        text.save()
        assert visitor.get(address).status_code == 404
        assert "Scheduled: everybody sees this" in team.get(address).text
        text.release_at = in_days(-1)
        text.save()
        for page in (visitor.get(address).text, visitor.get(listed).text):
            assert "Zanzibar" in page
            assert "Scheduled" not in page
            assert "Embargoed" not in page

    def test_a_draft_term_is_explained_to_the_team_alone(self, visitor, team):
        a_term(access="team", short="A secret.")
        an_article(body="The RCR.")
        assert "A secret." not in visitor.get("/docs/grids/").text
        assert "A secret." not in visitor.get("/glossary/").text
        assert "A secret." in team.get("/docs/grids/").text
        assert "A secret." in team.get("/glossary/").text

    def test_in_place_of_a_hidden_picture_a_visitor_reads_what_it_shows(
        self, visitor, team, data_dir
    ):
        a_picture(access="team")
        an_article(body="![Front grid](picture:grid-photo)")
        assert "<em>Front grid</em>" in visitor.get("/docs/grids/").text
        assert 'src="/pictures/grid-photo/?v=' in team.get("/docs/grids/").text

    def test_a_term_does_not_name_a_draft_article(self, visitor, team):
        a_term(see=an_article(access="team", title="Zanzibar"))
        assert "Zanzibar" not in visitor.get("/glossary/").text
        assert "Zanzibar" in team.get("/glossary/").text


class TestArticles:
    """The documentation."""

    def test_the_list_is_by_section_in_its_order(self, visitor):
        for slug, section in (("a", "Zoo"), ("b", "Portal"), ("c", "Instrument"), ("d", "Data")):
            an_article(slug, section=section, title=f"On {slug}")
        an_article("e", section="Data", title="First of all", order=1)
        page = visitor.get("/docs/").text
        headings = re.findall(r'<h2 id="section-[^"]*">([^<]*)', page)
        assert headings == ["Instrument", "Data", "Portal", "Zoo"]
        assert page.index("First of all") < page.index("On d")

    def test_an_article_has_contents_its_date_and_how_to_cite_it(self, visitor):
        an_article(body="# One & two\n\nText\n\n## Three", title="Grids & more")
        page = visitor.get("/docs/grids/").text
        assert '<a href="#one-two">One &amp; two</a>' in page
        assert "<h1>Grids &amp; more</h1>" in page
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        assert f"“Grids &amp; more”, {today}, <span" in page
        assert "http://testserver/docs/grids/" in page

    def test_empty_lists_say_so(self, visitor):
        assert "Nothing is written yet" in visitor.get("/docs/").text
        assert "No news yet" in visitor.get("/news/").text
        assert "No term is explained yet" in visitor.get("/glossary/").text

    @pytest.mark.parametrize(
        ("address", "most"),
        [("/docs/grids/", 7), ("/docs/", 4), ("/news/", 5), ("/glossary/", 6), ("/contact/", 5)],
    )
    def test_pages_ask_few_questions(
        self, visitor, django_assert_max_num_queries, address, most, data_dir
    ):
        article = an_article(body="RCR ![x](picture:grid-photo)")
        a_picture()
        for number in range(12):
            an_article(f"article-{number}")
            a_news(f"news-{number}")
            a_term(f"Term {number}", see=article, body="![x](picture:grid-photo)")
        with django_assert_max_num_queries(most):
            assert visitor.get(address).status_code == 200


class TestNews:
    """News and their feed."""

    def test_news_are_in_pages_newest_first(self, visitor):
        for day in range(1, 26):
            a_news(f"day-{day}", title=f"Day {day}.", date=date(2026, 1, day))
        first, second = visitor.get("/news/").text, visitor.get("/news/?page=2").text
        assert first.index("Day 25.") < first.index("Day 6.")
        assert "Day 5." not in first
        assert "Day 5." in second
        assert visitor.get("/news/?page=nothing").status_code == 200

    def test_the_feed_holds_what_everybody_may_see_for_everybody(self, visitor, team):
        a_news(summary="<b>One</b> & all")
        a_news("second", title="Zanzibar", access="team", release_at=in_days(9))
        News.objects.filter(slug="first").update(access="embargoed", release_at=in_days(-1))
        for client in (visitor, team):
            answer = client.get("/news/feed.atom")
            assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
            (entry,) = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
            assert entry.find(f"{ATOM}summary").text == "<b>One</b> & all"
            assert entry.find(f"{ATOM}link").get("href") == "http://testserver/news/first/"
            updated = datetime.fromisoformat(entry.find(f"{ATOM}updated").text)
            assert updated <= datetime.now(UTC)


class TestGlossary:
    """The glossary and its terms on other pages."""

    def test_terms_stand_by_letter_with_an_anchor(self, visitor):
        a_term("RCR", aliases="rate control regime", body="**Long.**")
        a_term("attenuator")
        a_term("2nd light", slug="second-light")
        page = visitor.get("/glossary/").text
        assert re.findall(r'<a href="#letter-[^"]*">([^<]*)', page) == ["0–9", "A", "R"]
        assert '<div id="rcr">' in page
        assert "<strong>Long.</strong>" in page

    def rendered(self, source, user=None):
        """A template as a page would show it."""
        request = RequestFactory().get("/x/")
        request.user = user or AnonymousUser()
        return Template("{% load pages %}" + source).render(
            Context({"request": request, "odd": "<X>"})
        )

    def test_a_template_explains_a_term(self, django_assert_num_queries):
        a_term()
        with django_assert_num_queries(1):
            html = self.rendered('{% term "RCR" %} {% term "RCR" "regime" %} {% term odd %}')
        assert '<a href="/glossary/#rcr" aria-describedby="term-rcr">RCR</a>' in html
        assert 'id="term-rcr-2">What RCR means.' in html
        assert html.endswith("&lt;X&gt;")

    def test_a_template_without_a_request_shows_the_bare_word(self):
        assert Template('{% load pages %}{% term "RCR" %}').render(Context({})) == "RCR"

    def test_a_page_links_to_its_help_where_there_is_one(self):
        request = RequestFactory().get("/data/products/")
        request.user, request.resolver_match = AnonymousUser(), resolve("/data/products/")
        template, context = Template("{% load pages %}{% help_link %}"), Context({})
        assert template.render(context) == ""
        context["request"] = request
        assert template.render(context) == ""
        an_article("help-archive-products", access="team")
        assert template.render(context) == ""
        an_article("help-pages-news")
        cache.clear()  # which pages have a help is asked once a minute
        request.resolver_match = resolve("/news/")
        assert template.render(context) == '<a href="/docs/help-pages-news/">Help</a>'


class TestSearch:
    """What the content answers to the search box."""

    def find(self, text, user=None):
        """Hits as (kind, title, exact)."""
        hits = search.get("content").provide(text, user or AnonymousUser())
        return [(hit.kind, hit.title, hit.exact) for hit in hits]

    def test_terms_articles_and_news_are_found(self):
        a_term(aliases="rate control regime")
        an_article(title="The grids", body="about the RCR")
        an_article("rcr", title="RCR")
        a_news(body="RCR moved")
        assert self.find(" rcr ") == [
            ("Glossary", "RCR", True),
            ("Documentation", "RCR", True),
            ("Documentation", "The grids", False),
            ("News", "First light", False),
        ]
        assert self.find("Rate control regime") == [("Glossary", "RCR", True)]
        assert self.find("r") == self.find("") == self.find("%") == []

    def test_hidden_content_is_not_found(self, team):
        for make in (an_article, a_news, a_term):
            make(slug="hidden", access="team")
        assert self.find("hid") == self.find("Grids") == self.find("RCR") == []
        assert len(self.find("RCR", User.objects.get())) == 1


class TestHome:
    """The home page."""

    def test_texts_cards_and_the_latest_news_are_shown(self, visitor):
        a_home_text(body="STIX has an RCR.\n\nTwo.")
        a_term()
        a_quick_link(page="quicklook:lightcurves")
        a_quick_link("docs", title="Docs", page="/docs/")
        a_quick_link("flares", title="Flares", page="flarelist:flares")
        for day in range(1, 6):
            a_news(f"day-{day}", title=f"Day {day}.", date=date(2026, 1, day))
        page = visitor.get("/").text
        cards, coming = (
            page[page.index(f'class="{name}"') :].partition("</ul>")[0]
            for name in ("cards", "coming")
        )
        assert 'href="/quicklook/lightcurves/"' in cards
        assert 'href="/docs/"' in cards
        assert "Flares" in coming
        assert "<a" not in coming
        assert 'aria-describedby="term-rcr"' in page
        assert re.findall(r"Day \d\.", page) == ["Day 5.", "Day 4.", "Day 3."]

    def test_an_empty_portal_has_a_home_page(self, visitor):
        page = visitor.get("/").text
        assert "Solar Orbiter STIX Data Center" in page
        assert "Quick links" not in page

    def test_it_asks_at_most_ten_questions(self, visitor, team, django_assert_max_num_queries):
        for number in range(5):
            a_home_text(slug=f"text-{number}")
            a_quick_link(f"link-{number}")
            a_news(f"news-{number}")
            a_term(f"Term {number}")
        for client in (visitor, team):
            client.get("/docs/")  # which pages have a help is asked once a minute
            with django_assert_max_num_queries(10):
                assert client.get("/").status_code == 200


class TestForMachines:
    """robots.txt, security.txt, the map."""

    def test_security_txt_says_where_to_report_until_when(self, visitor, settings):
        settings.CONTACT_EMAIL = "security@example.org"
        answer = visitor.get("/.well-known/security.txt")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert fields["Contact"] == "mailto:security@example.org"
        assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
        left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
        assert 90 < left.days < 366

    def test_without_an_address_the_contact_page_is_named(self, visitor, settings):
        settings.CONTACT_EMAIL = ""
        answer = visitor.get("/.well-known/security.txt").text
        assert "Contact: http://testserver/contact/" in answer

    def test_robots_leave_the_admin_and_the_interface_alone(self, visitor):
        lines = visitor.get("/robots.txt").text.splitlines()
        assert {"User-agent: *", "Disallow: /admin/", "Disallow: /api/"} <= set(lines)
        assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"

    def test_the_map_names_public_pages_alone(self, visitor, team):
        an_article()
        an_article("draft", access="team")
        a_news("soon", access="embargoed", release_at=in_days(1))
        for client in (visitor, team):
            answer = client.get("/sitemap.xml").text
            assert "<loc>http://testserver/docs/grids/</loc>" in answer
            assert "<loc>http://testserver/data/products/</loc>" in answer
            assert "draft" not in answer
            assert "soon" not in answer

    def test_every_page_of_the_map_is_there(self, data_dir):
        an_article()
        a_news()
        answer = Client().get("/sitemap.xml").text
        for address in re.findall(r"<loc>http://testserver([^<]*)</loc>", answer):
            assert Client().get(address).status_code == 200


def test_the_contact_page_shows_the_article_and_the_address(visitor, settings):
    settings.CONTACT_EMAIL = ""
    assert "No address is given yet" in visitor.get("/contact/").text
    settings.CONTACT_EMAIL = "stix@example.org"
    an_article("contact", title="Contact us", body="Ask **anything**.")
    page = visitor.get("/contact/").text
    assert 'href="mailto:stix@example.org"' in page
    assert "<strong>anything</strong>" in page
    assert "<h1>Contact us</h1>" in page
