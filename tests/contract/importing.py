"""Loads lists of guests over HTTP, for the tests of imports."""

from collections.abc import Iterator

import httpx
import psycopg
from psycopg import sql

from tests.contract.conftest import Api, Body, House
from tests.waiting import eventually


def listed(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([*lines, ""]).encode(encoding)


def sent(
    house: House, content: bytes, *, by: Api | None = None, name: str = "list.csv", **fields: str
) -> httpx.Response:
    """The answer to an upload, at `port` unless the fields say otherwise."""
    data = {"property_id": house.port} | fields
    return (by or house.admin).post("/v1/imports", files={"file": (name, content)}, data=data)


def uploaded(house: House, content: bytes, *, by: Api | None = None, name: str = "list.csv", **fields: str) -> Body:
    """The draft of an upload that went well."""
    answer = sent(house, content, by=by, name=name, **fields)
    assert answer.status_code == 201, answer.text
    draft: Body = answer.json()
    return draft


def path_of(draft: Body) -> str:
    return f"/v1/imports/{draft['id']}"


def changed(api: Api, draft: Body, **choices: object) -> Body:
    answer = api.patch(path_of(draft), json=choices)
    assert answer.status_code == 200, answer.text
    after: Body = answer.json()
    return after


def finished(api: Api, draft: Body, *, dry_run: bool = False) -> Body:
    """The import once the background has done with it, or with its dry run."""

    def now() -> Body:
        told: Body = api.get(path_of(draft)).json()
        return told

    at_work = ("draft", "running", "reverting")
    eventually(lambda: now()["dry_run"] == "done" if dry_run else now()["state"] not in at_work)
    return now()


def committed(api: Api, draft: Body) -> Body:
    answer = api.post(f"{path_of(draft)}/commit")
    assert answer.status_code == 202, answer.text
    return finished(api, draft)


def imported(house: House, content: bytes, **fields: str) -> Body:
    """The result of a list that was uploaded and committed as it is."""
    return committed(house.admin, uploaded(house, content, by=house.admin, **fields))


def reverted(api: Api, draft: Body) -> Body:
    answer = api.post(f"{path_of(draft)}/revert")
    assert answer.status_code == 202, answer.text
    return finished(api, draft)


def rows(api: Api, draft: Body, **query: str | int) -> list[Body]:
    """All of them, page by page."""
    found: list[Body] = []
    page: Body = {"next": ""}
    while page["next"] is not None:
        answer = api.get(f"{path_of(draft)}/rows", params=query | ({"cursor": page["next"]} if page["next"] else {}))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
    return found


def counts(result: Body) -> tuple[int, ...]:
    """Created, updated, unchanged and refused rows."""
    return tuple(result[name] for name in ("created", "updated", "unchanged", "refused"))


def last_names(api: Api) -> list[str]:
    return [guest["last_name"] for guest in api.listed("/v1/guests", params={"sort": "last_name", "limit": 200})]


def tables(connection: psycopg.Connection) -> Iterator[sql.Identifier]:
    for schema, table in connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall():
        yield sql.Identifier(schema, table)


def holding(url: str, text: str) -> list[str]:
    """The tables of the database in whose rows the text stands, as text or as bytes."""
    found = []
    with psycopg.connect(url) as connection:
        for table in tables(connection):
            query = sql.SQL(
                "SELECT EXISTS (SELECT FROM {0} AS t WHERE strpos(t::text, %s) > 0 OR strpos(t::text, %s) > 0)"
            )
            row = connection.execute(query.format(table), [text, text.encode().hex()]).fetchone()
            if row == (True,):
                found.append(table.as_string(connection))
    return found
