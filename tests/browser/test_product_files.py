"""Finding and downloading files in a real browser, with and without a script."""

import csv
import hashlib
import io
import zipfile
from datetime import timedelta

import pytest

from apps.archive.ingest import ingest_file
from apps.core.tables import MOST
from tests import synthetic
from tests.browser.window import expected, violations
from tests.factories import a_product, utc
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.browser, pytest.mark.db]

LIST = "/data/products/"


@pytest.fixture
def archive(transactional_db, live_server, data_dir, tmp_path, now):
    """A running portal with two versions of a real-looking file and an unchecked one."""
    for version in (1, 2):
        cards = {"VERS_SW": f"1.{version}", "RAW_FILE": "raw." + "x" * 80 + ".xml"}
        path = synthetic.write_lightcurve(
            tmp_path, version=version, n=100 * version, cards=cards, simulated=True
        )
        assert ingest_file(path, now=now).status == "taken in"
    a_product("sci-xray-cpd", level="L1A", start=utc("2022-03-29"))
    a_product("ql-background", start=utc("2022-03-30"))
    return live_server.url


def saved(page, click):
    """The ZIP that a click downloads."""
    with page.expect_download() as download:
        click()
    return zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))


@needs_reference
@pytest.mark.real
def test_the_real_files_of_a_day_come_in_two_clicks_and_one_zip(
    transactional_db, live_server, data_dir, opened, now
):
    for path in sorted((REFERENCE / "fits").glob("solo_L1_*20200506*")):
        assert ingest_file(path, now=now).status == "taken in"
    a_product(start=utc("2022-03-28"))
    page = opened().page
    page.goto(live_server.url)
    page.get_by_role("navigation").get_by_role("link", name="Data products").first.click()
    page.get_by_label("Start (UTC)").fill("2020-05-06")
    page.get_by_label("Stop (UTC)").fill("2020-05-07")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Download all 11 as ZIP")
    archive = saved(page, button.click)
    rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
    assert len(rows) == 11
    for row in rows:
        assert hashlib.sha256(archive.read(row["name"])).hexdigest() == row["sha256"]


def test_rows_are_ticked_counted_and_downloaded(archive, opened):
    window = opened()
    page = window.page
    page.goto(archive + LIST)
    selected = page.get_by_role("button", name="Download selected")
    assert selected.is_disabled()
    page.locator('tbody input[name="pick"]').nth(1).check()
    assert selected.inner_text() == "Download selected (1)"
    everything = page.get_by_label("Select all rows of this page")
    everything.check()
    assert selected.inner_text() == "Download selected (3)"
    page.locator('tbody input[name="pick"]').nth(0).uncheck()
    assert page.evaluate("document.querySelector('#pick-all').indeterminate")
    assert len(saved(page, selected.click).namelist()) == 3
    page.locator("#id_level").select_option("L1A")
    page.get_by_text("Level: L1A").wait_for()
    assert selected.is_disabled()
    page.get_by_label("Select all rows of this page").check()
    assert selected.inner_text() == "Download selected (1)"


def test_selecting_works_without_a_script(archive, chromium):
    context = chromium.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    page.goto(archive + LIST)
    page.get_by_role("button", name="Download selected").click()
    assert "Tick the rows you want" in page.inner_text("main")
    page.go_back()
    page.locator('tbody input[name="pick"]').nth(0).check()
    click = page.get_by_role("button", name="Download selected").click
    assert len(saved(page, click).namelist()) == 2
    context.close()


def test_a_citation_is_copied(archive, opened):
    window = opened()
    page = window.page
    page.goto(archive + LIST)
    page.locator("td.wide a", has_text="lightcurve").click()
    for name, start in (("text", "Krucker, S. et al."), ("bibtex", "@article{")):
        button = page.locator(f'[data-copy="cite-{name}"]')
        button.click()
        page.locator(f'[data-copy="cite-{name}"]:has-text("Copied")').wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith(start)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_lists_records_and_refusals_are_accessible_and_fit(archive, opened, width, theme):
    window = opened(width=width, theme=theme)
    page, faults = window.page, {}
    page.goto(archive + LIST)
    record = page.locator("td.wide a", has_text="lightcurve").get_attribute("href")
    addresses = {
        "list": LIST,
        "record": record,
        "unknown name": LIST + "?begin=2022",
        "nothing ticked": "/data/bundle.zip?rows=selected",
    }
    for name, address in addresses.items():
        page.goto(archive + address)
        for details in page.locator("main details:not([open])").all():
            if details.is_visible():
                details.evaluate("box => { box.open = true }")
        expected(window)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        faults[name] = violations(window) + ["too wide"] * wide
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_list_that_is_too_long_for_a_zip_offers_a_script(
    transactional_db, live_server, data_dir, opened
):
    assert MOST > 1000
    for index in range(1001):
        a_product(start=utc("2022-01-01") + timedelta(hours=index), stem=f"file_{index:04d}")
    page = opened().page
    page.goto(live_server.url + LIST)
    with page.expect_download() as download:
        page.get_by_role("link", name="Script for all").click()
    lines = download.value.path().read_text().splitlines()
    assert sum(line.startswith("get http") for line in lines) == 1001
