"""The worker forgets once a day what the privacy note promises to forget."""

from django.db import migrations

FUNCTION = "apps.accounts.tasks.forget"


def schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.get_or_create(
        func=FUNCTION,
        defaults={
            "name": "Old sign-ins, tokens and sessions are deleted",
            "schedule_type": "D",
            "repeats": -1,
            "kwargs": "{'q_options': {'save': False}}",
        },
    )


def remove(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(func=FUNCTION).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_tokens"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(schedule, remove)]
