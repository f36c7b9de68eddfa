"""Purpose: judge a destination's root: its marker, its journal, and that sets, marker and journal agree."""
import hashlib
import os
import re
import stat
from datetime import timezone

from records import RECORDS, check_lease, check_record_shape
from shapes import (
    Damage, Problems, TYPE_OF_PREFIX, check_mode, check_shape, is_count, is_destination, is_moment, is_set_id, moment,
    read_file, read_json, why,
)  # fmt: skip

RECORD_NAME = re.compile(r"([0-9]{12})-([0-9]{2})-([a-z]+)\.json\Z")
MARKER = {"format_version": is_count, "id": is_destination, "generation": is_count, "created_at": is_moment}


def load(path, label, problems):
    """The object that a file holds, or None; its mode is judged on the way."""
    if not check_mode(path, label, False, problems):
        return None
    try:
        found = read_json(read_file(path))
        if not isinstance(found, dict):
            raise Damage("not an object")
        return found
    except Damage as damage:
        problems.add(f"{label}: {damage}")
    except OSError as error:
        problems.add(f"{label}: cannot be read ({why(error)})")
    return None


def check_marker(root, problems):
    marker = load(os.path.join(root, ".sitekeep", "marker.json"), "marker.json", problems)
    if marker is None:
        return None
    if type(marker.get("format_version")) is not int or marker["format_version"] != 1:
        problems.add(f"marker.json: format_version is {marker.get('format_version')!r}, known is 1")
        return None
    check_shape(marker, MARKER, "marker.json", problems)
    return marker if all(test(marker.get(key)) for key, test in MARKER.items()) else None


def seen(folder, problems, label):
    """What lies in a folder, sorted, without names that begin with a dot."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        problems.add(f"{label}: cannot be read ({why(error)})")
        return []


def check_record(path, label, name, year, marker, problems):
    """One record as (sequence, nn, type, record), or None."""
    parts = RECORD_NAME.match(name)
    if parts is None:
        problems.add(f"{label}: not named <sequence>-<nn>-<type>.json")
        return None
    sequence, order, kind = int(parts[1]), int(parts[2]), parts[3]
    record = load(path, label, problems)
    if kind not in RECORDS:
        problems.add(f"{label}: the record type {kind!r} is unknown")
        return None
    if record is None:
        return None
    check_record_shape(kind, record, label, problems)
    if record.get("type") != kind:
        problems.add(f"{label}: type is not the one of its name")
    if record.get("sequence") != sequence:
        problems.add(f"{label}: sequence is not the one of its name")
    when = moment(record.get("at"))
    if when is not None and year != str(when.astimezone(timezone.utc).year):
        problems.add(f"{label}: does not lie in the folder of its year")
    if marker is not None:
        if record.get("destination") != marker["id"]:
            problems.add(f"{label}: destination is not the marker's id")
        if sequence > marker["generation"]:
            problems.add(f"{label}: sequence is above the marker's generation")
    return sequence, order, kind, record


def check_journal(root, marker, problems):
    """Every record; the newest `set` or `removed` record by set."""
    folder, records, places = os.path.join(root, ".sitekeep", "journal"), [], set()
    if not os.path.lexists(folder):
        return {}
    if not check_mode(folder, "journal", True, problems):
        return {}
    for year in seen(folder, problems, "journal"):
        label = f"journal/{year}"
        if re.match(r"[0-9]{4}\Z", year) is None:
            problems.add(f"{label}: not a year")
            continue
        if not check_mode(os.path.join(folder, year), label, True, problems):
            continue
        for name in seen(os.path.join(folder, year), problems, label):
            path = os.path.join(folder, year, name)
            found = check_record(path, f"{label}/{name}", name, year, marker, problems)
            if found is None:
                continue
            if found[:2] in places:
                problems.add(f"{label}/{name}: another record has its sequence and number")
            places.add(found[:2])
            if found[2] in ("set", "removed") and is_set_id(found[3].get("set")):
                records.append((*found[:3], found[3]["set"], found[3]))
    records.sort(key=lambda one: one[:2])
    return {one[3]: one for one in records}


def set_folders(root, problems):
    """(slug, type folder, name) of everything that stands where a set may stand."""
    found = []
    for slug in seen(root, problems, "the root"):
        kinds = [kind for kind in TYPE_OF_PREFIX.values() if os.path.isdir(os.path.join(root, slug, kind))]
        if not kinds:
            continue
        check_mode(os.path.join(root, slug), slug, True, problems)
        logs = os.path.join(root, slug, "logs")
        if os.path.lexists(logs) and check_mode(logs, f"{slug}/logs", True, problems):
            for name in seen(logs, problems, f"{slug}/logs"):
                check_mode(os.path.join(logs, name), f"{slug}/logs/{name}", False, problems)
        for kind in kinds:
            label = f"{slug}/{kind}"
            check_mode(os.path.join(root, label), label, True, problems)
            for name in seen(os.path.join(root, label), problems, label):
                info = os.lstat(os.path.join(root, label, name))
                if stat.S_ISDIR(info.st_mode):
                    found.append((slug, kind, name))
    return found


def check_place(manifest, data, place, marker, recorded, problems):
    slug, kind, name = place
    if manifest["set"] != f"{slug}/{name}" or manifest["backup_type"] != kind:
        problems.add(f"manifest.json: set is {manifest['set']}, yet it lies at {slug}/{kind}/{name}")
    if marker is not None:
        if manifest["destination_id"] != marker["id"]:
            problems.add("manifest.json: destination_id is not the marker's id")
        if manifest["sequence"] > marker["generation"]:
            problems.add("manifest.json: sequence is above the marker's generation")
    record = recorded.get(f"{slug}/{name}")
    if record is None:
        return
    if record[2] == "removed":  # its removal was cut off or refused: it is judged by itself
        return
    if record[4].get("manifest_sha256") != hashlib.sha256(data).hexdigest():
        problems.add("journal: manifest_sha256 of its set record is not that of manifest.json")
    if record[0] != manifest["sequence"] or record[4].get("run") != manifest["run"]:
        problems.add("journal: its set record is not of the manifest's sequence and run")
    if record[4].get("job") != manifest["job"].get("id"):
        problems.add("journal: its set record is of another job")


def check_root(root, check_set):
    """(sets, problems) of a destination."""
    loose, sets, sequences = Problems(), [], {}
    try:
        if not os.path.isdir(root):
            loose.add("the root: not a folder")
            return [], loose.told()
        check_mode(os.path.join(root, ".sitekeep"), ".sitekeep", True, loose)
        marker = check_marker(root, loose)
        for lease in ("lease.json", "lease-last.json"):
            if os.path.lexists(os.path.join(root, ".sitekeep", lease)):
                found = load(os.path.join(root, ".sitekeep", lease), lease, loose)
                if found is not None:
                    check_lease(found, os.path.getsize(os.path.join(root, ".sitekeep", lease)), lease, loose)
        recorded = check_journal(root, marker, loose)
        for place in set_folders(root, loose):
            manifest, data, problems = check_set(os.path.join(root, *place))
            if manifest is not None:
                check_place(manifest, data, place, marker, recorded, problems)
                other = sequences.setdefault(manifest["sequence"], manifest["set"])
                if other != manifest["set"]:
                    problems.add(f"manifest.json: {other} has the same sequence")
            told = problems.told()
            sets.append({"set": f"{place[0]}/{place[2]}", "ok": not told, "problems": told})
    except Exception as error:  # a checker that dies has told nothing
        loose.add(f"the checker could not go on: {error!r}")
    return sets, loose.told()
