"""Curators write with a preview, publish now or later, and look back."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command

from apps.pages.models import Article, News, QuickLink
from tests.factories import a_user, in_days
from tests.pages.written import a_picture, a_quick_link, a_term, an_article

pytestmark = [pytest.mark.db, pytest.mark.django_db]

ADD = "/admin/pages/news/add/"
PREVIEW = "/admin/pages/article/preview/"
ROW = {"title": "First light", "slug": "first", "date": "2026-11-24", "body": "Text."}
RELEASE = ("release_at_0", "release_at_1")


@pytest.fixture
def desk(client):
    """A curator with the rights of the role matrix."""
    call_command("loaddata", "groups", verbosity=0)
    client.force_login(a_user("curator", username="curie", is_staff=True))
    return client


def errors(answer):
    """Errors of the form by field."""
    return answer.context["adminform"].form.errors


def test_a_curator_publishes_a_news_item(desk, visitor):
    assert desk.post(ADD, ROW | {"access": "public"}).status_code == 302
    assert "First light" in visitor.get("/news/first/").text
    assert News.objects.get().history.get().history_user.username == "curie"


def test_a_draft_is_not_public_until_it_is_published_with_a_reason(desk, visitor):
    desk.post(ADD, ROW | {"access": "team"})
    news = News.objects.get()
    address = f"/admin/pages/news/{news.pk}/change/"
    assert visitor.get("/news/first/").status_code == 404
    assert "reason" in errors(desk.post(address, ROW | {"access": "public"}))
    assert (
        desk.post(address, ROW | {"access": "public", "reason": "Read by two"}).status_code == 302
    )
    assert visitor.get("/news/first/").status_code == 200
    assert news.history.first().history_change_reason == "Read by two"


def test_a_scheduled_text_needs_its_time_and_keeps_what_was_typed(desk, visitor):
    answer = desk.post(ADD, ROW | {"access": "embargoed"})
    assert "needs the date and time (UTC)" in errors(answer)["release_at"][0]
    assert 'value="First light"' in answer.text
    soon = in_days(2)
    dated = dict(zip(RELEASE, (f"{soon:%Y-%m-%d}", f"{soon:%H:%M:%S}"), strict=True))
    assert desk.post(ADD, ROW | dated | {"access": "embargoed"}).status_code == 302
    assert visitor.get("/news/first/").status_code == 404
    assert abs(News.objects.get().release_at - soon).total_seconds() < 1


def test_a_wrong_time_has_one_error(desk):
    wrong = dict(zip(RELEASE, ("soon", "now"), strict=True))
    found = errors(desk.post(ADD, ROW | wrong | {"access": "embargoed"}))
    assert "release_at" in found
    assert not any("needs the date" in message for message in found["release_at"])


def test_a_picture_that_does_not_exist_is_named(desk, data_dir):
    a_picture()
    body = "![a](picture:grid-photo) ![b](picture:lost)"
    found = errors(desk.post(ADD, ROW | {"access": "public", "body": body}))
    assert found["body"] == [
        "No picture has the name 'lost'. Add it under Pictures first, or mend the name after "
        "“picture:”."
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [("[" * 20_000, "never closed"), ("a" * 50_001, "has 50001 letters")],
)
def test_a_text_that_cannot_be_laid_out_is_refused_with_a_reason(desk, body, says):
    answer = desk.post(ADD, ROW | {"access": "public", "body": body})
    assert says in errors(answer)["body"][0]
    assert body in answer.text
    assert not News.objects.exists()
    preview = desk.post(PREVIEW, {"body": body})
    assert (preview.status_code, preview.text.startswith('<p class="errornote">')) == (200, True)
    assert says in preview.text


def test_the_preview_is_what_readers_will_see(desk, data_dir):
    a_picture(access="team")
    a_term(access="team")
    body = "# RCR\n\nAn RCR <script>alert(1)</script> ![x](picture:grid-photo)"
    answer = desk.post(PREVIEW, {"body": body}).text
    assert answer.startswith('<h2 id="rcr">RCR</h2>')
    assert 'aria-describedby="term-rcr"' in answer
    assert "<script" not in answer
    assert 'src="/pictures/grid-photo/' in answer


def test_the_preview_is_for_those_who_may_write(visitor, client, team):
    assert visitor.post(PREVIEW, {"body": "x"}).status_code == 302
    client.force_login(a_user(username="reader", is_staff=True))
    assert client.post(PREVIEW, {"body": "x"}).status_code == 403
    writer = a_user(username="writer", is_staff=True)
    writer.user_permissions.add(Permission.objects.get(codename="change_news"))
    client.force_login(writer)
    assert client.post(PREVIEW, {"body": "x"}).status_code == 200
    assert client.get(PREVIEW).status_code == 405


def test_the_history_tells_what_was_changed_by_whom_and_why(desk):
    article = an_article(body="Kept.\n" * 90 + "Old words.\n" + "Kept.\n" * 90)
    row = {"title": "Grids", "slug": "grids", "section": "Instrument", "order": 100}
    row |= {"body": article.body.replace("Old", "New"), "access": "public", "reason": "A mistake"}
    desk.post(f"/admin/pages/article/{article.pk}/change/", row)
    page = desk.get(f"/admin/pages/article/{article.pk}/history/").text
    for word in ("A mistake", "curie", "<strong>Body</strong>: Old words. → New words.</li>"):
        assert word in page


@pytest.mark.parametrize("page", ["javascript:alert(1)", "//evil.example", "http://plain.example"])
def test_a_card_leads_to_no_odd_address(desk, page):
    row = {"title": "x", "slug": "x", "icon": "curve", "text": "y", "page": page, "order": 1}
    answer = desk.post("/admin/pages/quicklink/add/", row)
    assert "is no address of ours" in errors(answer)["page"][0]
    assert QuickLink(page=page).href == ""


def test_a_card_may_lead_to_a_page_by_name_or_address(desk):
    for number, page in enumerate(("pages:news", "/docs/", "https://example.org/", "")):
        row = {"title": "x", "slug": f"x{number}", "icon": "curve", "text": "y", "page": page}
        assert desk.post("/admin/pages/quicklink/add/", row | {"order": 1}).status_code == 302
    found = [link.href for link in QuickLink.objects.order_by("pk")]
    assert found == ["/news/", "/docs/", "https://example.org/", ""]


@pytest.mark.parametrize("name", ["article", "news", "term", "picture", "hometext", "quicklink"])
def test_every_list_of_the_desk_asks_at_most_ten_questions(
    desk, data_dir, django_assert_max_num_queries, name
):
    for number in range(12):
        a_term(f"Term {number}", see=an_article(f"article-{number}"))
        a_quick_link(f"link-{number}")
        a_picture(f"picture-{number}")
    with django_assert_max_num_queries(10):
        assert desk.get(f"/admin/pages/{name}/").status_code == 200


def test_the_team_reads_and_does_not_write(client):
    call_command("loaddata", "groups", verbosity=0)
    client.force_login(a_user("team", username="member", is_staff=True))
    article = an_article()
    assert client.get(f"/admin/pages/article/{article.pk}/change/").status_code in (200, 403)
    row = {"title": "Changed", "slug": "grids", "section": "x", "body": "y", "order": 1}
    client.post(f"/admin/pages/article/{article.pk}/change/", row | {"access": "public"})
    assert Article.objects.get().title == "Grids"
