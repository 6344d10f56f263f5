"""The command that builds the series anew."""

import pytest
from django.core.management import CommandError, call_command

from apps.archive.ingest import ingest_file
from apps.archive.models import SeriesBlock
from tests.archive.stored import snapshot
from tests.synthetic import write_lightcurve

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_a_store_that_was_lost_is_built_anew_from_the_archive(tmp_path, settings, capsys):
    settings.DATA_DIR = tmp_path / "data"
    assert ingest_file(write_lightcurve(tmp_path, "2022-03-28")).status == "taken in"
    store = snapshot()
    assert len(store) == 5
    SeriesBlock.objects.filter().delete()
    call_command("rebuild_series", "ql-lightcurve", verbosity=0)
    assert snapshot() == store
    assert "ql-lightcurve: 1 of 1 days changed" in capsys.readouterr().out
    call_command("rebuild_series", verbosity=0)
    assert capsys.readouterr().out == ""
    call_command("rebuild_series", "ql-lightcurve")
    assert "ql-lightcurve: 0 of 1 days changed" in capsys.readouterr().out


def test_an_unknown_series_is_named_with_the_known_ones():
    with pytest.raises(CommandError, match=r"no reader for series nothing; known are .*ql-light"):
        call_command("rebuild_series", "nothing")
