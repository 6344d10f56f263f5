"""The status page, the footer's freshness, and the home of the team."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.archive.models import DataProduct, IngestRun, Quarantined
from apps.core.models import Curation, Job
from apps.core.registry import cards
from apps.status.coverage import months_between, path_of, strip
from apps.status.managers import coverage, freshness
from tests.factories import a_product, a_user, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]


class Anyone:
    """A viewer without an account."""

    is_authenticated = False


def a_run(product, outcome="taken in", name="", reason="", ago=timedelta()):
    """What an ingest wrote down."""
    return IngestRun.objects.create(
        name=name or product.name,
        product=product,
        outcome=outcome,
        reason=reason,
        started_at=timezone.now() - ago,
        seconds=0.5,
    )


def a_refused_file(name="broken.fits", reason="not FITS"):
    """A file in quarantine."""
    a_run(None, "refused", name, reason)
    return Quarantined.objects.create(
        name=name, path=name, sha256=name, size=1, reason=reason, refused_at=timezone.now()
    )


def page(client, address="/status/"):
    """The text of a page, counted anew."""
    cache.clear()
    return client.get(address).text


def test_days_and_months_of_each_type_are_counted(visitor, data_dir):
    for day in ("2022-01-05", "2022-03-01", "2022-03-02", "2022-03-28"):
        a_product(start=utc(day))
    a_product("sci-xray-cpd", start=utc("2022-03-27"), stop=utc("2022-03-28T06:00:00"))
    rows, last = coverage(Anyone)
    found = {row.key: row for row in rows}
    curves, pixels = found["ql-lightcurve"], found["sci-xray-cpd"]
    assert (curves.files, curves.months) == (4, {"2022-01", "2022-03"})
    assert [day - last.days[0] for day in sorted(curves.days)] == [7, 62, 63, 89]
    assert len(last.days) == 90
    assert [day - last.days[0] for day in sorted(pixels.days)] == [88, 89]
    text = page(visitor)
    assert "4 of 90 days" in text
    assert "2 of 3 months" in text


def test_a_daily_file_that_begins_before_midnight_is_of_its_day(data_dir):
    a_product(start=utc("2022-03-27T23:59:58"), stop=utc("2022-03-28T23:59:59"))
    (row,), last = coverage(Anyone)
    assert [day - last.days[0] for day in row.days] == [89]


def test_superseded_versions_do_not_count_twice(data_dir):
    a_product(superseded=True)
    a_product(version=2)
    (row,), _ = coverage(Anyone)
    assert row.files == 1


def test_counts_and_times_do_not_betray_hidden_files(visitor, team, data_dir):
    a_run(a_product(start=utc("2022-03-28")), ago=timedelta(days=3))
    before = page(visitor)
    hidden = a_product("sci-xray-vis", start=utc("2023-05-05"), access="team", stem="solo_hidden")
    a_run(hidden)
    after = page(visitor)
    for text in ("Visibilities", "2023-05", "solo_hidden"):
        assert text not in after
    panel = [text[text.index("Files that came") : text.index("Counted at")] for text in
             (before, after)]  # fmt: skip
    assert panel[0] == panel[1]
    assert "Visibilities" in page(team)
    assert "2023-05-06" in page(team)


def test_refused_files_are_numbers_to_the_public_and_reasons_to_the_team(visitor, team, data_dir):
    a_refused_file("secret_name.fits", "the reason why")
    text = page(visitor)
    assert "1 in the last 24 hours, 1 in 30 days; 1 waits for a decision" in text
    assert "secret_name" not in text
    assert "the reason why" not in text
    home = page(team, "/team/")
    assert "secret_name.fits" in home
    assert "the reason why" in home


def test_the_status_page_takes_few_questions_and_none_when_counted(
    visitor, data_dir, django_assert_max_num_queries
):
    for day in range(1, 20):
        a_product(start=utc(f"2022-03-{day:02d}"))
    cache.clear()
    with django_assert_max_num_queries(13):
        visitor.get("/status/")
    with django_assert_max_num_queries(4):  # the footer, and whether access changed
        visitor.get("/status/")


def test_what_the_team_counted_is_not_shown_to_a_visitor(visitor, team, data_dir):
    a_product("sci-xray-vis", access="team", stem="solo_hidden")
    assert "Visibilities" in page(team)
    assert "Visibilities" not in visitor.get("/status/").text


def test_the_footer_tells_the_newest_data_by_type_real_before_simulated(visitor, data_dir):
    a_product(start=utc("2022-03-28"))
    a_product(start=utc("2024-03-28"), simulated=True)
    a_product("hk-maxi", start=utc("2024-05-01"), simulated=True)
    a_product("sci-xray-cpd", start=utc("2025-01-01"), access="team")
    found = freshness(Anyone)
    assert (found["stop"], found["simulated"]) == (utc("2022-03-29"), False)
    assert [(one["title"], f"{one['stop']:%F}", one["simulated"]) for one in found["types"]] == [
        ("Light curves", "2022-03-29", False),
        ("Housekeeping", "2024-05-02", True),
    ]
    text = visitor.get("/").text
    assert text.count("2024-05-02") >= 1
    assert "2025-01" not in text


def test_freshness_of_an_empty_archive_is_nothing(db):
    assert freshness(Anyone) == {"stop": None, "simulated": None, "types": []}


def test_the_teams_home_asks_to_sign_in_and_refuses_others(visitor, team, db):
    assert visitor.get("/team/")["Location"] == "/accounts/login/?next=/team/"
    other = Client()
    other.force_login(a_user())
    assert other.get("/team/").status_code == 403
    assert team.get("/team/").status_code == 200


def test_the_teams_home_shows_files_jobs_and_a_silent_worker(
    team, data_dir, django_assert_max_num_queries
):
    product = a_product(access="team")
    a_run(product)
    Job.objects.create(kind="ingest", state="failed", error="the disk is full")
    Job.objects.create(kind="long-ago", state="done")
    with django_assert_max_num_queries(14):
        text = team.get("/team/").text
    for expected in (product.name, "the disk is full", "The worker is silent", "Freshness"):
        assert expected in text
    assert "long-ago" not in text


def test_each_card_of_the_team_has_a_title_and_a_template():
    assert {entry.key for entry in cards} >= {"newest-files", "failed-ingests", "jobs", "freshness"}
    assert all(entry.title and entry.options["template"] for entry in cards)


def test_an_empty_portal_has_a_status_and_a_home(visitor, team, data_dir):
    assert "No data are stored yet" in page(visitor)
    assert "No file has been taken in yet" in page(team, "/team/")
    assert DataProduct.objects.count() == 0


def test_strips_join_neighbours_and_say_the_same_in_words():
    assert path_of([False, False], 3) == ""
    assert path_of([True, False, True, True], 2) == "M0 0h2v14h-2zM4 0h4v14h-4z"
    assert strip([True, False], 5, "days")["text"] == "1 of 2 days"
    assert strip([True, False], 5, "days")["width"] == 10
    assert months_between("2022-12", "2022-12") == ["2022-12"]


def files_of(client):
    """Files of the only product type, as the page counts them; the cache stays as it is."""
    found = re.search(r'<td class="number">(\d+)</td>', client.get("/status/").text)
    return int(found[1]) if found else 0


def decide(records, **values):
    """A decision about records."""
    facts = {"kind": "access", "title": "t", "reason": "r", "made_at": timezone.now()}
    curation = Curation.objects.create(**facts)
    keys = [record.pk for record in records]
    Curation.objects.apply(curation, DataProduct.objects.filter(pk__in=keys), values)
    return curation


def test_a_decision_is_counted_at_once_and_so_is_its_undoing(visitor, team, data_dir):
    files = [a_product("sci-xray-cpd", start=utc(f"2022-03-0{day}")) for day in (1, 2, 3)]
    assert (files_of(visitor), files_of(team)) == (3, 3)
    hidden = decide(files[:1], access="embargoed", release_at=timezone.now() + timedelta(days=9))
    assert (files_of(visitor), files_of(team)) == (2, 3)
    Curation.objects.undo(hidden.changes.all())
    assert files_of(visitor) == 3


def test_the_end_of_an_embargo_is_counted_at_once(visitor, data_dir):
    a_product(start=utc("2022-03-01"))
    hidden = a_product(
        start=utc("2022-03-02"), access="embargoed", release_at=timezone.now() + timedelta(hours=1)
    )
    assert files_of(visitor) == 1
    DataProduct.objects.filter(pk=hidden.pk).update(release_at=timezone.now())
    assert files_of(visitor) == 2


def test_a_count_is_kept_while_nothing_is_decided(visitor, data_dir, django_assert_num_queries):
    files_of(visitor)
    first = visitor.get("/status/").text
    a_product(start=utc("2022-03-01"))
    assert "ql-lightcurve" not in first
    assert files_of(visitor) == 0
