"""The queue beats every minute; what comes of it is not kept among the finished tasks."""

from django.db import migrations

FUNCTION = "apps.status.tasks.beat"


def schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.get_or_create(
        func=FUNCTION,
        defaults={
            "name": "Heartbeat of the worker",
            "schedule_type": "I",
            "minutes": 1,
            "repeats": -1,
            "kwargs": "{'q_options': {'save': False}}",
        },
    )


def remove(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(func=FUNCTION).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("status", "0001_heartbeat"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(schedule, remove)]
