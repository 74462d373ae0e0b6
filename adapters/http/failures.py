"""The last resort: an error nobody foresaw becomes a 5xx that tells the client nothing and the log enough."""

import logging
from traceback import walk_tb

from psycopg import OperationalError
from psycopg.errors import UndefinedTable
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.duckdb.lake import LakeUnreadable
from adapters.http.correlation import correlation_of
from adapters.http.problems import ProblemError, problem

logger = logging.getLogger(__name__)


class UnexpectedErrors:
    """Middleware that answers 500 `internal`, or a 503 while database or lake are away, and logs where it came from.

    Only types and places are logged. The message of an exception may hold personal data (Postgres quotes the
    row that broke a constraint), so it is not, and the error goes no further: the web server would print it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_see(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        except ClientDisconnect:
            pass  # nobody is left to be answered
        except Exception as error:  # noqa: BLE001 this is where every error ends
            correlation = correlation_of(scope)
            logger.error("request %s failed: %s", correlation.request_id if correlation else "?", described(error))
            if not started:  # else the answer stays cut short, which the web server shows by closing the connection
                await problem(scope, ProblemError(code_of(error)))(scope, receive, send)


def code_of(error: Exception) -> str:
    match error:
        case OperationalError() | LakeUnreadable():
            return "unavailable"
        case UndefinedTable():  # the runner has yet to make the read model, after the very first start
            return "not-yet"
        case _:
            return "internal"


def described(error: BaseException) -> str:
    """The types of the error and of its causes, each with the lines it passed through; no messages, no values.

    But that of a lake which is lost, for it says what to do and nothing else.
    """
    places = " > ".join(
        f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}:{line}"
        for frame, line in walk_tb(error.__traceback__)
    )
    hint = f" ({error})" if isinstance(error, LakeUnreadable) else ""
    own = f"{type(error).__qualname__}{hint} at {places}"
    cause = error.__cause__ or error.__context__
    return f"{own}; caused by {described(cause)}" if cause else own
