"""Purpose: read the text of a PostgreSQL dump as psql would, piece by piece, and count what it holds."""
import re

from shapes import Damage

AHEAD = 4096
KEPT_STATEMENT = 1 << 20
MOST_TABLES = 100_000
TOKEN = re.compile(
    rb"(?P<blank>[ \t\n\f\v]+|\r\n)|(?P<comment>--)|(?P<block>/\*)"
    rb"|(?P<word>[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*)|(?P<number>[0-9][A-Za-z0-9_.\x80-\xff]*)"
    rb"|(?P<dollar>\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$)"
    rb"|(?P<string>')|(?P<name>\")|(?P<end>;)|(?P<meta>\\)|(?P<other>.)",
    re.S,
)  # fmt: skip
LINE_END = re.compile(rb"[\r\n]")
ESCAPED = re.compile(rb"[\\']")
NESTED = re.compile(rb"/\*|\*/")
RESTRICTION = re.compile(rb"\\(un)?restrict ([A-Za-z0-9]{1,100})\Z")
COMPLETE = {
    b" PostgreSQL database dump complete": "database",
    b" PostgreSQL database cluster dump complete": "cluster",
}
# What the statements of a dump begin with; any other could change how psql reads on (DO, CALL, UPDATE of pg_settings …).
WORDS = {
    b"set", b"select", b"create", b"alter", b"copy", b"comment", b"grant", b"revoke", b"refresh", b"security", b"begin",
    b"commit",
}  # fmt: skip
SEARCH_PATH = [b"select", b"pg_catalog", b".", b"set_config", b"(", b"'search_path'", b",", b"''", b",", b"false", b")"]
LARGE_OBJECT = [b"select", b"pg_catalog", b".", b"lo_create", b"("]
READING = (b"standard_conforming_strings", b"client_encoding", b"names")
# Encodings that databases can have: in them, a byte below 0x80 is always itself.
ENCODINGS = {
    "utf8": "utf-8", "sql_ascii": "latin-1", "euc_cn": "gb2312", "euc_jp": "euc_jp", "euc_jis_2004": "euc_jis_2004",
    "euc_kr": "euc_kr", "euc_tw": "latin-1", "mule_internal": "latin-1", "koi8r": "koi8_r", "koi8u": "koi8_u",
    "win866": "cp866", "win874": "cp874", "latin5": "iso8859_9", "latin6": "iso8859_10", "latin7": "iso8859_13",
    "latin8": "iso8859_14", "latin9": "iso8859_15", "latin10": "iso8859_16",
    **{f"latin{n}": f"iso8859_{n}" for n in range(1, 5)}, **{f"win{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"iso_8859_{n}": f"iso8859_{n}" for n in range(5, 9)},
}  # fmt: skip


def spelled(token, encoding):
    """A name as the manifest writes it: quoted where it is more than a plain lower-case word."""
    raw = token[1:-1].replace(b'""', b'"') if token.startswith(b'"') else token
    try:
        name = raw.decode(encoding)
    except UnicodeDecodeError:
        name = raw.decode("latin-1")
    plain = re.fullmatch(r"[a-z_][a-z0-9_$]*", name, re.A) is not None
    return name if plain else '"' + name.replace('"', '""') + '"'


class DumpText:
    """`take()` gives the next bytes, b"" at the end; `read()` goes through them once."""

    def __init__(self, take):
        self.take = take
        self.buffer, self.at, self.ended = b"", 0, False
        self.tables, self.large_objects, self.roles, self.tablespaces, self.passwords = {}, 0, 0, 0, 0
        self.complete, self.restriction, self.encoding = None, None, "utf-8"
        self.tokens, self.size, self.depth, self.begun = [], 0, 0, 0
        self.before, self.after_escape = b"", False

    def more(self):
        """Another chunk behind what is not read yet; false at the end."""
        chunk = b"" if self.ended else self.take()
        if not chunk:
            self.ended = True
            return False
        if b"\0" in chunk:
            raise Damage("a zero byte, which psql would not read past")
        self.buffer = self.buffer[self.at :] + chunk
        self.at = 0
        return True

    def ahead(self, count):
        while len(self.buffer) - self.at < count and self.more():
            pass
        return self.buffer[self.at : self.at + count]

    def until(self, pattern, overlap, keep=0):
        """Go behind the next match; (what matched or None at the end, the first `keep` bytes before it)."""
        kept = b""
        while True:
            found = pattern.search(self.buffer, self.at)
            stop = found.start() if found else max(self.at, len(self.buffer) - overlap)
            kept += self.buffer[self.at : min(stop, self.at + keep - len(kept))]
            if found:
                self.at = found.end()
                return found[0], kept
            self.at = stop
            if not self.more():
                kept += self.buffer[self.at : self.at + keep - len(kept)]
                self.at = len(self.buffer)
                return None, kept

    def read(self):
        while self.ahead(AHEAD):
            found = TOKEN.match(self.buffer, self.at)
            kind, text = found.lastgroup, found[0]
            if len(text) >= AHEAD and kind != "blank":
                raise Damage("a word is longer than any name")
            self.at = found.end()
            if kind == "blank":
                self.before = b""
                continue
            getattr(self, f"on_{kind}")(text)
            self.before = text
            if kind not in ("comment", "block", "string"):
                self.after_escape = False

    def odd(self, what):
        shown = b" ".join(self.tokens)[:80].decode("latin-1")
        raise Damage(f"it holds what no dump holds: {what}{f' in {shown!r}' if shown else ''}")

    def keep(self, token):
        """One more token of the statement; of a long one the first megabyte."""
        self.complete = None
        self.size += len(token)
        if self.size <= KEPT_STATEMENT:
            self.tokens.append(token)
        elif self.tokens[0].lower() != b"select" and self.tokens[0].lower() != b"create":
            self.odd("a statement of more than a megabyte")

    # One method for each kind of token.

    def on_comment(self, _):
        end, text = self.until(LINE_END, 0, 200)
        if text in COMPLETE and not self.tokens:
            self.complete = COMPLETE[text]
        if end == b"\r" and self.ahead(1) != b"\n":
            self.odd("a comment that a carriage return ends")

    def on_block(self, _):
        depth = 1
        while depth:
            found, _ = self.until(NESTED, 1)
            if found is None:
                raise Damage("it breaks off within a comment")
            depth += 1 if found == b"/*" else -1

    def on_word(self, word):
        lower = word.lower()
        first = [token.lower() for token in self.tokens[:4]]
        routine = first[:1] == [b"create"] and (
            first[1:2] in ([b"function"], [b"procedure"])
            or (first[1:3] == [b"or", b"replace"] and first[3:4] in ([b"function"], [b"procedure"]))
        )
        if routine and self.depth == 0:
            if lower == b"begin" or (lower == b"case" and self.begun):
                self.begun += 1
            elif lower == b"end" and self.begun:
                self.begun -= 1
        self.keep(word)

    def on_number(self, number):
        if self.ahead(1) in (b"$", b"'", b'"'):
            self.odd("a quote behind a number")
        self.keep(number)

    def on_other(self, byte):
        if byte in b"\r\x01\x02\x03\x04\x05\x06\x07\x08":
            self.odd("a control character")
        # Only without a blank on either side: a column may be called u.
        if byte == b"&" and self.before in (b"U", b"u") and self.ahead(1) in (b"'", b'"'):
            self.odd("a name with escapes")
        self.depth = max(0, self.depth + (byte == b"(") - (byte == b")"))
        self.keep(byte)

    def on_dollar(self, tag):
        found, _ = self.until(re.compile(re.escape(tag)), len(tag) - 1)
        if found is None:
            raise Damage("it breaks off within a quoted text")
        self.keep(b"$$")

    def on_name(self, _):
        whole = b'"' + self.quoted(re.compile(b'"'), b'"')
        self.keep(whole)

    def quoted(self, pattern, quote):
        """Up to the closing quote, doubled ones included; the first bytes of it and the quote."""
        text = b""
        while True:
            found, part = self.until(pattern, 0, AHEAD)
            if found is None:
                raise Damage("it breaks off within a quoted text")
            text = (text + part)[:AHEAD]
            if found == b"\\":
                self.ahead(1)
                self.at += 1
            elif self.ahead(1) == quote:
                self.at += 1
                text += quote * 2
            else:
                return text + quote

    def on_string(self, _):
        if self.after_escape:
            self.odd("a string that goes on after its end")
        escapes = self.before in (b"E", b"e")
        self.keep(b"'" + self.quoted(ESCAPED if escapes else re.compile(b"'"), b"'"))
        self.after_escape = escapes

    def on_meta(self, _):
        end, rest = self.until(LINE_END, 0, AHEAD)
        found = RESTRICTION.match(b"\\" + rest)
        if found is None or self.tokens or (end == b"\r" and self.ahead(1) != b"\n"):
            raise Damage(f"it holds what no dump holds: the command \\{rest[:60].decode('latin-1')}")
        if found[1] is None and self.restriction is None:
            self.restriction = found[2]
        elif found[1] is not None and found[2] == self.restriction:
            self.restriction = None
        else:
            self.odd("a restriction that does not fit")

    def on_end(self, _):
        if self.depth or self.begun:
            self.keep(b";")
            return
        tokens = self.tokens
        self.complete = None
        if tokens:
            self.on_statement(tokens, [token.lower() for token in tokens[:24]])
        self.tokens, self.size = [], 0

    def on_statement(self, tokens, lower):
        if lower[0] not in WORDS:
            self.odd("a statement")
        if lower[0] == b"copy":
            self.on_copy(tokens)
        elif lower[0] == b"set":
            self.on_set(lower)
        elif lower[0] == b"select" and any(t.strip(b'"').lower() == b"set_config" for t in tokens):
            if lower != SEARCH_PATH:
                self.odd("a setting")
        elif lower[: len(LARGE_OBJECT)] == LARGE_OBJECT:
            self.large_objects += 1
        elif lower[:2] == [b"create", b"role"]:
            self.roles += 1
        elif lower[:2] == [b"create", b"tablespace"]:
            self.tablespaces += 1
        elif lower[:2] == [b"alter", b"role"] and b"password" in lower:
            self.passwords += 1

    def on_set(self, lower):
        """Settings that decide how psql reads on have one form each."""
        if not any(token.strip(b'"') in READING for token in lower):
            return
        if lower == [b"set", b"standard_conforming_strings", b"=", b"on"]:
            return
        encoding = lower[3].strip(b"'").decode("latin-1") if lower[:3] == [b"set", b"client_encoding", b"="] else ""
        if len(lower) != 4 or encoding not in ENCODINGS:
            self.odd("a setting")
        self.encoding = ENCODINGS[encoding]

    def on_copy(self, tokens):
        """COPY schema.table (columns) FROM stdin, or without columns; its data begin on the next line."""
        columns = tokens[4:-2]
        is_list = columns[:1] == [b"("] and columns[-1:] == [b")"] and not {b"(", b")"} & set(columns[1:-1])
        ends_well = [token.lower() for token in tokens[-2:]] == [b"from", b"stdin"]
        if len(tokens) < 6 or tokens[2] != b"." or not ends_well or columns and not is_list:
            self.odd("a COPY")
        if self.ahead(2)[:1] != b"\n" and self.ahead(2) != b"\r\n":
            self.odd("a COPY whose data does not follow")
        self.until(LINE_END, 0)
        if self.buffer[self.at - 1 : self.at] == b"\r":
            self.at += 1
        table = f"{spelled(tokens[1], self.encoding)}.{spelled(tokens[3], self.encoding)}"
        if table in self.tables:
            self.odd(f"table {table} twice")
        if len(self.tables) >= MOST_TABLES:
            raise Damage("more tables than a manifest may list")
        self.tables[table] = self.rows()

    def rows(self):
        """Lines up to the one that is `\\.` alone; of each only its beginning is looked at."""
        rows = 0
        while True:
            head = self.ahead(4)
            if head.startswith(b"\\.\n") or head.startswith(b"\\.\r\n"):
                self.at += head.index(b"\n") + 1
                return rows
            while (end := self.buffer.find(b"\n\\.", self.at)) == -1:
                # A newline in the last two bytes may begin the end of the data.
                newline = self.buffer.rfind(b"\n", max(self.at, len(self.buffer) - 2))
                stop = len(self.buffer) if newline == -1 else newline
                rows += self.buffer.count(b"\n", self.at, stop)
                self.at = stop
                if not self.more():
                    raise Damage(f"it breaks off within the rows of a table, after {rows}")
            rows += self.buffer.count(b"\n", self.at, end) + 1
            self.at = end + 1
