"""The pool of connections to the database, which survives a restart of the server without one failed request."""

from select import POLLIN, poll

from psycopg import Connection, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

PATIENCE = 5.0
"""Seconds that a request waits for a connection before it is told to come back."""

RECONNECT = 2.0
"""Seconds after which an attempt to connect is given up, so that the next request begins a new one at once."""


class Connections(ConnectionPool[Connection[TupleRow]]):
    """Hands out connections whose server has not hung up.

    The pool's own check asks the server, a round trip each time. This one only asks the socket (2 µs): the end
    of a connection arrives there unasked, whether its server stopped, crashed or was told to end it.
    """

    def __init__(self, url: str) -> None:
        # Eager prepared statements: the service says few things, and says them often.
        options = {"autocommit": True, "prepare_threshold": 1}
        super().__init__(
            url, min_size=2, max_size=20, kwargs=options, timeout=PATIENCE, reconnect_timeout=RECONNECT, open=True
        )

    def getconn(self, timeout: float | None = None) -> Connection[TupleRow]:
        while True:
            connection = super().getconn(timeout)
            if is_up(connection):
                return connection
            connection.close()
            self.putconn(connection)  # which has another made


def is_up(connection: Connection[TupleRow]) -> bool:
    """Whether the server has not ended this idle connection."""
    socket = poll()
    try:
        socket.register(connection.fileno(), POLLIN)
        while socket.poll(0):  # an idle connection has hardly anything to read but its end
            connection.pgconn.consume_input()
    except OperationalError:
        return False
    return True
