"""Plain functions that make records; each shows what a test depends on, the rest is ordinary."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from apps.ancillary import demonstration, kernelset, storage
from apps.ancillary.models import KernelSet
from apps.archive.models import DataProduct, TypeLength

STRONG = "correct horse battery staple"


def in_days(days):
    """An instant that many days from the present; negative is the past."""
    return timezone.now() + timedelta(days=days)


def utc(text):
    """An aware datetime of an ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_user(role="", username=None, **facts):
    """A user; `role` is the name of a group, or empty for an account without one."""
    name = username or f"a-{role or 'person'}"
    user = get_user_model().objects.create_user(name, password=STRONG, **facts)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def a_product(product_type="ql-lightcurve", *, start=None, content=b"SIMPLE  =", **fields):
    """A product of a UTC day (`start` is its midnight) with its file.

    `fields` replace any field of the row. The file holds `content`, not FITS; `tests.synthetic`
    writes real ones.
    """
    start = start or utc("2022-03-28")
    row = {
        "product_type": product_type,
        "level": "L1",
        "stem": f"solo_L1_stix-{product_type}_{start:%Y%m%d}",
        "version": 1,
        "access": "public",
        "start": start,
        "stop": start + timedelta(days=1),
        "created": start + timedelta(days=2),
        "ingested_at": timezone.now(),
        "size": len(content),
    } | fields
    row.setdefault("name", f"{row['stem']}_V{row['version']:02d}.fits")
    group = product_type.partition("-")[0].upper()
    row.setdefault("path", f"{row['level']}/{row['start']:%Y/%m/%d}/{group}/{row['name']}")
    row.setdefault("sha256", hashlib.sha256(row["path"].encode() + content).hexdigest())
    file = Path(settings.DATA_DIR, "archive", row["path"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    TypeLength.objects.note(product_type, row["stop"] - row["start"])
    return DataProduct.objects.create(**row)


def an_active_set(folder, report, **fields):
    """A kernel set whose files lie in a folder, with what its inspection said; it is active."""
    set_id = kernelset.set_id([kernelset.KernelFile(**file) for file in report["kernels"]])
    place = storage.folder_of(set_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(folder)
    start, stop = report["coverage"]["orbit"][0]
    row = {
        "name": report["name"] or demonstration.NAME,
        "approximate": not report["name"],
        "start": datetime.fromisoformat(start),
        "stop": datetime.fromisoformat(stop),
        "coverage": report["coverage"],
        "kernels": report["kernels"],
        "active": True,
    }
    return KernelSet.objects.create(set_id=set_id, **(row | fields))
