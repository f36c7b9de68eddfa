"""Purpose: judge a Sitekeep set or destination by FORMAT.md alone, sharing no code with what wrote it.

usage: check.py set FOLDER [--json]
       check.py root FOLDER [--json]
exit: 0 in order, 1 problems, 2 usage
"""
import json
import os
import sys

from manifest import check_manifest
from shapes import Damage, Problems, check_mode, read_file, why


class Scratch:
    """A private folder for decoded copies, removed at the end."""

    def __enter__(self):
        base = os.environ.get("TMPDIR") or "/tmp"
        self.path = os.path.join(base, f"sitekeep-check-{os.urandom(12).hex()}")
        os.mkdir(self.path, 0o700)
        return self.path

    def __exit__(self, *_):
        for name in os.listdir(self.path):
            os.unlink(os.path.join(self.path, name))
        os.rmdir(self.path)


def check_artifacts(folder, entries, problems):
    """Every artifact: stored sums, decoded sums, content; archives after the indexes that they need."""
    from decode import check_stored

    there = []
    for entry in entries:
        path = os.path.join(folder, entry["file"])
        if check_mode(path, entry["file"], False, problems):
            check_stored(path, entry, problems)
            there.append(entry)
    indexes = {e["content"]["of"]: e for e in there if e["content"]["kind"] == "index"}
    with Scratch() as scratch:
        for number, entry in enumerate(there):
            kind = entry["content"]["kind"]
            if kind == "sqlite":
                check_sqlite(folder, entry, os.path.join(scratch, f"{number}.sqlite3"), problems)
            elif kind in ("postgres", "globals"):
                check_dump(folder, entry, os.path.join(scratch, f"{number}.dump"), problems)
            elif kind in ("files", "config"):
                check_archive(folder, entry, indexes.pop(entry["file"], None), scratch, number, problems)
        for number, entry in enumerate(indexes.values()):
            check_archive(folder, None, entry, scratch, f"alone-{number}", problems)


def check_sqlite(folder, entry, copy, problems):
    from database import check_database, decode_to
    from decode import Plain

    try:
        if decode_to(Plain(os.path.join(folder, entry["file"]), entry, problems), copy):
            check_database(copy, entry, problems)
    finally:
        if os.path.exists(copy):
            os.unlink(copy)


def check_dump(folder, entry, copy, problems):
    from postgres import check_dump as check

    check(os.path.join(folder, entry["file"]), entry, copy, problems)


def check_archive(folder, archive, index, scratch, label, problems):
    from archive import Names, check_counts, check_masked, compare, read_archive, read_index
    from decode import Plain

    names = Names(scratch, label)
    try:
        listed = held = None
        if index is not None:
            listed = read_index(Plain(os.path.join(folder, index["file"]), index, problems), names, problems)
        if archive is not None:
            held = read_archive(Plain(os.path.join(folder, archive["file"]), archive, problems), names, problems)
        if held:
            check_counts(names, archive, problems)
            check_masked(names, archive, problems)
            if listed is not None:
                compare(names, archive["file"], index["file"], problems)
    finally:
        names.close()


def check_set(folder):
    """(manifest or None, its bytes or None, problems told) of one set's folder."""
    problems, manifest, data = Problems(), None, None
    try:
        if not check_mode(folder, "the folder", True, problems):
            return None, None, problems
        present = sorted(os.listdir(folder))
        if "manifest.json" not in present:
            problems.add("manifest.json: missing, so this is not a backup")
            return None, None, problems
        if check_mode(os.path.join(folder, "manifest.json"), "manifest.json", False, problems):
            data = read_file(os.path.join(folder, "manifest.json"))
            manifest, entries = check_manifest(data, problems)
        if manifest is not None:
            name = manifest["set"].split("/")[1]
            if os.path.basename(os.path.realpath(folder)) != name:
                problems.add(f"manifest.json: set says {name}, which is not this folder's name")
            named = [entry.get("file") for entry in manifest["files"] if isinstance(entry, dict)]
            for extra in present:
                if extra != "manifest.json" and extra not in named:
                    problems.add(f"{extra!r}: not named by the manifest")
            check_artifacts(folder, entries, problems)
    except Damage as damage:
        problems.add(f"manifest.json: {damage}")
    except OSError as error:
        problems.add(f"{error.filename or 'the folder'}: cannot be read ({why(error)})")
    except Exception as error:  # a checker that dies has told nothing
        problems.add(f"the checker could not go on: {error!r}")
    return manifest, data, problems


def main(args):
    as_json = "--json" in args
    rest = [arg for arg in args if arg != "--json"]
    if len(rest) != 2 or rest[0] not in ("set", "root"):
        sys.stderr.write(__doc__)
        return 2
    folder = os.path.realpath(rest[1])
    if rest[0] == "set":
        manifest, _, problems = check_set(folder)
        told = problems.told()
        name = manifest["set"] if manifest else os.path.basename(folder)
        result = {"set": name, "ok": not told, "problems": told}
        sets, loose = [result], []
    else:
        from place import check_root

        sets, loose = check_root(folder, check_set)
        result = {"sets": sets, "problems": loose}
    if as_json:
        print(json.dumps(result))
    else:
        lines = [f"{one['set']}: ok" for one in sets if one["ok"]]
        lines += [f"{one['set']}: {text}" for one in sets for text in one["problems"]] + loose
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0 if not loose and all(one["ok"] for one in sets) else 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
