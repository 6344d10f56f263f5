"""Kernel sets in a real browser: files that are refused, then a set that takes over."""

import pytest
from django.core.management import call_command

from apps.ancillary import demonstration
from apps.ancillary.models import KernelSet
from tests.browser.test_admin import faults, signed_in
from tests.factories import a_user, an_active_set

pytestmark = [pytest.mark.browser, pytest.mark.db]

LIST = "/admin/ancillary/kernelset/"


@pytest.fixture
def desk(transactional_db, live_server, data_dir, demonstration_kernels):
    """A portal with its demonstration set and a curator; gives its address."""
    call_command("loaddata", "groups", verbosity=0)
    a_user("curator", username="mira", is_staff=True)
    an_active_set(*demonstration_kernels)
    return live_server.url


def test_a_curator_adds_kernels_and_lets_the_portal_answer_with_them(
    desk, opened, demonstration_kernels, tmp_path
):
    folder, _ = demonstration_kernels
    clock = tmp_path / demonstration.CLOCK
    clock.write_text((folder / demonstration.CLOCK).read_text() + "another\n")
    wrong = tmp_path / "orbit.bsp"
    wrong.write_text("<html>")
    page = opened().page
    signed_in(page, desk)
    page.click("text=Kernel sets")
    page.click("text=Add kernel set")
    page.set_input_files("[name=files]", [wrong])
    page.fill("[name=note]", "from a test")
    page.click("input[value='Check and add']")
    assert "orbit.bsp: cannot be read as a kernel" in page.inner_text(".errorlist")
    assert page.input_value("[name=note]") == "from a test"
    page.set_input_files("[name=files]", [folder / demonstration.ORBIT, clock])
    page.fill("[name=name]", "ours")
    page.click("input[value='Check and add']")
    assert "was added" in page.inner_text(".messagelist")
    page.click("text=Answer with this set")
    assert "Distance to the Sun changes" in page.inner_text("#content")
    page.fill("[name=reason]", "a better clock")
    page.click("input[value='Answer with this kernel set']")
    assert "answers now" in page.inner_text(".messagelist")
    assert KernelSet.objects.get(active=True).name == "ours"
    page.click(".messagelist a")
    page.click("input[value='Put back 2']")
    assert KernelSet.objects.get(active=True).name == "demo-approx-1"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_its_pages_are_accessible_and_fit_their_screen(desk, opened, width, theme):
    window = opened(width=width, theme=theme)
    signed_in(window.page, desk, LIST)
    one = f"{LIST}{KernelSet.objects.get().pk}/"
    found = []
    for address in (LIST, f"{LIST}add/", f"{one}change/", f"{one}activate/", "/team/"):
        window.page.goto(desk + address)
        found += faults(window, address)
    window.page.goto(desk + f"{LIST}add/")
    window.page.click("input[value='Check and add']")
    assert found + faults(window, "refused") == []
