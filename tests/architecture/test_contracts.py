"""The portal keeps what `tests.contracts` promises."""

import json
from io import StringIO

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.urls import resolve

from apps.archive.ingest import ingest_file
from tests.calibration.stored import a_run
from tests.contracts import ADDRESSES, COMMAND_LINES, COMMANDS, JSON_KEYS, RECORD_KEYS
from tests.housekeeping.written import write_report
from tests.synthetic import write_lightcurve

on_database = [pytest.mark.db, pytest.mark.django_db]


def answer(command, *arguments):
    """What a command prints as JSON."""
    output = StringIO()
    call_command(command, *arguments, "--json", stdout=output)
    return json.loads(output.getvalue())


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_promised_address_leads_somewhere(address):
    match = resolve(address)
    assert ADDRESSES[address] in (None, match.view_name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_promised_command_takes_its_options(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert set(COMMANDS[name]) <= parser._option_string_actions.keys()


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_every_promised_command_line_is_understood(line):
    name, *arguments = line.split()
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert parser.parse_args(arguments)


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize("address", RECORD_KEYS)
def test_every_record_of_the_interface_holds_its_promised_keys(
    visitor, data_dir, tmp_path, address
):
    ingest_file(write_lightcurve(tmp_path))
    ingest_file(write_report(tmp_path, rows=3))
    a_run()
    found = visitor.get(address).json()
    record = found["results"][0] if "results" in found else found
    assert record.keys() >= RECORD_KEYS[address]


class TestJson:
    """Answers of commands with `--json`."""

    pytestmark = on_database

    def test_ingest_names_the_numbers_and_the_files(self, data_dir, tmp_path):
        found = answer("ingest", str(write_lightcurve(tmp_path)))
        assert found.keys() >= JSON_KEYS["ingest"]
        assert found["files"][0].keys() >= JSON_KEYS["ingest files"]
        assert (found["taken_in"], found["known"], found["refused"]) == (1, 0, 0)

    def test_ingest_in_the_background_names_the_job(self, data_dir, tmp_path):
        found = answer("ingest", "--background", str(tmp_path))
        assert found.keys() >= JSON_KEYS["ingest --background"]

    def test_ingest_again_names_the_types_and_how_many(self, data_dir):
        found = answer("ingest", "--again", "ql-lightcurve")
        assert found.keys() >= JSON_KEYS["ingest --again"]

    def test_kernels_name_the_sets(self, data_dir, demonstration_kernels):
        found = answer("kernels", "add", str(demonstration_kernels[0]))
        assert found.keys() >= JSON_KEYS["kernels add"]
        found = answer("kernels", "activate", found["set_id"])
        assert found.keys() >= JSON_KEYS["kernels activate"]
        for deed in ("list", "check"):
            assert answer("kernels", deed).keys() >= JSON_KEYS[f"kernels {deed}"]
        assert answer("scet", "0642038387:13107").keys() >= JSON_KEYS["scet"]

    def test_check_archive_names_its_findings(self, data_dir):
        assert answer("check_archive").keys() >= JSON_KEYS["check_archive"]


def test_simulate_names_what_it_wrote(tmp_path):
    arguments = ["--start", "2022-03-27", "--days", "1", "--products", "ql-flareflag"]
    found = answer("simulate", *arguments, "--out", str(tmp_path))
    assert found.keys() >= JSON_KEYS["simulate"]
