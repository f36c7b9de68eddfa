"""Purpose: small rules shared by the checker's modules: problem lists, strict JSON, and the shapes of values."""
import json
import os
import re
import stat

HEX64 = re.compile(r"[0-9a-f]{64}\Z")
TIMESTAMP = re.compile(r"[0-9]{8}_[0-9]{6}\Z")
SET_NAME = re.compile(r"(full_backup|inc_backup|hot_backup)_([0-9]{8}_[0-9]{6})(?:_(?:[2-9]|[1-9][0-9]+))?\Z")
TYPE_OF_PREFIX = {"full_backup": "full", "inc_backup": "incremental", "hot_backup": "hot"}
BIG = (1 << 63) - 1
EXACT = (1 << 53) - 1
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}([+-][0-9]{2}:[0-9]{2}|Z)\Z")
DESTINATION = re.compile(r"dst_[0-9a-z]{6,32}\Z")
JSON_LIMIT = 64 << 20
MOST = 60


class Problems:
    """A bounded list of problems, each one line, said once."""

    def __init__(self):
        self.list = []
        self.more = 0

    def add(self, text):
        if text in self.list:
            return
        if len(self.list) >= MOST:
            self.more += 1
        else:
            self.list.append(text)

    def told(self):
        return self.list + ([f"… and {self.more} more"] if self.more else [])


class Damage(Exception):
    """What was read is not what the format allows; the text is for people."""


def read_json(data):
    """Parse UTF-8 JSON strictly: no BOM, no repeated keys, no NaN."""

    def pairs(items):
        out = dict(items)
        if len(out) != len(items):
            raise Damage("a key stands twice in one object")
        return out

    def constant(word):
        raise Damage(f"{word} is not JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    except UnicodeDecodeError:
        raise Damage("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Damage(f"not JSON ({error})") from None


def read_file(path, limit=JSON_LIMIT):
    """The bytes of a regular file, never more than the limit."""
    info = os.lstat(path)
    if not stat.S_ISREG(info.st_mode):
        raise Damage("not a regular file")
    if info.st_size > limit:
        raise Damage(f"larger than {limit} bytes")
    with open(path, "rb") as handle:
        return handle.read(limit + 1)


def why(error):
    return (getattr(error, "strerror", None) if isinstance(error, OSError) else None) or str(error) or repr(error)


def check_mode(path, label, folder, problems):
    """Kind and permissions of what lies at path; false where it is not of that kind."""
    try:
        info = os.lstat(path)
    except OSError as error:
        problems.add(f"{label}: missing ({why(error)})")
        return False
    kind = stat.S_ISDIR if folder else stat.S_ISREG
    if not kind(info.st_mode):
        problems.add(f"{label}: not a {'folder' if folder else 'regular file'}")
        return False
    wanted = 0o700 if folder else 0o600
    if os.name == "posix" and stat.S_IMODE(info.st_mode) != wanted:
        problems.add(f"{label}: mode is {stat.S_IMODE(info.st_mode):o}, not {wanted:o}")
    return True


# Predicates, each with the words for what it wants.


def is_count(value):
    return type(value) is int and 0 <= value <= EXACT


def is_text(value):
    """Not empty, and Unicode: an escape can smuggle half a surrogate pair into JSON."""
    return isinstance(value, str) and value != "" and not any("\ud800" <= c <= "\udfff" for c in value)


def is_hex(value):
    return isinstance(value, str) and HEX64.match(value) is not None


def is_bool(value):
    return isinstance(value, bool)


def is_object(value):
    return isinstance(value, dict)


def is_list(value):
    return isinstance(value, list)


def is_number(value):
    return type(value) in (int, float) and value >= 0


def moment(value):
    """An ISO 8601 moment with offset as a datetime, or None."""
    from datetime import datetime

    if not isinstance(value, str) or MOMENT.match(value) is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def is_moment(value):
    return moment(value) is not None and not value.endswith("Z")


def is_slug(value):
    import unicodedata

    if not isinstance(value, str) or not 1 <= len(value.encode("utf-16-le", "surrogatepass")) // 2 <= 80:
        return False
    return value[0] not in "-_" and all(c in "-_" or unicodedata.category(c)[0] in "LN" for c in value)


def is_set_id(value):
    if not isinstance(value, str) or value.count("/") != 1:
        return False
    slug, name = value.split("/")
    return is_slug(slug) and SET_NAME.match(name) is not None


def is_destination(value):
    return isinstance(value, str) and DESTINATION.match(value) is not None


def one_of(*words):
    def test(value):
        return isinstance(value, str) and value in words

    test.words = "one of " + ", ".join(words)
    return test


WORDS = {
    is_count: "a whole number from 0 to 2⁵³ − 1",
    is_text: "a text that is not empty",
    is_hex: "64 hexadecimal digits",
    is_bool: "true or false",
    is_object: "an object",
    is_list: "a list",
    is_number: "a number from 0",
    is_moment: "an ISO 8601 moment with milliseconds and offset",
    is_slug: "a slug",
    is_set_id: "<slug>/<name>",
    is_destination: "dst_…",
}


def check_shape(value, fields, where, problems, optional=(), open_ended=False):
    """Every field there and right, and no other unless open_ended; true where all is well."""
    if not isinstance(value, dict):
        problems.add(f"{where}: not an object")
        return False
    well = True
    for key, test in fields.items():
        if key not in value:
            if key not in optional:
                problems.add(f"{where}: {key} is missing")
                well = False
        elif not test(value[key]):
            problems.add(f"{where}: {key} is not {WORDS.get(test) or getattr(test, 'words', 'right')}")
            well = False
    for key in value:
        if key not in fields and not open_ended:
            problems.add(f"{where}: unknown field {key!r}")
            well = False
    return well
