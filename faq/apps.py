"""The applications: the library, whose triggers are taken off and put back around every migrate, and Django's admin with its desks."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class FaqConfig(AppConfig):
    """The library of questions and reviewed answers."""

    name = "faq"
    verbose_name = "Question library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the guards' life cycle."""
        from faq import checks, triggers  # noqa: F401  (importing checks registers them)

        pre_migrate.connect(triggers.before_migrate, sender=self)
        post_migrate.connect(triggers.after_migrate, sender=self)


class DesksConfig(AdminConfig):
    """Django's admin with desks instead of applications."""

    default_site = "faq.desks.LibrarySite"
