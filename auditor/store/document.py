"""The schema as a page: `python -m auditor.store.document > docs/database.md`. A test holds the page to the schema."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator

from .migrations import STEPS, VERSION, migrate

HEAD = f"""\
# The database

One SQLite file holds all facts (`database` in `auditor.yaml`). It opens in Datasette or any other SQLite program; the
views `v_…` are made for reading. This page is generated from the schema, version {VERSION}, by
`python -m auditor.store.document`.

- Instants are whole seconds since 1970 in UTC; the views show them in ISO 8601.
- No text of a post is ever stored. Names of people stand in `people` alone, where erasing one blanks it; every other
  table holds a random key.
- Tables marked append-only refuse UPDATE and DELETE by trigger. Tables are STRICT: a wrong type is an error.
- While the program runs, schema changes are refused. The steps that made the schema are recorded in `migrations`:
  {", ".join(f"`{step.__name__}`" for step in STEPS)}.
- `auditor verify` walks the hash chain of the ledger and SQLite's own integrity check.
"""
TABLE = re.compile(r"CREATE TABLE (?P<name>\w+) \( -- (?P<about>.*)")
COLUMN = re.compile(r'  "?(?P<name>\w+)"? (?P<type>INTEGER|TEXT|BLOB)(?P<rest>.*?),? -- (?P<about>.*)')
VIEW = re.compile(r"CREATE VIEW (?P<name>\w+) AS -- (?P<about>.*)")
NOTED = ("index", "trigger")
REFERENCE = re.compile(r"REFERENCES (\w+) \((\w+)\)")


def schema(con: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """(kind, name, SQL) of everything in a database, in the order it was made; SQLite's own indexes have no SQL."""
    rows = con.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
    return [(kind, name, sql) for kind, name, sql in rows]


def blank() -> sqlite3.Connection:
    """A new database in memory with the whole schema."""
    con = sqlite3.connect(":memory:", isolation_level=None)
    migrate(con, 0)
    return con


def page(con: sqlite3.Connection) -> str:
    """The page, in Markdown."""
    everything = schema(con)
    parts = [HEAD]
    parts += ["\n".join(_table(name, sql, everything)) for kind, name, sql in everything if kind == "table"]
    views = [f"- `{m['name']}`: {m['about']}" for _, _, sql in everything if (m := VIEW.match(sql))]
    return "\n".join([*parts, "## Views\n", *views, ""])


def _table(name: str, sql: str, everything: list[tuple[str, str, str]]) -> Iterator[str]:
    head = TABLE.match(sql)
    yield f"## {name}\n"
    yield f"{head['about'] if head else ''}\n"
    yield "| column | type | meaning |\n|---|---|---|"
    for found in map(COLUMN.match, sql.splitlines()):
        if found:
            target = REFERENCE.search(found["rest"])
            meaning = found["about"] + (f" (→ `{target[1]}.{target[2]}`)" if target else "")
            optional = "" if "NOT NULL" in found["rest"] or "PRIMARY KEY" in found["rest"] else ", may be empty"
            yield f"| `{found['name']}` | {found['type'].lower()}{optional} | {meaning} |"
    yield ""
    key = re.search(r"^  PRIMARY KEY \((.*)\)", sql, re.MULTILINE)
    notes = [f"key ({key[1]})"] if key else []
    notes += [f"{kind} `{other}`" for kind, other, text in everything if kind in NOTED and f" ON {name}" in text]
    if notes:
        yield f"With {', '.join(notes)}.\n"


if __name__ == "__main__":
    sys.stdout.write(page(blank()))
