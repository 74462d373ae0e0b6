"""The commands of `hote`, in the order of a day's work, and what becomes of their refusals."""

import signal
import sys

import psycopg
import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from adapters.cli import (
    anonymise,
    certificates,
    demo,
    founding,
    guests,
    history,
    import_reviews,
    imports,
    keys,
    master_key,
    rebuild,
    report,
    retention,
    scrub,
    serving,
    sql,
    verify,
)
from adapters.cli.console import refuse
from adapters.erasures.ledger import LedgerUnknown
from adapters.keys.sources import MasterKeyWrong
from domain.refusal import Refusal

ANALYSE, AUDIT, OPERATE = "Analyse", "Audit", "Operate"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("demo")(demo.demo)
app.command("init")(founding.init)
app.command("import")(imports.import_file)
app.command("import-reviews")(import_reviews.import_reviews)
app.command("guests")(guests.list_guests)
app.command("report", rich_help_panel=ANALYSE)(report.report)
app.command("sql", rich_help_panel=ANALYSE)(sql.sql)
app.command("history", rich_help_panel=AUDIT)(history.history)
app.command("anonymise", rich_help_panel=AUDIT)(anonymise.anonymise)
app.command("retention", rich_help_panel=AUDIT)(retention.retention)
app.command("verify", rich_help_panel=AUDIT)(verify.verify_log)
app.command("checkpoint", rich_help_panel=AUDIT)(verify.checkpoint)
app.command("verify-certificate", rich_help_panel=AUDIT)(certificates.verify_certificate)
app.command("serve", rich_help_panel=OPERATE)(serving.serve)
app.command("worker", rich_help_panel=OPERATE)(serving.worker)
app.command("rebuild", rich_help_panel=OPERATE)(rebuild.rebuild)
app.command("scrub", rich_help_panel=OPERATE)(scrub.scrub)
app.command("rotate-master-key", rich_help_panel=OPERATE)(master_key.rotate_master_key)
app.add_typer(keys.app, name="keys", rich_help_panel=OPERATE)


@app.callback()
def tidy_end() -> None:
    """Hôte: guest relations for hotels."""
    # As Ctrl-C does: through every `with`, so that the embedded Postgres is stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def main() -> None:
    """The program: what a person can mend is said in a line, all else with its trace."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        if message := error.format_message():
            refuse(message, error.exit_code)
        sys.exit(error.exit_code)  # no command was given, and the help was shown
    except typer.Abort:
        refuse("aborted")
    except Refusal as refusal:
        refuse(refusal.detail)
    except psycopg.OperationalError as error:
        refuse(f"the database cannot be reached: {error}")
    except (MasterKeyWrong, LedgerUnknown) as error:
        refuse(str(error))
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
        refuse("; ".join(wrong))
    except OSError as error:
        if error.filename is None:
            raise
        refuse(f"{error.filename}: {error.strerror}")
