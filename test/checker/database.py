"""Purpose: judge a decoded SQLite database against the `content` that the manifest announces for it."""
import os

from shapes import why

QUOTED = {"%": "%25", "?": "%3f", "#": "%23"}


def decode_to(plain, path):
    """Write the decoded bytes to a private file; true where they are what the manifest announces."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        while chunk := plain.chunk():
            handle.write(chunk)
    return plain.finish()


def check_header(path, entry, problems):
    name, content = entry["file"], entry["content"]
    with open(path, "rb") as handle:
        head = handle.read(100)
    if len(head) < 100 or head[:16] != b"SQLite format 3\0":
        problems.add(f"{name}: the header is not SQLite's")
        return False
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    mode = "wal" if head[18:20] == b"\x02\x02" else "delete"
    if mode != content["journal_mode"]:
        problems.add(f"{name}: the header's journal mode is {mode}, the manifest says {content['journal_mode']}")
    if page != content["page_size"]:
        problems.add(f"{name}: page size is {page}, the manifest says {content['page_size']}")
    counted = int.from_bytes(head[28:32], "big")
    sound = content["quick_check"] == "ok" or content["quick_check"].startswith("not checked: ")
    if sound and head[24:28] == head[92:96] and counted and counted != content["page_count"]:
        problems.add(f"{name}: the header says {counted} pages, the manifest {content['page_count']}")
    if os.path.getsize(path) != content["page_size"] * content["page_count"]:
        problems.add(f"{name}: {os.path.getsize(path)} bytes are not page_size × page_count")
    return True


def count_tables(db, error_type):
    """Rows of every ordinary table; None for one that cannot be counted."""
    found = {}
    query = "select name from sqlite_master where type = 'table' and rootpage > 0"
    for (table,) in db.execute(query).fetchall():
        if not isinstance(table, str) or table.lower().startswith("sqlite_"):
            continue
        quoted = table.replace('"', '""')
        try:
            found[table] = db.execute(f'select count(*) from main."{quoted}" not indexed').fetchone()[0]
        except (error_type, UnicodeError):
            found[table] = None
    return found


def compare_tables(found, entry, problems):
    name, content = entry["file"], entry["content"]
    said = {}
    for table in content["tables"]:
        if table["name"] in said:
            problems.add(f"{name}: table {table['name']!r} stands twice in the manifest")
        said[table["name"]] = table["rows"]
    for table, rows in said.items():
        if table not in found:
            problems.add(f"{name}: table {table!r} of the manifest is not in the database")
        elif found[table] is None:
            problems.add(f"{name}: table {table!r} cannot be counted")
        elif found[table] != rows:
            problems.add(f"{name}: table {table!r} has {found[table]} rows, the manifest says {rows}")
    for table, rows in found.items():
        if table in said:
            continue
        if rows is not None:
            problems.add(f"{name}: table {table!r} is not in the manifest")
        elif content["quick_check"] == "ok":
            problems.add(f"{name}: table {table!r} cannot be counted, yet quick_check is ok")


def check_database(path, entry, problems):
    """The decoded file at `path` against `entry['content']`; nothing is written beside it."""
    import sqlite3

    name = entry["file"]
    if not check_header(path, entry, problems):
        return
    quoted = "".join(QUOTED.get(c, c) for c in path)
    db = None
    try:
        db = sqlite3.connect(f"file:{quoted}?mode=ro&immutable=1", uri=True, isolation_level=None)
        db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        db.execute("pragma trusted_schema = off")
        db.execute("pragma query_only = on")
        compare_tables(count_tables(db, sqlite3.Error), entry, problems)
        if entry["content"]["quick_check"] == "ok":
            said = db.execute("pragma integrity_check(1)").fetchone()
            if said is None or said[0] != "ok":
                problems.add(f"{name}: integrity_check says {said[0] if said else 'nothing'}")
    except (sqlite3.Error, UnicodeError) as error:
        problems.add(f"{name}: SQLite cannot read the database ({why(error)})")
    finally:
        if db is not None:
            db.close()
