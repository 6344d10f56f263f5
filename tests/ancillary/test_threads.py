"""Many threads ask, sets are switched and replaced meanwhile: every answer is right, none ends."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from django.db import IntegrityError, connection

from apps.ancillary import ingest, managers, storage
from apps.ancillary.kernels import KernelError, Pool
from apps.ancillary.models import KernelSet
from tests.architecture.imports import ROOT
from tests.factories import an_active_set
from tests.reference import needs_reference

NOON = 1_600_000_000_000
"""2020-09-13T12:26:40 UTC in ms since 1970; both sets cover it."""


def under_load(threads, answers, *folders):
    """What the child process counted; its abort fails the test."""
    command = [sys.executable, "-m", "tests.ancillary.load_child", str(threads), str(answers)]
    done = subprocess.run([*command, *folders], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_eight_threads_get_ten_thousand_equal_answers(demonstration_kernels):
    found = under_load(8, 10_000, demonstration_kernels[0])
    assert found == {"right": 10_000, "asked": 10_000, "different": 1}


@needs_reference
@pytest.mark.real
def test_two_sets_asked_at_once_are_never_mixed_up(demonstration_kernels, official_kernels):
    found = under_load(8, 1_000, demonstration_kernels[0], official_kernels[0])
    assert found == {"right": 1_000, "asked": 1_000, "different": 2}


@pytest.fixture
def pool(demonstration_kernels):
    """The demonstration kernels, loaded."""
    folder, report = demonstration_kernels
    made = Pool("whole", [folder / file["name"] for file in report["kernels"]])
    with made.loaded():
        return made


def test_a_set_that_cannot_be_loaded_leaves_the_one_before_in_its_place(pool, tmp_path):
    before = pool.states(-144, [6.5e8])
    broken = Pool("broken", [*pool.paths, tmp_path / "absent.bsp"])
    for _ in range(2):
        with pytest.raises(KernelError, match=r"absent\.bsp: cannot be loaded"):
            broken.states(-144, [6.5e8])
        assert Pool._held is pool
        assert (pool.states(-144, [6.5e8]) == before).all()


def test_a_child_of_a_fork_loads_for_itself(pool):
    code = (
        "import os, sys\n"
        "from tests.ancillary.load_child import TIMES, a_pool\n"
        "from apps.ancillary.kernels import Pool\n"
        "pool = a_pool(sys.argv[1])\n"
        "before = pool.states(-144, TIMES)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    forgot = Pool._held is None\n"
        "    os._exit(0 if forgot and (pool.states(-144, TIMES) == before).all() else 1)\n"
        "same = (pool.states(-144, TIMES) == before).all()\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or not same)\n"
    )
    command = [sys.executable, "-c", code, str(pool.paths[0].parent)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
class TestActiveSet:
    """The pointer in the database, and what a process makes of it."""

    @needs_reference
    @pytest.mark.real
    def test_while_the_set_is_switched_each_answer_names_the_set_of_its_numbers(
        self, kernels, official_kernels, monkeypatch
    ):
        monkeypatch.setattr(managers, "LOOK_S", 0.0)
        looking = Lock()  # the tests' SQLite is in memory, where a writer lets nobody read
        look = managers.KernelSetQuerySet._look

        def looked(*arguments):
            with looking:
                look(*arguments)

        monkeypatch.setattr(managers.KernelSetQuerySet, "_look", looked)
        other = an_active_set(*official_kernels, active=False)
        expected = {
            one.name: KernelSet.objects.geometry_of(one).ephemeris([NOON]).sun_distance_au[0]
            for one in (kernels, other)
        }
        assert len(set(expected.values())) == 2

        def ask(_):
            try:
                geometry = KernelSet.objects.geometry()
                found = geometry.ephemeris([NOON]).sun_distance_au[0]
                clock = geometry.scet([NOON])
                return geometry.provenance.mk, found, clock
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as workers:
            asked = workers.map(ask, range(400))
            for turn in range(6):
                with looking:
                    ingest.activate((other, kernels)[turn % 2], reason="test")
            answers = list(asked)
        assert all(expected[name] == distance for name, distance, _ in answers)
        assert len({(name, *clock) for name, _, clock in answers}) == len(
            {name for name, _, _ in answers}
        )

    def test_one_set_at_most_is_active(self, kernels):
        with pytest.raises(IntegrityError):
            KernelSet.objects.create(
                set_id="0" * 64, name="second", active=True,
                start=kernels.start, stop=kernels.start + timedelta(days=1),
            )  # fmt: skip

    def test_a_switch_in_another_process_is_seen_after_a_second(self, kernels, monkeypatch):
        clock = [100.0]
        monkeypatch.setattr(managers.time, "monotonic", lambda: clock[0])
        KernelSet.objects.forget()
        assert KernelSet.objects.geometry().provenance.mk == "demo-approx-1"
        KernelSet.objects.filter(pk=kernels.pk).update(active=False)
        clock[0] += 0.9
        assert KernelSet.objects.geometry().provenance.mk == "demo-approx-1"
        clock[0] += 0.2
        with pytest.raises(managers.NoKernels):
            KernelSet.objects.geometry()

    def test_a_look_at_the_pointer_is_one_question_a_second(
        self, kernels, django_assert_num_queries
    ):
        with django_assert_num_queries(1):
            for _ in range(50):
                KernelSet.objects.geometry()

    def test_a_set_whose_files_are_gone_leaves_the_portal_answering(
        self, kernels, caplog, monkeypatch
    ):
        assert KernelSet.objects.geometry().provenance.set_id == kernels.set_id
        KernelSet.objects.filter(pk=kernels.pk).update(active=False)
        gone = KernelSet.objects.create(
            set_id="f" * 64, name="gone", active=True, start=kernels.start, stop=kernels.stop,
            kernels=[{"name": "o.bsp", "kind": "SPK", "sha256": "0" * 64, "size_bytes": 1}],
            coverage=kernels.coverage,
        )  # fmt: skip
        KernelSet.objects.forget()
        for _ in range(3):
            geometry = KernelSet.objects.geometry()
            assert geometry.provenance.set_id == kernels.set_id
            assert geometry.scet([NOON])[0].startswith("1/0")
        assert caplog.text.count("gone (ffffffffffff) cannot be loaded: o.bsp") == 1
        with pytest.raises(KernelError, match=r"o\.bsp: cannot be read"):
            ingest.activate(gone, reason="test")

    def test_files_of_a_set_are_read_only_and_never_written_again(self, data_dir):
        outcome = ingest.add_demonstration()
        folder = storage.folder_of(outcome.kernel_set.set_id)
        before = {path.name: path.stat() for path in folder.iterdir()}
        assert all(stat.st_mode & 0o222 == 0 for stat in before.values())
        assert ingest.add_demonstration().status == ingest.KNOWN
        after = {path.name: path.stat() for path in folder.iterdir()}
        assert {name: (s.st_ino, s.st_mtime_ns) for name, s in after.items()} == {
            name: (s.st_ino, s.st_mtime_ns) for name, s in before.items()
        }
        assert sorted(path.name for path in storage.root().iterdir()) == [folder.name]
