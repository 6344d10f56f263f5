"""Health for machines, coverage and freshness for everyone, the home of the team."""

import os
import shutil
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.archive.models import IngestRun
from apps.archive.products import PRODUCTS
from apps.core.managers import is_team
from apps.core.registry import cards
from apps.core.timeaxis import iso
from apps.status import managers
from apps.status.coverage import DAY_WIDTH, MONTH_WIDTH, months_between, strip
from apps.status.models import Heartbeat

LEAST_FREE_GIB = 1
ONE_DAY = timedelta(days=1)
COUNTED_S = 300
"""So long an answer about all files is kept; the page says when it was counted.

What curators decide, and an embargo that ends, is counted at once: `managers.state_of_access`.
"""


@never_cache
@require_safe
def health(request):
    """Whether the portal works, for machines: 200, or 503 with the part that does not."""
    last_ingest, checks = None, {"database": {"ok": True}}
    try:
        beat = Heartbeat.objects.last(managers.WORKER)
        last_ingest = IngestRun.objects.values_list("started_at", flat=True).first()
        silent = managers.worker_is_silent(beat, timezone.now())
        checks["worker"] = {"ok": not silent, "last_seen_utc": beat and iso(beat, 0)}
    except Error:
        checks = {"database": {"ok": False}, "worker": {"ok": False, "last_seen_utc": None}}
    archive = settings.DATA_DIR / "archive"
    writable = archive.is_dir() and os.access(archive, os.W_OK | os.X_OK)
    free = round(shutil.disk_usage(settings.DATA_DIR).free / 2**30, 1)
    checks["archive"] = {"ok": writable}
    checks["disk"] = {"ok": free >= LEAST_FREE_GIB, "free_gib": free}
    works = all(check["ok"] for check in checks.values())
    answer = {
        "status": "ok" if works else "failing",
        "version": settings.VERSION,
        "checks": checks,
        "last_ingest_utc": last_ingest and iso(last_ingest, 0),
    }
    return JsonResponse(answer, status=200 if works else 503)


@require_safe
def status(request):
    """Which times are covered by which products, and what became of files that came."""
    audience, now = "team" if is_team(request.user) else "public", timezone.now()
    state = managers.state_of_access(now)
    counted = cache.get_or_set(
        f"status-{audience}-{state}", lambda: counts(request.user, now), COUNTED_S
    )
    return render(request, "status/status.html", {"title": "Status", **counted})


def counts(user, now):
    """All numbers of the status page."""
    rows, last = managers.coverage(user)
    facts = {"counted": now, "ingests": managers.ingests(user, now), "last": last}
    if not rows:
        return facts
    months = months_between(min(min(r.months) for r in rows), max(max(r.months) for r in rows))
    return facts | {
        "first": months[0],
        "last_day": last.stop - ONE_DAY,
        "rows": [
            {
                "row": row,
                "title": PRODUCTS[row.key].title if row.key in PRODUCTS else row.key,
                "days": strip([day in row.days for day in last.days], DAY_WIDTH, "days"),
                "months": strip([name in row.months for name in months], MONTH_WIDTH, "months"),
            }
            for row in rows
        ],
    }


@require_safe
@login_required
def team(request):
    """What the team looks at first: the places that apps have registered."""
    if not is_team(request.user):
        raise PermissionDenied
    found = [(entry, entry.provide(request.user)) for entry in cards.open_to(True)]
    shown = [
        {"title": entry.title, "template": entry.options["template"], "card": card}
        for entry, card in found
        if card
    ]
    return render(request, "status/team.html", {"title": "Team home", "cards": shown})
