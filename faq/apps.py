"""The applications: the library, whose triggers are taken off and put back around every migrate, and Django's admin with its own menu."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class FaqConfig(AppConfig):
    """The library of questions and reviewed answers."""

    name = "faq"
    verbose_name = "Question library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from faq import checks  # noqa: F401  (importing checks registers them)
        from faq.integrity import triggers
        from faq.workflow import publishing

        # On SQLite a migration that alters a table builds it anew, and its triggers are gone; so they go first and come back last.
        pre_migrate.connect(triggers.before_migrate, sender=self)
        post_migrate.connect(triggers.after_migrate, sender=self)
        post_migrate.connect(publishing.compose_after_migrate, sender=self)


class LibraryAdminConfig(AdminConfig):
    """Django's admin with a menu by subject instead of applications."""

    default_site = "faq.admin_site.LibrarySite"
