"""Tables of a journal, format `calib-journal/2`.

Every table is append-only and has two columns more: `seq`, the place of the row among the rows of all tables, and
`hash`, the link of the chain. Times are seconds since 1970-01-01T00:00:00Z on the bench's clock. A message bears the
attempt during which it went over the wire, 0 outside of attempts. The signature lies outside the chain.

`start.key` is the public half of the key that signs the head file (`calib.record.headfile`), in PEM.

Version 1 had no `start.key` and no head file; it is still read.
"""

FORMAT = "calib-journal/2"
APPLICATION_ID = 0x63616C62
"""`calb`: marks the SQLite file as a journal of calib."""
USER_VERSION = 2
"""Number in FORMAT."""

TABLES: dict[str, dict[str, str]] = {
    "start": {
        "time": "REAL NOT NULL",
        "format": "TEXT NOT NULL",
        "utc_offset_s": "REAL NOT NULL",
        "snapshot": "TEXT NOT NULL",
        "key": "TEXT",
    },
    "writer": {"time": "REAL NOT NULL", "process": "INTEGER NOT NULL", "host": "TEXT NOT NULL"},
    "preparation": {
        "time": "REAL NOT NULL",
        "preparation": "INTEGER NOT NULL UNIQUE",
        "points": "TEXT NOT NULL",
    },
    "preparation_end": {
        "time": "REAL NOT NULL",
        "preparation": "INTEGER NOT NULL REFERENCES preparation(preparation)",
    },
    "attempt": {
        "time": "REAL NOT NULL",
        "attempt": "INTEGER NOT NULL UNIQUE",
        "point": "TEXT NOT NULL",
        "number": "INTEGER NOT NULL",
        "phase": "TEXT NOT NULL CHECK (phase IN ('as-found', 'adjustment', 'as-left'))",
        "preparations": "TEXT NOT NULL",
        "reason": "TEXT",
    },
    "attempt_end": {
        "time": "REAL NOT NULL",
        "attempt": "INTEGER NOT NULL REFERENCES attempt(attempt)",
        "outcome": "TEXT NOT NULL CHECK (outcome IN ('complete', 'repeated', 'skipped', 'failed', 'unfinished'))",
        "reason": "TEXT",
    },
    "reading": {
        "time": "REAL NOT NULL",
        "attempt": "INTEGER NOT NULL REFERENCES attempt(attempt)",
        "channel": "TEXT NOT NULL",
        "value": "REAL NOT NULL",
        "unit": "TEXT NOT NULL",
    },
    "block": {
        "time": "REAL NOT NULL",
        "attempt": "INTEGER NOT NULL REFERENCES attempt(attempt)",
        "channel": "TEXT NOT NULL",
        "unit": "TEXT NOT NULL",
        "interval_s": "REAL",
        "samples": "BLOB NOT NULL",
    },
    "condition": {
        "time": "REAL NOT NULL",
        "quantity": "TEXT NOT NULL",
        "value": "REAL NOT NULL",
        "unit": "TEXT NOT NULL",
    },
    "event": {"time": "REAL NOT NULL", "kind": "TEXT NOT NULL", "details": "TEXT NOT NULL"},
    "answer": {
        "time": "REAL NOT NULL",
        "prompt": "TEXT NOT NULL",
        "question": "TEXT NOT NULL",
        "value": "TEXT NOT NULL",
        "person": "TEXT NOT NULL",
    },
    "traffic": {
        "time": "REAL NOT NULL",
        "resource": "TEXT NOT NULL",
        "direction": "TEXT NOT NULL CHECK (direction IN ('>', '<'))",
        "message": "BLOB NOT NULL",
        "attempt": "INTEGER NOT NULL",
    },
    "results": {"time": "REAL NOT NULL", "engine": "TEXT NOT NULL", "rows": "TEXT NOT NULL"},
    "finish": {
        "time": "REAL NOT NULL",
        "status": "TEXT NOT NULL CHECK (status IN ('complete', 'aborted', 'failed'))",
        "count": "INTEGER NOT NULL",
        "key": "TEXT",
    },
}

_SIGNATURE = "CREATE TABLE signature (statement TEXT NOT NULL, signature BLOB NOT NULL, public_key TEXT NOT NULL)"
SIGN = "INSERT INTO signature VALUES (?, ?, ?)"


def _create(table: str, columns: dict[str, str]) -> str:
    body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"CREATE TABLE {table} (seq INTEGER PRIMARY KEY, {body}, hash BLOB NOT NULL)"


CREATE = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {USER_VERSION}",
    *(_create(table, columns) for table, columns in TABLES.items()),
    _SIGNATURE,
)
"""Statements that make an empty journal."""

INSERT = {table: f"INSERT INTO {table} VALUES ({', '.join('?' * (len(c) + 2))})" for table, c in TABLES.items()}  # noqa: S608
"""Statement that appends a row: seq, the columns in their order, hash."""

_SINCE_2 = {("start", "key")}


def select(version: int) -> dict[str, str]:
    """Return for each table the statement that reads its rows from one place in the chain to another."""
    return {table: _select(table, columns, version) for table, columns in TABLES.items()}


def _select(table: str, columns: dict[str, str], version: int) -> str:
    present = [c for c in columns if version > 1 or (table, c) not in _SINCE_2]
    return f"SELECT seq, {', '.join(present)}, hash FROM {table} WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608


LAST = f"SELECT max(seq) FROM ({' UNION ALL '.join(f'SELECT max(seq) AS seq FROM {table}' for table in TABLES)})"  # noqa: S608
"""Statement that tells the place of the last row."""
