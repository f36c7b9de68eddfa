"""Purpose: read a stored artifact as a stream, decode it without ever making more than announced, and judge both sums."""
import hashlib
import os
import zlib

from shapes import Damage, why

CHUNK = 1 << 16
READ = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


def open_regular(path):
    return open(path, "rb", buffering=0, opener=lambda p, flags: os.open(p, flags | getattr(os, "O_NOFOLLOW", 0)))


def check_stored(path, entry, problems):
    """Exact size and SHA-256 of the file as it lies there."""
    name, digest, size = entry["file"], hashlib.sha256(), 0
    with open_regular(path) as handle:
        while chunk := handle.read(READ):
            digest.update(chunk)
            size += len(chunk)
    if size != entry["bytes"]:
        problems.add(f"{name}: stored size is {size}, the manifest says {entry['bytes']}")
    if digest.hexdigest() != entry["sha256"]:
        problems.add(f"{name}: stored sha256 differs from the manifest")


def plain_none(handle):
    while chunk := handle.read(READ):
        yield chunk


def plain_gzip(handle):
    """Every member to its end; nothing may stand behind the last."""
    members, rest = 0, b""
    while True:
        while len(rest) < 2:
            chunk = handle.read(CHUNK)
            if not chunk:
                break
            rest += chunk
        if not rest and members:
            return
        if rest[:2] != GZIP_MAGIC:
            raise Damage("bytes stand behind the last gzip member" if members else "not gzip")
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            if not rest:
                rest = handle.read(CHUNK)
                if not rest:
                    raise Damage("the gzip stream is cut off")
            try:
                out = member.decompress(rest, READ)
            except zlib.error as error:
                raise Damage(f"the gzip stream is damaged ({error})") from None
            rest = member.unused_data if member.eof else member.unconsumed_tail
            if out:
                yield out
        members += 1


def walk_zstd(handle):
    """Frame by frame over headers and blocks (RFC 8878, 3.1): only zstd frames, each whole, nothing behind."""
    end = handle.seek(0, os.SEEK_END)
    at, frames = 0, 0

    def take(count):
        nonlocal at
        handle.seek(at)
        at += count
        found = handle.read(count)
        if len(found) != count:
            raise Damage("the zstd stream is cut off")
        return int.from_bytes(found, "little")

    while at < end:
        if end - at < 4:
            raise Damage("bytes stand behind the last zstd frame" if frames else "not zstd")
        magic = take(4)
        if magic & 0xFFFFFFF0 == 0x184D2A50:
            at += take(4)
        elif magic != 0xFD2FB528:
            raise Damage("bytes stand behind the last zstd frame" if frames else "not zstd")
        else:
            flags = take(1)
            single = flags >> 5 & 1
            at += (0 if single else 1) + (0, 1, 2, 4)[flags & 3] + ((1 if single else 0), 2, 4, 8)[flags >> 6]
            last = False
            while not last:
                block = take(3)
                last, kind = bool(block & 1), block >> 1 & 3
                if kind == 3:
                    raise Damage("the zstd stream is damaged (reserved block)")
                at += 1 if kind == 1 else block >> 3
            at += 4 if flags & 4 else 0
        if at > end:
            raise Damage("the zstd stream is cut off")
        frames += 1
    if frames == 0:
        raise Damage("not zstd")
    handle.seek(0)


def plain_zstd(handle):
    import subprocess

    walk_zstd(handle)
    try:
        process = subprocess.Popen(
            ["zstd", "-dcq"], stdin=handle, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
    except OSError as error:
        raise Damage(f"zstd cannot be run ({why(error)})") from None
    try:
        while chunk := process.stdout.read(READ):
            yield chunk
        said = process.stderr.read(2000).decode("utf-8", "replace").strip()
        if process.wait() != 0:
            raise Damage(f"the zstd stream is damaged ({said})")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


DECODERS = {"gzip": plain_gzip, "zstd": plain_zstd, "none": plain_none}


class Plain:
    """The decoded bytes of one artifact; its consumer may stop early, `finish` reads the rest and judges."""

    def __init__(self, path, entry, problems):
        self.entry, self.problems, self.name = entry, problems, entry["file"]
        self.handle = open_regular(path)
        self.chunks = DECODERS[entry["compression"]](self.handle)
        self.digest, self.size, self.ended, self.whole = hashlib.sha256(), 0, False, True
        self.rest, self.at = b"", 0

    def _stop(self, text=None):
        self.ended = True
        self.chunks.close()
        self.handle.close()
        if text is not None:
            self.whole = False
            self.problems.add(f"{self.name}: {text}")

    def chunk(self):
        """The next bytes, or b"" at the end, be that good or bad."""
        if self.ended:
            return b""
        try:
            found = next(self.chunks, b"")
        except Damage as damage:
            self._stop(str(damage))
            return b""
        except OSError as error:
            self._stop(f"cannot be read ({why(error)})")
            return b""
        if not found:
            self._stop()
            return b""
        if self.size + len(found) > self.entry["plain_bytes"]:
            self._stop(f"decodes to more than the {self.entry['plain_bytes']} bytes announced")
            return b""
        self.size += len(found)
        self.digest.update(found)
        return found

    def some(self, most):
        """Between 1 and `most` bytes, b"" at the end."""
        if self.at >= len(self.rest):
            self.rest, self.at = self.chunk(), 0
        out = self.rest[self.at : self.at + most]
        self.at += len(out)
        return out

    def exactly(self, count):
        """Exactly `count` bytes (keep it small), or fewer at the end."""
        out = self.some(count)
        while 0 < len(out) < count:
            more = self.some(count - len(out))
            if not more:
                break
            out += more
        return out

    def lines(self, limit):
        """Lines without their newline; the last must have one too."""
        rest = b""
        while chunk := self.chunk():
            parts = (rest + chunk).split(b"\n")
            rest = parts.pop()
            yield from parts
            if len(rest) > limit:
                raise Damage(f"a line is longer than {limit} bytes")
        if rest:
            raise Damage("the last line does not end")

    def finish(self):
        while self.chunk():
            pass
        if not self.whole:
            return False
        if self.size != self.entry["plain_bytes"]:
            self.problems.add(f"{self.name}: decodes to {self.size} bytes, the manifest says {self.entry['plain_bytes']}")
            return False
        if self.digest.hexdigest() != self.entry["plain_sha256"]:
            self.problems.add(f"{self.name}: plain sha256 differs from the manifest")
            return False
        return True
