"""Purpose: judge a decoded tar archive and its index against each other and against the manifest's counts."""
import binascii
import os

from shapes import Damage, check_shape, is_bool, is_count, is_hex, is_text, one_of, read_json
from tarstream import TarStream, nanoseconds

LINE_LIMIT = 1 << 20
COLUMNS = ("type", "size", "sha256", "target", "mode", "uid", "gid", "mtime")
SHOWN = {"sha256": "content"}
KINDS = one_of("file", "directory", "symlink", "hardlink")


def is_seconds(value):
    return isinstance(value, str) and nanoseconds(value) is not None


is_seconds.words = "decimal seconds to nine digits, as a text"
LINE = {
    "path": is_text, "path_b64": is_text, "type": KINDS, "size": is_count, "sha256": is_hex, "target": is_text,
    "target_b64": is_text, "mode": is_count, "uid": is_count, "gid": is_count, "mtime": is_seconds,
    "inconsistent": is_bool,
}  # fmt: skip
OPTIONAL = ("path", "path_b64", "size", "sha256", "target", "target_b64", "inconsistent")


def shown(name):
    return name.decode("utf-8", "backslashreplace")


class Names:
    """Two tables on disk, `idx` and `tar`, so that memory stays small whatever the archive holds."""

    def __init__(self, folder, label):
        import sqlite3

        self.path = os.path.join(folder, f"names-{label}.db")
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("pragma journal_mode = off")
        self.db.execute("pragma synchronous = off")
        self.db.execute("pragma temp_store = file")
        for table in ("idx", "tar"):
            self.db.execute(
                f"create table {table} (name blob primary key, type, size, sha256, target, mode, uid, gid, mtime)"
                " without rowid"
            )
        self.db.execute("begin")

    def get(self, table, name):
        return self.db.execute(f"select type, size from {table} where name = ?", (name,)).fetchone()

    def put(self, table, name, row):
        self.db.execute(f"insert or replace into {table} values (?,?,?,?,?,?,?,?,?)", (name, *row))

    def close(self):
        self.db.close()


def either(line, key):
    """The bytes of `path` or `path_b64` (`target`…), exactly one of them."""
    if (key in line) == (f"{key}_b64" in line):
        raise Damage(f"needs one of {key} and {key}_b64")
    if key in line:
        try:
            return line[key].encode("utf-8")
        except UnicodeError:
            raise Damage(f"{key} is not UTF-8") from None
    try:
        found = binascii.a2b_base64(line[f"{key}_b64"], strict_mode=True)
    except ValueError:
        raise Damage(f"{key}_b64 is not base64") from None
    try:
        found.decode("utf-8")
    except UnicodeError:
        return found
    raise Damage(f"{key}_b64 stands for a name that is UTF-8")


def check_name(name):
    if not name or b"\0" in name or any(part in (b"", b".", b"..") for part in name.split(b"/")):
        raise Damage(f"the name {shown(name)!r} is not a clean path")


def index_line(data, where, problems):
    line = read_json(data)
    if not check_shape(line, LINE, where, problems, OPTIONAL):
        return None
    name = either(line, "path")
    check_name(name)
    file, link = line["type"] == "file", line["type"] in ("symlink", "hardlink")
    for key in ("size", "sha256"):
        if (key in line) != file:
            raise Damage(f"{key} {'is missing' if file else 'stands at what is not a file'}")
    if not link and ("target" in line or "target_b64" in line):
        raise Damage("a target stands at what is not a link")
    target = either(line, "target") if link else None
    mtime = str(nanoseconds(line["mtime"]))
    row = (line["type"], line.get("size"), line.get("sha256"), target, line["mode"], line["uid"], line["gid"], mtime)
    return name, row


def read_index(plain, names, problems):
    """Fill `idx`; the number of lines, or None where the index could not be read to its end."""
    label, count = plain.name, 0
    try:
        for data in plain.lines(LINE_LIMIT):
            count += 1
            where = f"{label}: line {count}"
            try:
                found = index_line(data, where, problems)
            except Damage as damage:
                problems.add(f"{where}: {damage}")
                continue
            if found is not None:
                if names.get("idx", found[0]) is not None:
                    problems.add(f"{label}: {shown(found[0])!r} stands twice")
                names.put("idx", *found)
    except Damage as damage:
        problems.add(f"{label}: {damage}")
    whole = plain.finish()
    if whole and count != plain.entry["content"]["entries"]:
        problems.add(f"{label}: {count} lines, the manifest says {plain.entry['content']['entries']}")
    return count if whole else None


def within(name, prefixes):
    return any(prefix == b"" or name == prefix or name.startswith(prefix + b"/") for prefix in prefixes)


def take_member(stream, one, names, prefixes, problems, label):
    name = one.name
    if one.type == "directory" and name.endswith(b"/"):
        name = name[:-1]
    check_name(name)
    if not within(name, prefixes):
        problems.add(f"{label}: {shown(name)!r} is below no root's prefix")
    known = names.get("idx", name)
    stream.content(one, known[1] if known else None)
    earlier = names.get("tar", name)
    if earlier is not None and (earlier[0] != "file" or one.type != "file"):
        problems.add(f"{label}: {shown(name)!r} stands twice, not both times as a file")
    if one.type == "hardlink":
        check_name(one.target)
        target = names.get("tar", one.target)
        if target is None or target[0] == "directory":
            problems.add(f"{label}: the hard link {shown(name)!r} points at nothing that stands before it")
    elif one.type == "symlink" and not one.target:
        problems.add(f"{label}: the link {shown(name)!r} has no target")
    size = one.size if one.type == "file" else None
    row = (one.type, size, one.sha256, one.target, one.mode, one.uid, one.gid, str(one.mtime))
    names.put("tar", name, row)


def read_archive(plain, names, problems):
    """Fill `tar`; true where the archive was read to its end."""
    prefixes = []
    for root in plain.entry["content"]["roots"]:
        prefixes.append(root["prefix"].encode("utf-8", "surrogatepass"))
    stream, well = TarStream(plain), True
    try:
        for one in stream.members():
            take_member(stream, one, names, prefixes, problems, plain.name)
    except (Damage, OverflowError) as damage:
        problems.add(f"{plain.name}: {damage}")
        well = False
    return plain.finish() and well


def check_counts(names, entry, problems):
    counted = dict.fromkeys(("entries", "files", "directories", "links", "file_bytes"), 0)
    field = {"file": "files", "directory": "directories", "symlink": "links", "hardlink": "links"}
    for kind, count, size in names.db.execute("select type, count(*), total(size) from tar group by type"):
        counted["entries"] += count
        counted[field[kind]] += count
        counted["file_bytes"] += int(size)
    for key, value in counted.items():
        if value != entry["content"][key]:
            problems.add(f"{entry['file']}: {key} is {value}, the manifest says {entry['content'][key]}")


def check_masked(names, entry, problems):
    for masked in entry["content"]["masked"]:
        try:
            found = names.get("tar", masked["path"].encode("utf-8"))
        except UnicodeError:
            found = None
        if found is None or found[0] != "file":
            problems.add(f"{entry['file']}: the masked file {masked['path']!r} is not in the archive")


def compare(names, archive, index, problems):
    """Both directions: the same names, and for each name the same of everything that both tell."""
    only = "select name from {0} where name not in (select name from {1}) limit 20"
    for (name,) in names.db.execute(only.format("tar", "idx")):
        problems.add(f"{index}: {shown(name)!r} of the archive is not listed")
    for (name,) in names.db.execute(only.format("idx", "tar")):
        problems.add(f"{archive}: {shown(name)!r} of the index is not in the archive")
    for column in COLUMNS:
        query = f"select name, a.{column}, b.{column} from tar a join idx b using (name) where a.{column} is not b.{column}"
        for name, held, listed in names.db.execute(query + " limit 20"):
            what = SHOWN.get(column, column)
            problems.add(f"{archive}: {shown(name)!r} has another {what} than the index says ({held!r}, {listed!r})")
