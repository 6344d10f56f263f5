"""The frame of every page: menu, time bar, errors, home, and what templates are given."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from apps.archive.ingest import change_access, ingest_file
from apps.archive.models import DataProduct
from apps.core import views
from apps.core.templatetags.portal import duration, number, size, utc
from apps.core.timeaxis import iso
from tests import synthetic
from tests.factories import a_product

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PAGE = "/quicklook/lightcurves/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text_of(response):
    """The body of an answer."""
    return response.content.decode()


def rendered(source, address="/x/?start=2022-03-28&bands=1&bands=2", **context):
    """A template as a page at an address would show it."""
    request = RequestFactory().get(address)
    return Template("{% load portal %}" + source).render(Context(context | {"request": request}))


def test_the_current_entry_of_the_menu_is_marked_also_below_its_page(visitor, data_dir):
    product = a_product()
    assert '<a href="/data/products/" aria-current="page">' in text_of(
        visitor.get("/data/products/")
    )
    below = text_of(visitor.get(product.get_absolute_url()))
    assert '<a href="/data/products/" aria-current="true">' in below
    assert below.count("aria-current=") == 3  # the portal, the entry, the breadcrumb


def test_the_team_sees_its_line_and_its_entries_and_a_visitor_does_not(visitor, team):
    assert "is-team" in text_of(team.get("/"))
    assert 'class="for-team"' in text_of(team.get("/"))
    assert "is-team" not in text_of(visitor.get("/"))
    assert 'href="/admin/"' not in text_of(visitor.get("/"))


def test_every_page_begins_with_a_skip_link_and_has_its_landmarks(visitor):
    page = text_of(visitor.get("/"))
    assert page.index('class="skip" href="#main"') < page.index("<header")
    for landmark in ("<header", '<nav aria-label="Main"', '<main id="main"', "<footer"):
        assert landmark in page


def test_the_footer_tells_the_newest_data_that_the_viewer_may_see(visitor, team, data_dir):
    assert "No data yet" in text_of(visitor.get("/"))
    a_product(start=datetime(2022, 3, 28, tzinfo=UTC))
    a_product(start=datetime(2023, 1, 1, tzinfo=UTC), access="team")
    assert "Data up to" in text_of(visitor.get("/"))
    assert "2022-03-29 00:00:00" in text_of(visitor.get("/"))
    assert "2023-01-02 00:00:00" in text_of(team.get("/"))
    assert "2023-01-02" not in text_of(visitor.get("/"))


def test_simulated_data_count_as_the_newest_only_where_nothing_is_real(visitor, data_dir):
    a_product(start=datetime(2024, 3, 28, tzinfo=UTC), simulated=True)
    assert "2024-03-29" in text_of(visitor.get("/"))
    assert "Simulated" in text_of(visitor.get("/"))
    a_product(start=datetime(2022, 3, 28, tzinfo=UTC))
    assert "2022-03-29" in text_of(visitor.get("/"))


def test_the_home_page_has_eight_cards_and_a_link_only_where_a_page_is(visitor):
    page = text_of(visitor.get("/"))
    cards, coming = (
        page[page.index(f'class="{name}"') :].partition("</ul>")[0] for name in ("cards", "coming")
    )
    assert cards.count("<li") + coming.count("<li") == 8
    assert cards.count("<a href=") == cards.count("<li")
    assert "<a" not in coming
    assert f'href="{PAGE}"' in cards
    assert 'href="/data/products/"' in cards


def test_the_home_page_draws_the_newest_day_and_says_where_it_comes_from(
    visitor, team, data_dir, tmp_path, django_assert_max_num_queries
):
    assert "No data are stored yet" in text_of(visitor.get("/"))
    counts = [(271, 53, 75, 927, 1855)] * 9000
    curve = synthetic.write_lightcurve(tmp_path, counts=counts, simulated=True)
    assert ingest_file(curve, now=NOW).status == "taken in"
    page = text_of(visitor.get("/"))
    drawn = page[page.index('id="newest"') : page.index('id="links"')]
    assert "2022-03-28" in drawn
    assert drawn.count("badge simulated") == 1
    assert [drawn.count(f'<path class="curve-{band}"') for band in range(1, 6)] == [2] * 5
    assert "highest value 1\u202f855 counts per 4 s" in drawn
    assert "?start=2022-03-28T00:00:00&amp;stop=2022-03-29T00:00:00" in drawn
    with django_assert_max_num_queries(3):  # one for the drawing, two for the freshness
        assert drawn in text_of(Client().get("/"))
    product = DataProduct.objects.get()
    product.access = "team"
    change_access(product)
    assert "No data are stored yet" in text_of(visitor.get("/"))
    assert "highest value" in text_of(team.get("/"))


@pytest.mark.parametrize(
    ("address", "field", "typed"),
    [
        ("?start=yesterday&stop=2022-03-28", "id_start", "yesterday"),
        ("?start=2022-03-28&stop=2022-03-27", "id_stop", "2022-03-27"),
        ("?start=%3Cb%3E&stop=2022-03-28", "id_start", "&lt;b&gt;"),
    ],
)
def test_a_wrong_range_keeps_what_was_typed_and_marks_its_field(visitor, address, field, typed):
    response = visitor.get(PAGE + address)
    assert response.status_code == 400
    page = text_of(response)
    mark = page[page.index(f'id="{field}"') :]
    mark = mark[: mark.index(">")]
    assert f'value="{typed}"' in mark
    assert 'aria-invalid="true" aria-describedby="range-error"' in mark
    assert 'id="range-error"' in page


def test_the_time_bar_works_without_a_script(visitor):
    page = text_of(visitor.get(PAGE + "?start=2022-03-28T10&stop=2022-03-28T12&scale=linear"))
    assert 'value="2022-03-28T10:00:00"' in page
    assert "start=2022-03-28T09:00:00&amp;stop=2022-03-28T11:00:00" in page
    assert "start=2022-03-28T11:00:00&amp;stop=2022-03-28T13:00:00" in page
    assert '<input type="hidden" name="scale" value="linear">' in page


def test_a_length_chosen_beside_a_range_lies_about_its_middle():
    query = {"start": "2022-03-28T10:00", "stop": "2022-03-28T14:00", "span": "1h"}
    span = views.read_range(query, NOW)
    assert (iso(span.start), iso(span.stop)) == ("2022-03-28T11:30:00Z", "2022-03-28T12:30:00Z")
    assert views.read_range({"start": "2022-03-28", "span": "2d"}, NOW).seconds == 172_800
    assert views.read_range({}, NOW) is None


@pytest.mark.parametrize(("status", "handler"), [(400, "bad_request"), (403, "permission_denied")])
def test_error_pages_say_what_to_do_and_the_interface_answers_in_its_own_form(status, handler, rf):
    request = rf.get("/somewhere/")
    page = getattr(views, handler)(request)
    assert page.status_code == status
    assert "To the home page" in page.content.decode()
    request = rf.get("/api/v1/somewhere/")
    assert getattr(views, handler)(request)["Content-Type"] == "application/problem+json"


def test_a_form_that_is_not_from_here_is_refused_in_our_own_frame(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"})
    assert response.status_code == 403
    assert "load the page again" in text_of(response)
    assert '<nav aria-label="Main"' in text_of(response)
    assert "<style" not in text_of(response)


def test_a_missing_page_answers_404_with_the_whole_frame(visitor):
    response = visitor.get("/nothing/<script>")
    assert response.status_code == 404
    assert "<script>alert" not in text_of(response)
    assert "&lt;script&gt;" in text_of(response)
    assert '<nav aria-label="Main"' in text_of(response)


def test_the_500_page_needs_no_database_and_tells_nothing(rf, django_assert_num_queries):
    request = rf.get("/somewhere/")
    with django_assert_num_queries(0):
        response = views.server_error(request)
    assert response.status_code == 500
    assert "Something broke" in response.content.decode()


def test_sign_in_leads_back_to_where_one_was_and_a_wrong_password_is_said(team):
    client = Client()
    address = PAGE + "?start=2022-03-28&stop=2022-03-29"
    assert "next=/quicklook/lightcurves/%3Fstart%3D2022-03-28" in text_of(client.get(address))
    wrong = client.post("/accounts/login/", {"username": "a-team", "password": "x", "next": PAGE})
    assert "correct username and password" in text_of(wrong)
    right = {"username": "a-team", "password": "correct horse battery staple", "next": PAGE}
    assert client.post("/accounts/login/", right).headers["Location"] == PAGE


def test_query_changes_names_and_keeps_the_others():
    assert rendered("{% query start=None page=2 %}") == "?bands=1&amp;bands=2&amp;page=2"
    assert rendered("{% query start=t %}", "/x/?start=1", t=NOW) == "?start=2026-03-01T12:00:00"
    assert rendered("{% drop 'bands' %}", "/x/?page=3&bands=1") == "?"


def test_times_lengths_and_numbers_are_written_as_the_field_does():
    assert "2026-03-01 12:00:00" in utc(NOW)
    assert 'datetime="2026-03-01T12:00:00Z"' in utc(NOW)
    assert utc(None) == "–"
    assert [duration(s) for s in (0, 59.5, 60, 64, 3600, 3660, 90_000, None)] == [
        "0 s", "59.5 s", "1 m", "1 m 04 s", "1 h", "1 h 1 m", "1 d 1 h", "–"
    ]  # fmt: skip
    assert number(12_010) == "12\u202f010"
    assert number(float("nan")) == "–"
    assert size(10_240) == "10.0\u202fkiB"


def test_times_in_the_admin_are_written_as_everywhere(team, data_dir, admin_client):
    a_product(start=datetime(2022, 3, 28, 13, tzinfo=UTC))
    assert "2022-03-28 13:00:00" in text_of(admin_client.get("/admin/archive/dataproduct/"))


def test_an_empty_list_names_the_nearest_file_and_leads_there(visitor, data_dir):
    a_product(start=datetime(2022, 3, 28, tzinfo=UTC))
    a_product(start=datetime(2022, 3, 20, tzinfo=UTC), access="team")
    address = "/data/products/?start=2022-03-20&stop=2022-03-21&type=ql"
    page = text_of(visitor.get(address))
    assert "?start=2022-03-28T00:00:00&amp;stop=2022-03-29T00:00:00&amp;type=ql" in page
    assert "Go there" not in text_of(visitor.get(address.replace("=ql", "=sci")))
    assert "Go there" in text_of(visitor.get("/data/products/?stop=2022-03-01"))


def test_a_filter_behind_the_menu_that_is_wrong_is_seen(visitor, data_dir):
    assert '<details class="popup" open>' in text_of(visitor.get("/data/products/?uid=x"))
    assert '<details class="popup">' in text_of(visitor.get("/data/products/?start=yesterday"))
