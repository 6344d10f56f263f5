"""The curators' desk in a real browser: an embargo with a reason, and the way back."""

import pytest
from django.core.management import call_command

from apps.archive.models import DataProduct
from apps.core.models import Curation, Job
from tests.browser.window import violations, wider_than_the_screen
from tests.factories import STRONG, a_product, a_user

pytestmark = [pytest.mark.browser, pytest.mark.db]

LIST = "/admin/archive/dataproduct/"


@pytest.fixture
def desk(transactional_db, live_server, data_dir):
    """A portal with two files and a curator; gives its address."""
    call_command("loaddata", "groups", verbosity=0)
    a_user("curator", username="mira", is_staff=True)
    a_product("sci-xray-cpd")
    a_product("sci-xray-vis")
    Job.objects.create(kind="ingest", state="running", progress=0.4, step="4 of 10")
    return live_server.url


def signed_in(page, desk, address="/admin/"):
    """Sign in as the curator, and go on to an address."""
    page.goto(f"{desk}/admin/login/?next={address}")
    page.fill("[name=username]", "mira")
    page.fill("[name=password]", STRONG)
    page.click("[type=submit]")


def faults(window, where):
    """What axe finds, and whether the page scrolls sideways.

    The label of Django's search field is a picture with a text of its own, which axe passes over.
    """
    found = [fault for fault in violations(window) if "searchbar" not in fault]
    found += ["wider than the screen"] if wider_than_the_screen(window) else []
    return [f"{where} {fault}" for fault in found]


def test_a_curator_embargoes_a_file_with_a_reason_and_undoes_it(desk, opened):
    window = opened()
    page = window.page
    signed_in(page, desk)
    page.click("text=Data products")
    page.check(".action-select >> nth=0")
    page.select_option("select[name=action]", "change_access")
    page.click("button[name=index]")
    assert "seen by visitors before" in page.inner_text("table").lower()
    page.check("input[value=embargoed]")
    page.click("input[value='Change access']")
    assert page.inner_text(".errorlist >> nth=0").startswith("an embargo needs its end")
    assert page.is_checked("input[value=embargoed]")
    page.fill("[name=release_at]", "2050-01-01")
    page.fill("[name=reason]", "paper in work")
    page.click("input[value='Change access']")
    assert "access embargoed until 2050-01-01 00:00 UTC" in page.inner_text(".messagelist")
    assert DataProduct.objects.filter(access="embargoed").count() == 1
    page.click(".messagelist a")
    assert "paper in work" in page.inner_text("#content")
    page.click("input[value='Put back 1']")
    assert "Undone: 1 put back" in page.inner_text(".messagelist")
    assert DataProduct.objects.filter(access="public").count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_desk_is_accessible_and_fits_its_screen(desk, opened, width, theme):
    window = opened(width=width, theme=theme)
    page, found = window.page, []
    signed_in(page, desk)
    product = DataProduct.objects.first()
    page.goto(desk + LIST)
    page.check(".action-select >> nth=0")
    page.select_option("select[name=action]", "change_access")
    page.click("button[name=index]")
    found += faults(window, "the decision")
    page.check("input[value=team]")
    page.fill("[name=reason]", "not calibrated")
    page.click("input[value='Change access']")
    number = Curation.objects.get().pk
    for address in (
        *("/admin/", LIST, LIST + "?start=yesterday", f"{LIST}{product.pk}/change/"),
        *("/admin/core/curation/", f"/admin/core/curation/{number}/undo/"),
        *(f"/admin/core/curation/{number}/change/", "/admin/core/job/"),
        "/admin/archive/quarantined/",
    ):
        page.goto(desk + address)
        found += faults(window, address)
    assert found == []
