"""Simulated data are marked wherever they are shown or handed out, and real data nowhere."""

import io
import json
import subprocess
import sys

import pytest
from astropy.io import fits

from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct
from apps.core.wire import unpack_window
from tests.synthetic import write_lightcurve

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

PAGE = "/quicklook/lightcurves/"
API = "/api/v1/quicklook/lightcurves/"
WHEN = {"start": "2022-03-28T00:00", "stop": "2022-03-28T00:10"}
BADGE = 'class="badge simulated"'


@pytest.fixture(params=[True, False], ids=["simulated", "real"])
def simulated(request, tmp_path):
    """Whether the only file of the archive, ten minutes of light curves, is simulated."""
    path = write_lightcurve(tmp_path, simulated=request.param)
    assert ingest_file(path).status == "taken in"
    return request.param


def content(client, address, **query):
    """Bytes of an answer that must be there."""
    response = client.get(address, WHEN | query)
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("address", [f"{PAGE}data.json", API])
def test_light_curves_as_json_have_a_field_for_it(visitor, simulated, address):
    answer = json.loads(content(visitor, address))
    assert answer["simulated"] is simulated
    assert [file["simulated"] for file in answer["source_files"]] == [simulated]


@pytest.mark.parametrize(("address", "query"), [(f"{PAGE}data.csv", {}), (API, {"format": "csv"})])
def test_light_curves_as_csv_say_it_in_their_comments(visitor, simulated, address, query):
    comments = [
        line for line in content(visitor, address, **query).decode().splitlines() if line[0] == "#"
    ]
    assert f"# simulated: {simulated}" in comments
    source = next(line for line in comments if line.startswith("# source_files"))
    assert source.endswith(", simulated)") is simulated


def test_a_cut_out_has_the_card_of_a_simulated_file(visitor, simulated):
    with fits.open(io.BytesIO(content(visitor, f"{PAGE}data.fits"))) as hdus:
        assert hdus[0].header.get("SIMULATD", False) is simulated


@pytest.mark.django_db(transaction=True)
def test_the_program_says_it_when_it_runs(visitor, live_server, simulated):
    program = content(visitor, f"{PAGE}data.py").decode()
    program = program.replace("http://testserver", live_server.url)
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("150 rows, native bins, in counts")
    assert ("SIMULATED" in done.stdout) is simulated


def test_a_window_tells_it_of_each_part(visitor, simulated):
    _, parts = unpack_window(content(visitor, f"{PAGE}window.bin", parts="lc,trig"))
    assert [parts[key]["about"]["simulated"] for key in ("lc", "trig")] == [simulated] * 2


def test_records_of_products_have_a_field_for_it(visitor, simulated):
    listed = visitor.get("/api/v1/data/products/").json()["results"]
    assert [record["simulated"] for record in listed] == [simulated]
    assert visitor.get(listed[0]["url"]).json()["simulated"] is simulated


def test_the_light_curve_page_shows_it_with_the_plot_the_numbers_and_the_files(visitor, simulated):
    text = content(visitor, PAGE).decode()
    plot = text[text.index('id="simulated"') :].partition(">")[0]
    assert (" hidden" not in plot) is simulated
    numbers = text[text.index('id="numbers"') :].partition("detectors summed")[0]
    assert (", simulated;" in numbers) is simulated
    side = text[text.index("data-file=") :].partition("</li>")[0]
    assert (BADGE in side) is simulated


def test_the_home_page_marks_its_picture_and_the_newest_date(visitor, simulated):
    text = visitor.get("/").content.decode()
    picture = text[text.index('id="newest"') :].partition("</h2>")[0]
    assert (BADGE in picture) is simulated
    assert ("UTC at Solar Orbiter, simulated." in text) is simulated


def test_list_and_page_of_a_product_show_it(visitor, simulated):
    product = DataProduct.objects.get()
    assert (BADGE in visitor.get("/data/products/").content.decode()) is simulated
    page = visitor.get(product.get_absolute_url()).content.decode()
    assert (BADGE in page) is simulated
    assert ("was made by the simulator and not measured by the instrument" in page) is simulated


def test_a_curator_sees_it_in_the_admin(admin_client, simulated):
    page = admin_client.get("/admin/archive/dataproduct/").content.decode()
    cell = page[page.index('class="field-origin"') :].partition("</td>")[0]
    assert ("simulated" in cell) is simulated
    assert ("measured" in cell) is not simulated


def test_the_file_itself_says_it(visitor, simulated):
    product = DataProduct.objects.get()
    response = visitor.get(product.get_download_url())
    with fits.open(io.BytesIO(b"".join(response))) as hdus:
        assert hdus[0].header.get("SIMULATD", False) is simulated
