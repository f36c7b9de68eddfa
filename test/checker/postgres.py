"""Purpose: judge what the manifest says of a PostgreSQL server's databases and globals, and their dumps against it."""
import os
import re
import shutil
import subprocess

from shapes import Damage, check_shape, is_bool, is_count, is_list, is_text, one_of, why
from sqltext import DumpText

DIGEST = re.compile(r"-?[0-9]+:-?[0-9]+\Z")
NAME = r'(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'
TABLE_NAME = re.compile(rf"{NAME}\.{NAME}\Z", re.A)
MAGIC = b"PGDMP"
READ = 1 << 20
PROGRAMS = "/usr/lib/postgresql"
MOST_TOLD = 20


def is_null_or_text(value):
    return value is None or is_text(value)


def is_null_or_list(value):
    return value is None or isinstance(value, list)


def is_setting(value):
    return is_text(value) and value.find("=") > 0


def is_table_name(value):
    return is_text(value) and TABLE_NAME.match(value) is not None


def is_digest(value):
    return isinstance(value, str) and DIGEST.match(value) is not None


is_null_or_text.words = "null or a text"
is_null_or_list.words = "null or a list"
is_setting.words = "name=value"
is_table_name.words = "schema.table"
is_digest.words = "two whole numbers and a colon"
POSTGRES = {
    "kind": one_of("postgres"), "database": is_text, "format": one_of("sql", "custom"), "server_version": is_text,
    "dump_version": is_text, "encoding": is_text, "collate": is_text, "ctype": is_text,
    "provider": one_of("libc", "icu", "builtin"), "locale": is_null_or_text, "owner": is_text,
    "settings": is_list, "privileges": is_null_or_list, "comment": is_null_or_text, "large_objects": is_count,
    "tables": is_list,
}  # fmt: skip
GLOBALS = {
    "kind": one_of("globals"), "server_version": is_text, "roles": is_count, "tablespaces": is_count,
    "passwords": is_bool,
}  # fmt: skip
PARTS = {
    "tables": ({"name": is_table_name, "rows": is_count, "digest": is_digest}, ("digest",)),
    "settings": ({"role": is_null_or_text, "setting": is_setting}, ()),
    "privileges": (
        {"role": is_null_or_text, "privilege": one_of("CREATE", "CONNECT", "TEMPORARY"), "grantable": is_bool}, (),
    ),
}  # fmt: skip


def check_parts(content, where, problems):
    """The lists within the content of a database."""
    well = True
    for key, (fields, optional) in PARTS.items():
        for one in content[key] or []:
            well = check_shape(one, fields, f"{where}: {key}", problems, optional) and well
    if not well:
        return False
    names = [table["name"] for table in content["tables"]]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        problems.add(f"{where}: table {twice} stands twice in the manifest")
    if len({"digest" in table for table in content["tables"]}) > 1:
        problems.add(f"{where}: some tables have a digest, others have none")
    return True


def extension_of(content):
    return ".dump" if content.get("format") == "custom" else ".sql"


def check_names(entries, problems):
    """(entry, stem, whether it is the only source of its type) of one source's artifacts: one base, and what each is."""
    first, _, only = entries[0]
    base = "database" if only else slug_of(first["source"]["name"])
    databases = [entry["content"]["database"] for entry, _, _ in entries if entry["content"]["kind"] == "postgres"]
    if len(set(databases)) != len(databases):
        problems.add(f"{first['file']}: its source has a database twice")
    if len(entries) - len(databases) > 1:
        problems.add(f"{first['file']}: its source has globals twice")
    if any(entry["source"] != first["source"] for entry, _, _ in entries):
        problems.add(f"{first['file']}: the artifacts of one source do not tell the same of it")
    number = r"(?:-[0-9]+)?"
    for entry, stem, _ in entries:
        content = entry["content"]
        part = "globals" if content["kind"] == "globals" else slug_of(content["database"])
        wanted = [rf"{re.escape(cut(base))}{number}-{re.escape(cut(part))}{number}"]
        if content["kind"] == "postgres" and len(databases) == 1:
            wanted.append(rf"{re.escape(base)}{number}")
        if content["kind"] == "globals" and only:
            wanted = [rf"globals{number}"]
        if not any(re.match(rf"{one}\Z", stem) for one in wanted):
            problems.add(f"{entry['file']}: not named by its source and database")


def cut(part):
    """As much of it as a name of two parts holds (FORMAT.md, 4.1)."""
    kept = part[:45]
    while len(kept.encode()) > 100:
        kept = kept[:-1]
    return kept


def slug_of(name):
    """The slug that is made of a name (FORMAT.md, 1)."""
    import unicodedata

    lower = unicodedata.normalize("NFC", name).lower()
    kept = "".join(c if c in "-_" or unicodedata.category(c)[0] in "LN" else " " for c in lower)
    plain = re.sub(r" +", "-", kept).strip("-_")
    cut = plain.encode("utf-16-le")[:144].decode("utf-16-le", "ignore").rstrip("-_") or "job"
    return f"{cut}-1" if re.fullmatch(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]", cut) else cut


# The dumps themselves.


def check_text(take, name, content, problems):
    """The text that `take` gives, against the content."""
    text = DumpText(take)
    try:
        text.read()
    except Damage as damage:
        problems.add(f"{name}: {damage}")
        return
    wanted = "database" if content["kind"] == "postgres" else "cluster"
    if text.complete != wanted or text.restriction is not None:
        problems.add(f"{name}: it does not end as a dump of a {wanted} does")
    if content["kind"] == "globals":
        counts = [("roles", text.roles), ("tablespaces", text.tablespaces)]
        foreign = len(text.tables) + text.large_objects
        if text.passwords and not content["passwords"]:
            problems.add(f"{name}: has passwords, the manifest says that it has none")
    else:
        counts = [("large_objects", text.large_objects)]
        foreign = text.roles + text.tablespaces
        compare_rows(text.tables, content, name, problems)
    for key, found in counts:
        if found != content[key]:
            problems.add(f"{name}: {found} {key.replace('_', ' ')}, the manifest says {content[key]}")
    if foreign:
        problems.add(f"{name}: holds what belongs into another kind of dump")


def compare_rows(found, content, name, problems):
    said = {table["name"]: table["rows"] for table in content["tables"]}
    told = []
    for table, rows in said.items():
        if table not in found:
            told.append(f"table {table} of the manifest is not in the dump")
        elif found[table] != rows:
            told.append(f"table {table} has {found[table]} rows, the manifest says {rows}")
    told += [f"table {table} is not in the manifest" for table in found if table not in said]
    for text in told[:MOST_TOLD]:
        problems.add(f"{name}: {text}")


def pg_restore():
    """The newest installed one, or None."""
    try:
        versions = [v for v in os.listdir(PROGRAMS) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", v)]
    except OSError:
        versions = []
    for version in sorted(versions, key=float, reverse=True):
        path = os.path.join(PROGRAMS, version, "bin", "pg_restore")
        if os.access(path, os.X_OK):
            return path
    return shutil.which("pg_restore")


def check_custom(path, entry, problems):
    """A decoded dump in the custom format: its first bytes, and all of it as pg_restore reads it."""
    name = entry["file"]
    with open(path, "rb") as handle:
        if handle.read(len(MAGIC)) != MAGIC:
            problems.add(f"{name}: does not begin with PGDMP")
            return
    program = pg_restore()
    if program is None:
        problems.add(f"{name}: could not be looked into: there is no pg_restore here")
        return
    with open(f"{path}.said", "wb+") as said:
        try:
            child = subprocess.Popen(
                [program, "-f", "-", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                env={**os.environ, "LC_ALL": "C"}, bufsize=0,
            )  # fmt: skip
        except OSError as error:
            problems.add(f"{name}: could not be looked into: {program} cannot be run ({why(error)})")
            return
        try:
            check_text(lambda: child.stdout.read(READ), name, entry["content"], problems)
        finally:
            # Closed first: one that is still writing ends by it.
            child.stdout.close()
            code = child.wait()
            said.seek(0)
            words = said.read(2000).decode("utf-8", "replace").strip().replace("\n", " ")
            os.unlink(said.name)
    if "unsupported version" in words:
        problems.add(f"{name}: could not be looked into: this pg_restore is too old ({words})")
    elif code != 0 or words:
        problems.add(f"{name}: pg_restore says {words or f'exit {code}'}")


def check_dump(path, entry, copy, problems):
    """One artifact of kind `postgres` or `globals`; `copy` is where a custom one may be decoded to."""
    from database import decode_to
    from decode import Plain

    plain = Plain(path, entry, problems)
    if entry["content"].get("format") != "custom":
        check_text(plain.chunk, entry["file"], entry["content"], problems)
        plain.finish()
        return
    try:
        if decode_to(plain, copy):
            check_custom(copy, entry, problems)
    finally:
        if os.path.exists(copy):
            os.unlink(copy)
