"""Django's PostgreSQL, with a health check that asks the server only where there is something to hear."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections that are kept from request to request, each looked at before it is used again."""

    def is_usable(self) -> bool:
        """Whether the connection answers.

        A server that stops, or ends a session, says so and closes: there is something to read then, and it is asked. On an idle
        connection there is nothing else to read, but for a rare notice. To ask each time takes as long as to find a document.
        """
        # One that was lost while it was in use has no socket to listen at.
        if self.connection is None or self.connection.closed:
            return False
        ears = poll()
        ears.register(self.connection.pgconn.socket, POLLIN)
        return super().is_usable() if ears.poll(0) else True
