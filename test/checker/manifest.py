"""Purpose: judge a set's manifest.json by itself: its own digest, its version, and the shape of every field."""
import hashlib
import re
from decimal import ROUND_HALF_UP, Decimal

import postgres
from records import JOB_ID, RUN_ID, SOURCE_ID, check_durations, check_findings
from shapes import (
    Damage, Problems, SET_NAME, TIMESTAMP, TYPE_OF_PREFIX, check_shape, is_count, is_destination, is_hex, is_list,
    is_moment, is_object, is_set_id, is_slug, is_text, moment, one_of, read_json,
)  # fmt: skip

SELF = re.compile(rb'\n  "self_sha256": "([0-9a-f]{64})"\n\}\n\Z')
KINDS = one_of("sqlite", "postgres", "files", "config")
TYPE_OF_KIND = {"sqlite": "database", "postgres": "database", "files": "files", "config": "config"}
COMPRESSIONS = {"gzip": ".gz", "zstd": ".zst", "none": ""}
STEM = {"sqlite": ".sqlite3", "files": ".tar", "config": ".tar", "index": ".index"}
SOURCE_OF = {"globals": ("postgres",), "index": ("files", "config")}


def is_null(value):
    return value is None


def is_file_name(value):
    return is_text(value) and value[0] != "." and not any(c in "/\\\0" for c in value) and value != "manifest.json"


def is_plain_name(value):
    return is_text(value) and value not in (".", "..") and not any(c in "/\\\0" for c in value)


def size_of(count):
    """The size for people that stands for so many bytes (FORMAT.md, 4.1)."""
    units, value = "BKMGTP", Decimal(count)
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    if units[0] == "B" or value >= 100:
        return f"{value.quantize(Decimal(1), ROUND_HALF_UP)}{units[0]}"
    text = str(value.quantize(Decimal("0.1"), ROUND_HALF_UP))
    return text.removesuffix(".0") + units[0]


def extension_of(entry):
    """What an artifact's name ends with, by its content and compression."""
    content = entry["content"]
    stem = STEM[content["kind"]] if content["kind"] in STEM else postgres.extension_of(content)
    return stem + COMPRESSIONS[entry["compression"]]


def is_prefix(value):
    return value == "" or is_text(value)


is_plain_name.words = "a plain name"
is_prefix.words = "a text"
is_null.words = "null"
is_file_name.words = "a plain file name"
MANIFEST = {
    "format_version": is_count, "backup_timestamp": is_text, "backup_date": is_moment,
    "backup_type": one_of("full", "incremental", "hot"), "set": is_set_id, "sequence": is_count, "parent": is_null,
    "run": RUN_ID, "job": is_object, "destination_id": is_destination, "system_info": is_object, "tool": is_object,
    "files": is_list, "missing": is_list, "proof": is_object, "findings": is_list, "durations": is_object,
    "self_sha256": is_hex,
}  # fmt: skip
FILE = {
    "type": one_of("database", "files", "config"), "file": is_file_name, "size": is_text, "source": is_object,
    "bytes": is_count, "sha256": is_hex, "plain_bytes": is_count, "plain_sha256": is_hex,
    "compression": one_of(*COMPRESSIONS), "encryption": is_null, "content": is_object,
}  # fmt: skip
ARCHIVE = {
    "kind": KINDS, "roots": is_list, "entries": is_count, "files": is_count, "directories": is_count,
    "links": is_count, "file_bytes": is_count, "index": is_text, "masked": is_list,
}  # fmt: skip
CONTENT = {
    "sqlite": {
        "kind": KINDS, "name": is_plain_name, "page_size": is_count, "page_count": is_count, "tables": is_list,
        "journal_mode": one_of("wal", "delete"), "sqlite_version": is_text, "quick_check": is_text,
    },
    "files": ARCHIVE,
    "config": ARCHIVE,
    "index": {"kind": one_of("index"), "of": is_text, "entries": is_count},
    "postgres": postgres.POSTGRES,
    "globals": postgres.GLOBALS,
}  # fmt: skip
TABLE = {"name": is_text, "rows": is_count}
ROOT = {"path": is_text, "prefix": is_prefix, "name": is_plain_name}
MASKED = {"path": is_text, "keys": is_list}
SOURCE = {"id": SOURCE_ID, "kind": KINDS, "name": is_text, "origin": is_text}
MISSING = {"id": SOURCE_ID, "kind": KINDS, "name": is_text, "code": is_text}


def check_self(data, problems):
    found = SELF.search(data)
    if found is None:
        problems.add("manifest.json: self_sha256 is not its last field")
        return
    zeroed = data[: found.start(1)] + b"0" * 64 + data[found.end(1) :]
    if hashlib.sha256(zeroed).hexdigest().encode() != found[1]:
        problems.add("manifest.json: self_sha256 does not match the file's bytes")


def prefix_of(path):
    """What the entries of a root at `path` begin with (FORMAT.md, 4.3)."""
    if path.startswith("/"):
        return path.strip("/")
    if re.match(r"[A-Za-z]:[\\/]", path):
        return path[0] + path[2:].replace("\\", "/").rstrip("/")
    if path.startswith("\\\\"):
        return path.replace("\\", "/").strip("/")
    return None


def check_content(entry, where, problems):
    content = entry["content"]
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in CONTENT:
        problems.add(f"{where}: content.kind is unknown")
        return False
    well = check_shape(content, CONTENT[kind], f"{where}: content", problems)
    if not well:
        return False
    if kind == "sqlite":
        for table in content["tables"]:
            well = check_shape(table, TABLE, f"{where}: a table", problems) and well
        if content["page_size"] * content["page_count"] != entry["plain_bytes"]:
            problems.add(f"{where}: page_size × page_count is not plain_bytes")
    elif kind == "postgres":
        well = postgres.check_parts(content, where, problems)
    elif kind in ("files", "config"):
        for root in content["roots"]:
            if not check_shape(root, ROOT, f"{where}: a root", problems):
                well = False
            elif prefix_of(root["path"]) is None or prefix_of(root["path"]) != root["prefix"]:
                problems.add(f"{where}: the prefix {root['prefix']!r} does not follow from the root's path")
        if content["entries"] != content["files"] + content["directories"] + content["links"]:
            problems.add(f"{where}: entries is not files + directories + links")
        names = [root["name"].lower() for root in content["roots"]] if well else []
        if well and (not names or len(set(names)) != len(names) or (kind == "config" and names != ["config"])):
            problems.add(f"{where}: the names of its roots are not as they must be")
        if kind == "files" and content["masked"]:
            problems.add(f"{where}: files has masked entries")
        for masked in content["masked"]:
            if not check_shape(masked, MASKED, f"{where}: masked", problems):
                well = False
            elif not masked["keys"] or not all(is_text(key) for key in masked["keys"]):
                problems.add(f"{where}: masked: no keys, or one that is not a text")
    return well


def check_entry(entry, where, problems):
    if not check_shape(entry, FILE, where, problems):
        return False
    where = entry["file"]
    well = check_shape(entry["source"], SOURCE, f"{where}: source", problems)
    well = check_content(entry, where, problems) and well
    if not well:
        return False
    kind, source = entry["content"]["kind"], entry["source"]
    if source["kind"] not in SOURCE_OF.get(kind, (kind,)):
        problems.add(f"{where}: content.kind and source.kind do not fit")
    if entry["type"] != TYPE_OF_KIND[source["kind"]]:
        problems.add(f"{where}: type does not fit its source")
    if not where.endswith(extension_of(entry)):
        problems.add(f"{where}: the extension does not fit content and compression")
    same = entry["bytes"] == entry["plain_bytes"] and entry["sha256"] == entry["plain_sha256"]
    if entry["compression"] == "none" and not same:
        problems.add(f"{where}: not compressed, yet plain differs from stored")
    if entry["size"] != size_of(entry["bytes"]):
        problems.add(f"{where}: size is {entry['size']}, not {size_of(entry['bytes'])}")
    return True


def check_together(manifest, entries, problems):
    """What holds between the entries: names, indexes and archives, stems."""
    by_name = {}
    for entry in entries:
        if entry["file"] in by_name:
            problems.add(f"{entry['file']}: named twice in the manifest")
        by_name[entry["file"]] = entry
    types = {e["source"]["id"]: e["type"] for e in entries}
    types.update({m.get("id"): TYPE_OF_KIND.get(m.get("kind")) for m in manifest["missing"] if isinstance(m, dict)})
    types = list(types.values())
    servers = {}
    for entry in entries:
        name, content, source = entry["file"], entry["content"], entry["source"]
        index = content["kind"] == "index"
        stem = name[: len(name) - len(extension_of(entry))]
        only = types.count(entry["type"]) == 1
        if source["kind"] == "postgres":
            servers.setdefault(source["id"], []).append((entry, stem, only))
            continue
        if only and re.match(entry["type"] + r"(-[0-9]+)?\Z", stem) is None:
            problems.add(f"{name}: not named {entry['type']}.<ext>, though its type occurs once")
        elif not is_slug(stem):
            problems.add(f"{name}: not named by a slug")
        other = by_name.get(content["of"] if index else content.get("index"))
        if content["kind"] == "sqlite":
            continue
        if other is None or (other["content"]["kind"] == "index") == index:
            problems.add(f"{name}: its {'archive' if index else 'index'} is not in the manifest")
        elif other["content"]["of" if not index else "index"] != name:
            problems.add(f"{name}: archive and index do not name each other")
        elif other["source"] != source or not other["file"].startswith(stem + "."):
            problems.add(f"{name}: archive and index do not have one source and stem")
        elif index and entries.index(other) > entries.index(entry):
            problems.add(f"{name}: stands before its archive")
    for one in servers.values():
        postgres.check_names(one, problems)
    if len({entry["compression"] for entry in entries}) > 1:
        problems.add("manifest.json: more than one compression")


def check_head(manifest, problems):
    check = [
        ("job", {"id": JOB_ID, "name": is_text, "slug": is_slug}),
        ("system_info", {"hostname": is_text, "user": is_text, "platform": is_text}),
        ("tool", {"name": one_of("sitekeep"), "version": is_text}),
        ("proof", {"level": one_of("none", "matched"), "at": is_moment}),
    ]
    well = [check_shape(manifest[key], fields, f"manifest.json: {key}", problems) for key, fields in check]
    for missing in manifest["missing"]:
        check_shape(missing, MISSING, "manifest.json: missing", problems)
    check_findings(manifest["findings"], problems)
    check_durations(manifest["durations"], problems)
    if well[3] and manifest["missing"] and manifest["proof"]["level"] != "none":
        problems.add("manifest.json: sources are missing, yet proof is not none")
    if well[3] and not manifest["missing"] and manifest["proof"]["level"] != "matched":
        problems.add("manifest.json: no source is missing, yet proof is not matched")
    slug, name = manifest["set"].split("/")
    prefix, stamp = SET_NAME.match(name).groups()
    if TYPE_OF_PREFIX[prefix] != manifest["backup_type"]:
        problems.add("manifest.json: backup_type does not fit the set's name")
    if well[0] and manifest["job"]["slug"] != slug:
        problems.add("manifest.json: job.slug does not fit the set's name")
    if manifest["backup_timestamp"] != stamp or TIMESTAMP.match(stamp) is None:
        problems.add("manifest.json: backup_timestamp does not fit the set's name")
    if moment(manifest["backup_date"]).strftime("%Y%m%d_%H%M%S") != stamp:
        problems.add("manifest.json: backup_date is another moment than backup_timestamp")


def check_manifest(data, problems):
    """The manifest and those entries that can be checked further; (None, []) where it cannot be trusted at all."""
    check_self(data, problems)
    try:
        manifest = read_json(data)
    except Damage as damage:
        problems.add(f"manifest.json: {damage}")
        return None, []
    version = manifest.get("format_version") if isinstance(manifest, dict) else None
    if type(version) is not int or version != 1:
        problems.add(f"manifest.json: format_version is {version!r}, known is 1")
        return None, []
    own = Problems()
    sound = check_shape(manifest, MANIFEST, "manifest.json", own)
    for text in own.list:
        problems.add(text)
    if not sound and any(key not in manifest or not test(manifest[key]) for key, test in MANIFEST.items()):
        return None, []
    check_head(manifest, problems)
    entries = []
    for number, entry in enumerate(manifest["files"]):
        if check_entry(entry, f"manifest.json: files[{number}]", problems):
            entries.append(entry)
    if len(entries) == len(manifest["files"]):
        check_together(manifest, entries, problems)
    if not 1 <= len(manifest["files"]) <= 200:
        problems.add("manifest.json: not 1 to 200 files")
    return manifest, entries
