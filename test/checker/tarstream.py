"""Purpose: parse a decoded tar archive (POSIX ustar, pax, pax sparse 1.0) as a stream, strictly, in bytes."""
import hashlib
import re
from array import array

from shapes import BIG, Damage

BLOCK = 512
PAX_LIMIT = 4 << 20
MAP_LIMIT = 16 << 20
TYPES = {b"0": "file", b"5": "directory", b"2": "symlink", b"1": "hardlink"}
OCTAL = re.compile(rb" *([0-7]+)[ \0]*\Z")
RECORD = re.compile(rb"([1-9][0-9]{0,9}) ")
DECIMAL = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,9}))?\Z")
ZEROS = bytes(1 << 20)


def nanoseconds(text):
    """Decimal seconds as whole nanoseconds, None where the text is not that."""
    found = DECIMAL.match(text)
    if found is None:
        return None
    whole = int(found[2]) * 10**9 + int((found[3] or "").ljust(9, "0"))
    return -whole if found[1] else whole


def octal(field, what):
    found = OCTAL.match(field)
    if found is None:
        raise Damage(f"a header's {what} is not octal")
    return int(found[1], 8)


def until_zero(field):
    return field.split(b"\0", 1)[0]


class Member:
    """One entry as its header and pax records say it."""

    __slots__ = ("name", "type", "size", "stored", "sha256", "target", "mode", "uid", "gid", "mtime", "sparse")


class TarStream:
    def __init__(self, plain):
        self.plain, self.globals = plain, {}

    def block(self):
        found = self.plain.exactly(BLOCK)
        if len(found) != BLOCK:
            raise Damage("the archive is cut off")
        return found

    def take(self, size):
        """The `size` bytes of a small body, with its padding read away."""
        found = b"".join(self.body(size))
        self.pad(size)
        return found

    def body(self, size):
        left = size
        while left > 0:
            found = self.plain.some(min(left, 1 << 20))
            if not found:
                raise Damage("the archive is cut off")
            left -= len(found)
            yield found

    def pad(self, size):
        over = -size % BLOCK
        if over and len(self.plain.exactly(over)) != over:
            raise Damage("the archive is cut off")

    def pax(self, size):
        if size > PAX_LIMIT:
            raise Damage("a pax header is too large")
        data, at, found = self.take(size), 0, {}
        while at < len(data):
            length = RECORD.match(data, at)
            end = at + int(length[1]) if length else 0
            if length is None or end > len(data) or end <= length.end() or data[end - 1 : end] != b"\n":
                raise Damage("a pax record is malformed")
            key, equals, value = data[length.end() : end - 1].partition(b"=")
            if not equals or not key:
                raise Damage("a pax record is malformed")
            found[key.decode("utf-8", "surrogateescape")] = value
            at = end
        return found

    def members(self):
        """Each member with its content not yet read: the caller passes it to `content` before the next."""
        extra = None
        while True:
            head = self.block()
            if head == ZEROS[:BLOCK]:
                if extra is not None:
                    raise Damage("a pax header stands before the end of the archive")
                self.end()
                return
            sums = sum(head) - sum(head[148:156]) + 8 * 32
            if octal(head[148:156], "checksum") != sums:
                raise Damage("a header's checksum is wrong")
            if head[257:265] != b"ustar\x0000":
                raise Damage("a header is not POSIX ustar")
            kind, size = head[156:157], octal(head[124:136], "size")
            if kind in (b"x", b"g"):
                if extra is not None:
                    raise Damage("two pax headers stand before one entry")
                found = self.pax(size)
                if kind == b"g":
                    self.globals.update(found)
                else:
                    extra = found
                continue
            yield self.member(head, kind, size, {**self.globals, **(extra or {})})
            extra = None

    def end(self):
        if self.plain.exactly(BLOCK) != ZEROS[:BLOCK]:
            raise Damage("the archive does not end with two zero blocks")
        if self.plain.some(1):
            raise Damage("bytes stand behind the archive's two zero blocks")

    def member(self, head, kind, size, pax):
        if kind not in TYPES:
            raise Damage(f"an entry is of the unknown type {kind!r}")

        def number(key, default):
            if key not in pax:
                return default
            if not pax[key].isdigit() or int(pax[key][:20]) > BIG or len(pax[key]) > 19:
                raise Damage(f"the pax value of {key} is not a number")
            return int(pax[key])

        one = Member()
        prefix, name = until_zero(head[345:500]), until_zero(head[:100])
        one.name = pax.get("path", prefix + b"/" + name if prefix else name)
        one.type = TYPES[kind]
        one.stored = one.size = number("size", size)
        one.target = pax.get("linkpath", until_zero(head[157:257])) if kind in (b"1", b"2") else None
        one.mode = octal(head[100:108], "mode")
        one.uid = number("uid", None) if "uid" in pax else octal(head[108:116], "uid")
        one.gid = number("gid", None) if "gid" in pax else octal(head[116:124], "gid")
        if "mtime" in pax:
            one.mtime = nanoseconds(pax["mtime"].decode("latin-1"))
            if one.mtime is None:
                raise Damage("a pax mtime is not decimal seconds to nine digits")
        else:
            one.mtime = octal(head[136:148], "mtime") * 10**9
        one.sparse = any(key.startswith("GNU.sparse.") for key in pax)
        if one.sparse:
            if pax.get("GNU.sparse.major") != b"1" or pax.get("GNU.sparse.minor") != b"0" or one.type != "file":
                raise Damage("a sparse entry is not a file of pax sparse 1.0")
            if "GNU.sparse.name" not in pax or "GNU.sparse.realsize" not in pax:
                raise Damage("a sparse entry lacks its name or size")
            one.name, one.size = pax["GNU.sparse.name"], number("GNU.sparse.realsize", 0)
        if one.type != "file" and one.stored != 0:
            raise Damage(f"a {one.type} has content")
        one.sha256 = None
        return one

    def content(self, one, expected_size):
        """Read a member's content and set its SHA-256; holes only where the size is the one expected."""
        if one.type != "file":
            return
        digest = hashlib.sha256()
        if one.sparse:
            self.sparse(one, digest, one.size == expected_size)
        else:
            for found in self.body(one.stored):
                digest.update(found)
            self.pad(one.stored)
        one.sha256 = digest.hexdigest()

    def sparse(self, one, digest, holes):
        text, used = b"", 0

        def number():
            nonlocal text, used
            while b"\n" not in text:
                if len(text) > 20:
                    raise Damage("a sparse map is malformed")
                used += BLOCK
                if used > min(one.stored, MAP_LIMIT):
                    raise Damage("a sparse map is cut off")
                text += self.block()
            word, _, text = text.partition(b"\n")
            if not word.isdigit() or len(word) > 19:
                raise Damage("a sparse map is malformed")
            return int(word)

        offsets, sizes, at = array("Q"), array("Q"), 0
        for _ in range(number()):
            offsets.append(number())
            sizes.append(number())
        if used + sum(sizes) != one.stored:
            raise Damage("a sparse map does not fit the entry's size")
        for offset, size in zip(offsets, sizes):
            if offset < at or offset + size > one.size:
                raise Damage("a sparse map is out of order")
            self.hole(digest, offset - at, holes)
            for found in self.body(size):
                digest.update(found)
            at = offset + size
        self.hole(digest, one.size - at, holes)
        self.pad(one.stored)

    @staticmethod
    def hole(digest, size, wanted):
        while wanted and size > 0:
            part = min(size, len(ZEROS))
            digest.update(ZEROS[:part])
            size -= part
