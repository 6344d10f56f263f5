"""The queue looks every minute for jobs whose message was lost; older open jobs get their task."""

from django.db import migrations

FUNCTION = "apps.core.tasks.deliver_forgotten"
INGEST = "apps.archive.tasks.run"


def name_tasks(apps, schema_editor):
    """Open jobs of the release before kept the task with their parameters, ingests none at all."""
    jobs = apps.get_model("core", "Job").objects
    for job in jobs.filter(state__in=["queued", "running"], task="").iterator():
        task = job.parameters.get("task") or (INGEST if job.kind == "ingest" else "")
        jobs.filter(pk=job.pk).update(task=task)


def schedule(apps, schema_editor):
    """A minute is short beside the five that a job waits before it counts as forgotten."""
    apps.get_model("django_q", "Schedule").objects.get_or_create(
        func=FUNCTION,
        defaults={
            "name": "Jobs whose message was lost are delivered again",
            "schedule_type": "I",
            "minutes": 1,
            "repeats": -1,
            "kwargs": "{'q_options': {'save': False}}",
        },
    )


def remove(apps, schema_editor):
    """Take the schedule away."""
    apps.get_model("django_q", "Schedule").objects.filter(func=FUNCTION).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_open_jobs"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [
        migrations.RunPython(name_tasks, migrations.RunPython.noop),
        migrations.RunPython(schedule, remove),
    ]
