"""`manage.py kernels` and `manage.py scet`: what they keep, say and refuse."""

import json
import os
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.ancillary import demonstration, ingest, storage
from apps.ancillary.management.commands.kernels import Command
from apps.ancillary.models import KernelSet
from apps.core.models import Curation
from tests.factories import an_active_set
from tests.reference import OFFICIAL, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def run(*arguments):
    """What a command prints."""
    output = StringIO()
    call_command(*map(str, arguments), stdout=output)
    return output.getvalue()


def answer(*arguments):
    """The same as JSON."""
    return json.loads(run(*arguments, "--json"))


@pytest.fixture
def own(demonstration_kernels, tmp_path):
    """The demonstration kernels with another clock kernel: another set."""
    folder = tmp_path / "own"
    shutil.copytree(demonstration_kernels[0], folder)
    with open(folder / demonstration.CLOCK, "a") as stream:
        stream.write("another\n")
    return folder


def contents():
    """Everything below the folder of the sets, with its bytes' sum and its time."""
    return {
        path.relative_to(storage.root()): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in storage.root().rglob("*")
        if path.is_file()
    }


class TestAdd:
    """Keeping a set."""

    def test_a_folder_becomes_a_set_that_does_not_answer_yet(self, kernels, own):
        found = answer("kernels", "add", own, "--name", "ours", "--note", "from a test")
        assert (found["status"], found["name"], found["active"]) == ("added", "ours", False)
        assert found["coverage"]["orbit"][0][0] == "2020-02-12T02:00:00Z"
        kept = KernelSet.objects.get(name="ours")
        assert kept.note == "from a test"
        assert storage.faults(kept) == []
        assert KernelSet.objects.get(active=True) == kernels

    def test_adding_it_again_changes_nothing(self, data_dir, own):
        answer("kernels", "add", own)
        before, rows = contents(), list(KernelSet.objects.values())
        assert answer("kernels", "add", own)["status"] == "known"
        assert "known: " in run("kernels", "add", own)
        assert (contents(), list(KernelSet.objects.values())) == (before, rows)

    def test_files_one_by_one_are_the_same_set_as_their_folder(self, data_dir, own):
        first = answer("kernels", "add", own)
        second = answer("kernels", "add", *sorted(own.iterdir(), reverse=True))
        assert (second["status"], second["set_id"]) == ("known", first["set_id"])

    def test_what_is_missing_of_plain_facts_is_completed_and_said(self, data_dir, own):
        for name in (*demonstration.TEXTS, demonstration.PLANETS):
            (own / name).unlink()
        found = answer("kernels", "add", own)
        assert len(found["remarks"]) == 4
        assert {file["name"] for file in found["kernels"]} == {
            *demonstration.TEXTS,
            *(demonstration.PLANETS, demonstration.ORBIT, demonstration.CLOCK),
        }

    def test_what_is_refused_leaves_nothing(self, data_dir, own):
        path = own / demonstration.ORBIT
        path.write_bytes(path.read_bytes()[:5000])
        (own / "web.tf").write_text("<html>")
        with pytest.raises(
            CommandError, match=r"orbit\.bsp: is cut off.*; web\.tf: cannot be read"
        ):
            run("kernels", "add", own)
        assert not KernelSet.objects.exists()
        assert list(storage.root().iterdir()) == []

    def test_a_reason_names_the_file_and_no_folder_of_the_server(self, data_dir, own):
        (own / "web.tf").write_text("<html>")
        with pytest.raises(CommandError) as refused:
            run("kernels", "add", own)
        assert "web.tf" in str(refused.value)
        assert str(data_dir) not in str(refused.value)

    def test_a_path_that_is_not_there_is_named(self, data_dir):
        with pytest.raises(CommandError, match=r"/absent: no such file or folder"):
            run("kernels", "add", "/absent")

    def test_a_full_disk_leaves_nothing(self, data_dir, own, monkeypatch):
        def full(*arguments):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(storage.shutil, "copyfile", full)
        with pytest.raises(CommandError, match="No space left on device"):
            run("kernels", "add", own)
        assert list(storage.root().iterdir()) == []

    @pytest.mark.parametrize("step", ["rename", "fsync"])
    def test_when_it_is_stopped_the_same_command_goes_on(self, data_dir, own, monkeypatch, step):
        class Stopped(BaseException):
            """As Ctrl-C."""

        def stop(*arguments):
            raise Stopped

        with monkeypatch.context() as broken:
            broken.setattr(os, step, stop)
            with pytest.raises(Stopped):
                run("kernels", "add", own)
        assert not KernelSet.objects.exists()
        assert answer("kernels", "add", own)["status"] == "added"
        assert len(list(storage.root().iterdir())) == 1

    def test_a_set_that_lost_a_file_gets_it_back_and_no_other_is_touched(self, data_dir, own):
        answer("kernels", "add", own)
        kept = KernelSet.objects.get()
        folder = storage.folder_of(kept.set_id)
        (folder / demonstration.ORBIT).unlink()
        before = contents()
        assert storage.faults(kept) == [
            f"{demonstration.ORBIT}: cannot be read (No such file or directory)"
        ]
        assert answer("kernels", "add", own)["status"] == "known"
        assert storage.faults(kept) == []
        assert before.items() <= contents().items()

    def test_a_file_that_was_changed_is_not_overwritten(self, data_dir, own):
        answer("kernels", "add", own)
        path = storage.folder_of(KernelSet.objects.get().set_id) / "portal_frames.tf"
        path.chmod(0o644)
        path.write_text("changed")
        with pytest.raises(CommandError, match="a file in use is not overwritten"):
            run("kernels", "add", own)
        assert path.read_text() == "changed"

    @needs_reference
    @pytest.mark.real
    def test_official_kernels_take_the_place_of_the_demonstration(self, kernels):
        found = answer("kernels", "add", OFFICIAL)
        assert found["name"] == "v107_20210412_001"
        assert not found["approximate"]
        assert any("metakernel lists" in remark for remark in found["remarks"])
        assert demonstration.PLANETS in {file["name"] for file in found["kernels"]}
        answer("kernels", "activate", "v107_20210412_001")
        geometry = KernelSet.objects.geometry()
        assert geometry.provenance.mk == "v107_20210412_001"
        assert geometry.provenance.label == "Kernels v107_20210412_001"
        seen = geometry.attitude([1_602_072_000_000], allow_nominal=False)
        assert list(seen.source) == ["CK"]


class TestActivate:
    """Choosing the set that answers."""

    def test_a_switch_is_a_decision_with_its_reason_and_can_be_undone(self, kernels, own):
        answer("kernels", "add", own, "--name", "ours")
        found = answer("kernels", "activate", "ours", "--reason", "a better clock")
        assert (found["changed"], found["active"]) == (True, True)
        assert KernelSet.objects.geometry().provenance.mk == "ours"
        decision = Curation.objects.get()
        assert (decision.reason, decision.number) == ("a better clock", 2)
        assert Curation.objects.undo(list(decision.changes.all())) == 2
        assert KernelSet.objects.get(active=True) == kernels

    def test_a_set_is_found_by_the_beginning_of_its_id(self, kernels, own):
        found = answer("kernels", "add", own)
        answer("kernels", "activate", found["set_id"][:9].upper())
        assert KernelSet.objects.get(active=True).set_id == found["set_id"]

    def test_the_active_one_stays_so(self, kernels):
        assert not answer("kernels", "activate", "demo-approx-1")["changed"]
        assert "was active already" in run("kernels", "activate", "demo-approx-1")
        assert not Curation.objects.exists()

    def test_unknown_and_ambiguous_names_are_said(self, kernels, own):
        with pytest.raises(CommandError, match="no set is called 'ours'"):
            run("kernels", "activate", "ours")
        run("kernels", "add", own, "--name", "demo-approx-1")
        with pytest.raises(CommandError, match="several sets are called 'demo-approx-1'"):
            run("kernels", "activate", "demo-approx-1")

    def test_a_set_with_a_damaged_file_is_not_activated(self, kernels, own):
        answer("kernels", "add", own, "--name", "ours")
        (
            storage.folder_of(KernelSet.objects.get(name="ours").set_id) / demonstration.CLOCK
        ).unlink()
        with pytest.raises(CommandError, match="clock"):
            run("kernels", "activate", "ours")
        assert KernelSet.objects.get(active=True) == kernels

    def test_each_change_is_in_the_history(self, kernels, own):
        answer("kernels", "add", own, "--name", "ours")
        answer("kernels", "activate", "ours")
        ours = KernelSet.objects.get(name="ours")
        assert list(ours.history.values_list("active", flat=True)) == [True, False]
        assert list(kernels.history.values_list("active", flat=True)) == [False, True]


class TestListAndCheck:
    """Looking after the sets."""

    def test_the_list_shows_the_active_one_first_and_what_it_covers(self, kernels, own):
        answer("kernels", "add", own, "--name", "ours")
        sets = answer("kernels", "list")["sets"]
        assert [one["name"] for one in sets] == ["demo-approx-1", "ours"]
        words = run("kernels", "list")
        assert "active, APPROXIMATE, 6 files" in words
        assert "orbit 2020-02-12T02:00:00Z to 2025-02-18T20:45:59.999Z" in words

    def test_without_sets_it_says_so(self, data_dir):
        assert "there are no kernel sets" in run("kernels", "list")

    def test_check_reads_every_file_and_names_what_is_wrong(self, data_dir, own, capsys):
        answer("kernels", "add", own, "--name", "ours")
        assert answer("kernels", "check")["sets"][0]["faults"] == []
        path = storage.folder_of(KernelSet.objects.get().set_id) / demonstration.ORBIT
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"LEG A", b"LEG Z"))
        (fault,) = answer("kernels", "check")["sets"][0]["faults"]
        assert fault == f"{demonstration.ORBIT}: was changed since it was added"
        command = Command(stdout=StringIO(), stderr=StringIO())
        call_command(command, "check")
        assert command.exit_code == 1

    def test_check_removes_what_a_killed_process_left_long_ago(self, data_dir):
        old, new = storage.root() / ".staged-old", storage.root() / ".staged-new"
        for folder in (old, new):
            folder.mkdir(parents=True)
        os.utime(old, (1, 1))
        run("kernels", "check")
        assert (old.exists(), new.exists()) == (False, True)


class TestEnsure:
    """What set-up does."""

    def test_a_fresh_portal_gets_the_demonstration_set(self, data_dir):
        run("kernels", "ensure")
        made = KernelSet.objects.get()
        assert (made.name, made.active, made.approximate) == ("demo-approx-1", True, True)
        before = contents()
        run("kernels", "ensure")
        assert contents() == before

    def test_its_files_are_made_again_where_they_are_gone(self, data_dir):
        run("kernels", "ensure")
        made = KernelSet.objects.get()
        shutil.rmtree(storage.folder_of(made.set_id))
        run("kernels", "ensure")
        assert storage.faults(made) == []
        assert KernelSet.objects.get() == made

    def test_a_set_that_people_chose_is_left_alone(self, data_dir, demonstration_kernels):
        an_active_set(*demonstration_kernels, name="official", approximate=False)
        run("kernels", "ensure")
        assert KernelSet.objects.get().name == "official"


class TestScet:
    """The on-board clock on the command line."""

    def test_both_ways(self, kernels):
        found = answer("scet", "0642038387:13107")
        assert found["scet"] == "1/0642038387:13107"
        assert found["utc_solo"] == "2020-05-05T23:59:59.507Z"
        assert (found["mk"], found["approximate"]) == ("demo-approx-1", True)
        back = answer("scet", "--utc", "2020-05-05T23:59:59.507Z")
        assert back["scet"].startswith("1/0642038387:131")
        words = run("scet", "714888282.4")
        assert "2022-08-27T04:06:57.473Z at Solar Orbiter" in words
        assert "APPROXIMATE" in words

    @needs_reference
    @pytest.mark.real
    def test_with_kernels_of_a_folder_as_in_the_header_of_a_real_file(self, data_dir):
        """OBT_BEG and DATE-BEG of solo_L1_stix-ql-lightcurve_20200506_V01.fits."""
        found = answer("scet", "642038387:13107", "--kernels", OFFICIAL)
        assert found["utc_solo"] == "2020-05-05T23:59:59.531Z"
        assert not found["approximate"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["yesterday"], "'yesterday' is no time of the on-board clock"),
            ([], "and not both"),
            (["1", "--utc", "2022-03-28"], "and not both"),
            (["--utc", "soon"], "soon"),
            (["--utc", "1990-01-01"], "no time of the on-board clock"),
            (["1", "--kernels", "/absent"], "/absent: no such file or folder"),
        ],
    )
    def test_what_cannot_be_converted_is_said(self, kernels, arguments, words):
        with pytest.raises(CommandError, match=words):
            run("scet", *arguments)


def test_kernels_of_an_upload_and_of_a_path_are_the_same_set(data_dir, own):
    first = ingest.add({path.name: path for path in own.iterdir()})
    second = answer("kernels", "add", own)
    assert second["set_id"] == first.kernel_set.set_id
