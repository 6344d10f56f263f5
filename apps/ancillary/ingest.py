"""How kernel sets come into the portal, and how one of them becomes the one that answers."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.ancillary import demonstration, kernelset, storage, validation
from apps.ancillary.kernels import KernelError
from apps.ancillary.managers import in_words
from apps.ancillary.models import KernelSet
from apps.core.models import Curation

ADDED, KNOWN = "added", "known"


@dataclass(frozen=True)
class Outcome:
    """What became of kernels that were given."""

    status: str
    kernel_set: KernelSet
    remarks: list = field(default_factory=list)


def add(found, *, name="", note="", user=None, progress=None):
    """Check kernels in a process of their own, and keep them as a set; it is not yet active.

    Parameters
    ----------
    found : dict
        Name to path, as `kernelset.collect` gives it.
    name : str
        What to call the set where no metakernel names it.
    progress : callable, optional
        ``progress(name)`` before each file that is looked at.

    Returns
    -------
    Outcome
        ``known`` if the same files were added before: nothing changed.

    Raises
    ------
    KernelSetError
        Naming every refused file and why; nothing was kept.
    KernelStorageError
        If the disk is at fault.
    """
    kernelset.require_few(found)
    with storage.staged() as folder:
        for one, path in found.items():
            storage.stage(folder, one, path)
        remarks = _complete(folder, found)
        return _kept(folder, remarks, name=name, note=note, user=user, progress=progress)


def add_demonstration():
    """Make the demonstration set, or put back the files it lost."""
    with storage.staged() as folder:
        demonstration.make(folder)
        note = "Made by the portal, so that it works without kernels of ESA."
        return _kept(folder, [], name=demonstration.NAME, note=note)


def _complete(folder, found):
    """Add the portal's own kernels for what is missing; says which."""
    added = demonstration.completion(found)
    for name, path in added.items():
        storage.stage(folder, name, path)
    return [f"{name} was added by the portal, for it was not among the files" for name in added]


def _kept(folder, remarks, *, name, note, user=None, progress=None):
    facts = validation.inspect(folder, progress)
    if facts["refused"]:
        raise kernelset.KernelSetError(in_words(facts["refused"]))
    files = [kernelset.KernelFile(**record) for record in facts["kernels"]]
    set_id = kernelset.set_id(files)
    storage.keep(folder, set_id)
    orbit = facts["coverage"]["orbit"]
    row = {
        "name": facts["name"] or name or set_id[:12],
        "approximate": any(file.name == demonstration.ORBIT for file in files),
        "start": datetime.fromisoformat(orbit[0][0]),
        "stop": datetime.fromisoformat(orbit[-1][1]),
        "coverage": facts["coverage"],
        "kernels": facts["kernels"],
        "missing": facts["missing"],
        "note": note,
        "added_by": user,
    }
    kernel_set, created = KernelSet.objects.get_or_create(set_id=set_id, defaults=row)
    if facts["missing"]:
        remarks.append(f"the metakernel lists {len(facts['missing'])} files that were not given")
    return Outcome(ADDED if created else KNOWN, kernel_set, remarks)


def activate(kernel_set, *, reason, user=None):
    """Let the portal answer with a set; every process follows within a second.

    Returns
    -------
    Curation or None
        The decision, which can be undone; None if the set was active already, or is the first.

    Raises
    ------
    KernelError
        If its files are not as they were added.
    """
    if faults := storage.faults(kernel_set):
        raise KernelError("; ".join(faults))
    with transaction.atomic():
        one_at_a_time()
        active = KernelSet.objects.filter(active=True).first()
        if active is None:
            kernel_set.active = True
            kernel_set._change_reason = reason
            kernel_set.save(update_fields=["active"])
            decision = None
        elif active.pk == kernel_set.pk:
            return None
        else:
            decision = _decide(active, kernel_set, reason, user)
    KernelSet.objects.forget()
    kernel_set.refresh_from_db()
    return decision


def _decide(active, kernel_set, reason, user):
    decision = Curation.objects.create(
        kind="kernels",
        title=f"Answer with kernel set {kernel_set.name}"[:200],
        reason=reason,
        made_by=user,
        made_at=timezone.now(),
    )
    for one, value in ((active, False), (kernel_set, True)):
        chosen = KernelSet.objects.filter(pk=one.pk)
        Curation.objects.apply(decision, chosen, {"active": value})
    return decision


def one_at_a_time():
    """Wait until no other switch is under way."""
    list(KernelSet.objects.select_for_update().order_by("pk").values_list("pk"))


def save_decided(records, fields):
    """Save sets that a decision changed; the one that steps back first."""
    for record in sorted(records, key=lambda record: record.active):
        record.save(update_fields=fields)
    transaction.on_commit(KernelSet.objects.forget)
