"""Purpose: the shapes that manifest and journal share — findings, job definitions, runs, journal records, the lease."""
import re

from shapes import (
    check_shape, is_bool, is_count, is_destination, is_hex, is_moment, is_number, is_object, is_set_id,
    is_slug, is_text, moment, one_of,
)  # fmt: skip

LEVELS = ("none", "stored", "read", "decoded", "matched", "restored")
STAGES = (
    "lock", "preflight", "snapshot", "encode", "put", "read-back", "decode", "match", "manifest", "publish", "journal",
    "catalog", "restore-fetch", "restore-stage", "restore-check", "restore-swap", "remove",
)  # fmt: skip
WEIGHTS = {
    "note": (
        "files-accepted", "special-skipped", "attributes-lost", "other-filesystem", "config-masked",
        "config-keys-left-out", "writer-stalled", "same-volume", "adopted", "counted-partly", "rows-not-counted",
        "log-not-written", "source-retried", "roles-without-passwords", "database-left-out", "database-kept",
        "database-replaced", "sets-removed", "removal-finished",
    ),
    "warning": (
        "files-unreadable", "files-vanished", "files-changed", "root-missing", "root-empty", "live-sqlite",
        "config-unparsed", "source-failed", "destination-failed", "newer-set-passed-over", "no-sound-set",
        "masked-restored", "destination-older",
        "target-occupied", "dump-warning", "snapshot-held", "not-provable",
        "restore-test-failed", "retention-frozen", "set-not-removed", "tables-gone",
    ),
    "suspicious": ("source-damaged", "source-shrunk", "source-mass-change", "database-gone"),
}  # fmt: skip
CODES = {code: weight for weight, codes in WEIGHTS.items() for code in codes}
LEASE_BYTES = 1024


def id_of(kind):
    pattern = re.compile(kind + r"_[0-9a-z]{6,32}\Z")

    def test(value):
        return isinstance(value, str) and pattern.match(value) is not None

    test.words = f"{kind}_ and 6 to 32 of 0-9a-z"
    return test


def list_of(test, most=None):
    def whole(value):
        return isinstance(value, list) and (most is None or len(value) <= most) and all(test(one) for one in value)

    whole.words = f"a list{'' if most is None else f' of at most {most}'}, each {getattr(test, 'words', 'right')}"
    return whole


def shape(fields, optional=()):
    def test(value):
        if not isinstance(value, dict) or any(key not in fields for key in value):
            return False
        return all(fields[key](value[key]) if key in value else key in optional for key in fields)

    test.words = "{" + ", ".join(fields) + "}"
    return test


def is_string(value):
    return value == "" or is_text(value)


def is_null_or_text(value):
    return value is None or is_text(value)


def is_detail(value):
    return isinstance(value, dict) and all(is_string(one) or type(one) in (int, float) for one in value.values())


def is_utc(value):
    return moment(value) is not None and value.endswith("Z")


is_utc.words = "an ISO 8601 moment with milliseconds and Z"
JOB_ID, RUN_ID, SOURCE_ID = id_of("job"), id_of("run"), id_of("src")
TEXTS = list_of(is_text)
FINDING = {
    "code": one_of(*CODES), "weight": one_of(*WEIGHTS), "message": is_text, "hint": is_text, "source": is_text,
    "detail": is_detail, "paths": list_of(is_string, 100),
}  # fmt: skip
MAYBE_FINDING = ("source", "detail", "paths")


def is_finding(value):
    return shape(FINDING, MAYBE_FINDING)(value) and CODES[value["code"]] == value["weight"]


is_finding.words = "a finding"
NAMED = {"id": SOURCE_ID, "name": is_text}
SERVERS = {
    "host": shape(
        {
            "via": is_text, "host": is_text, "port": is_count, "user": is_text, "sslRootCert": is_text,
            "sslMode": one_of("disable", "prefer", "require", "verify-ca", "verify-full"), "passwordSecret": is_text,
        },
        ("port", "sslMode", "sslRootCert", "passwordSecret"),
    ),
    "service": shape(
        {"via": is_text, "service": is_text, "serviceFile": is_text, "passwordSecret": is_text},
        ("serviceFile", "passwordSecret"),
    ),
    "container": shape(
        {
            "via": is_text, "program": one_of("docker", "podman"), "container": is_text, "user": is_text,
            "port": is_count, "engineHost": is_text, "context": is_text, "passwordSecret": is_text,
        },
        ("program", "user", "port", "engineHost", "context", "passwordSecret"),
    ),
}  # fmt: skip


def is_server(value):
    return isinstance(value, dict) and value.get("via") in SERVERS and SERVERS[value["via"]](value)


def is_databases(value):
    return value == "all" or isinstance(value, list) and 1 <= len(value) <= 100 and TEXTS(value)


def is_scratch(value):
    return value == "same" or is_server(value)


SOURCES = {
    "postgres": shape(
        {
            **NAMED, "kind": is_text, "server": is_server, "databases": is_databases,
            "format": one_of("sql", "custom"), "globals": is_bool, "digests": is_bool, "lockWaitSeconds": is_count,
            "scratch": is_scratch,
        },
        ("format", "globals", "digests", "lockWaitSeconds", "scratch"),
    ),
    "sqlite": shape({**NAMED, "kind": is_text, "path": is_text, "lockWaitSeconds": is_count}, ("lockWaitSeconds",)),
    "files": shape(
        {
            **NAMED, "kind": is_text, "roots": TEXTS, "include": TEXTS, "exclude": TEXTS, "accepted": TEXTS,
            "crossMounts": is_bool,
        },
        ("include", "exclude", "accepted", "crossMounts"),
    ),
    "config": shape({**NAMED, "kind": is_text, "globs": TEXTS, "exclude": TEXTS}, ("exclude",)),
}  # fmt: skip


def is_source(value):
    return isinstance(value, dict) and value.get("kind") in SOURCES and SOURCES[value["kind"]](value)


DAYS = {"full": is_count, "incremental": is_count, "hot": is_count}
GENERATIONS = {"daily": is_count, "weekly": is_count, "monthly": is_count}
KEEP = {**DAYS, "count": shape(DAYS, tuple(DAYS)), "generations": shape(GENERATIONS, tuple(GENERATIONS))}
JOB = {
    "id": JOB_ID, "name": is_text, "slug": is_slug, "enabled": is_bool, "sources": list_of(is_source, 50),
    "destinations": list_of(is_destination, 20),
    "schedule": shape({"full": is_text, "incremental": is_text}, ("full", "incremental")),
    "keep": shape(KEEP, tuple(KEEP)), "compression": one_of("gzip", "zstd", "none"),
    "prove": one_of("matched", "restored"), "rpoMinutes": is_count, "rtoMinutes": is_count,
    "timeoutMinutes": is_count, "noProgressMinutes": is_count, "workDir": is_text,
}  # fmt: skip
IS_JOB = shape(JOB, tuple(key for key in JOB if key not in ("id", "name", "slug", "sources", "destinations")))
TYPES = one_of("full", "incremental", "hot")
MADE = {"set": is_set_id, "destination": is_destination, "proof": one_of(*LEVELS), "bytes": is_count}
SPAN = {
    "stage": one_of(*STAGES), "startMs": is_number, "endMs": is_number, "source": is_text, "destination": is_text,
    "bytes": is_count,
}  # fmt: skip
COMPARED = {
    "tables": list_of(shape({"name": is_text, "rows": is_count, "expected": is_count})),
    "files": shape({"count": is_count, "expected": is_count}),
}  # fmt: skip
ERROR = {"code": is_text, "message": is_text, "hint": is_string, "stage": one_of(*STAGES), "detail": is_detail}
REASONS = list_of(shape({"code": is_text, "detail": is_detail}))
RUN = {
    "id": RUN_ID, "kind": one_of("backup", "restore", "verify", "cleanup"), "job": JOB_ID, "jobName": is_string, "type": TYPES,
    "trigger": one_of("manual", "schedule", "catch-up", "hook"), "startedAt": is_moment, "finishedAt": is_moment,
    "outcome": one_of("good", "warning", "failed", "cancelled"), "proof": one_of(*LEVELS),
    "sets": list_of(shape(MADE), 100), "subject": is_set_id, "target": is_text,
    "replaced": list_of(
        shape({"kind": one_of("postgres"), "server": is_server, "database": is_text, "kept": is_text}), 1000
    ),
    "removed": list_of(
        shape({"set": is_set_id, "destination": is_destination, "bytes": is_count, "reasons": REASONS}), 1000
    ),
    "compared": shape(COMPARED, tuple(COMPARED)), "findings": list_of(is_finding, 1000),
    "error": shape(ERROR, ("stage", "detail")), "spans": list_of(shape(SPAN, ("source", "destination", "bytes")), 2000),
    "bytesRead": is_count, "bytesStored": is_count,
}  # fmt: skip
MAYBE_RUN = ("job", "type", "proof", "subject", "target", "replaced", "removed", "compared", "error")
COMMON = {"type": is_text, "sequence": is_count, "at": is_moment, "destination": is_destination}
RECORDS = {
    "job": {"job": IS_JOB},
    "set": {"set": is_set_id, "job": JOB_ID, "run": RUN_ID, "manifest_sha256": is_hex, "definition": IS_JOB},
    "proof": {
        "set": is_set_id, "run": RUN_ID, "level": one_of(*LEVELS), "ok": is_bool, "findings": list_of(is_finding, 1000),
    },
    "pin": {"set": is_set_id, "pinned": is_bool},
    "removed": {"set": is_set_id, "run": RUN_ID, "reasons": REASONS, "files": list_of(is_text, 200)},
    "run": {"run": is_object},
}  # fmt: skip
LEASE = {
    "format_version": is_count, "token": is_count, "nonce": is_text, "holder": is_text, "hostname": is_text,
    "boot": is_null_or_text, "pid_space": is_null_or_text, "pid": is_count, "process_start": is_null_or_text,
    "expires_at": is_utc,
}  # fmt: skip


def check_record_shape(kind, record, label, problems):
    """The payload of one journal record."""
    maybe = ("run", "reasons", "files") if kind == "removed" else ()
    check_shape(record, {**COMMON, **RECORDS[kind]}, label, problems, maybe)
    if kind == "run" and is_object(record.get("run")):
        check_shape(record["run"], RUN, f"{label}: run", problems, MAYBE_RUN)
    definition = record.get("definition")
    if kind == "set" and is_object(definition) and definition.get("id") != record.get("job"):
        problems.add(f"{label}: definition is another job's")


def check_findings(findings, problems):
    if len(findings) > 1000:
        problems.add("manifest.json: more than 1000 findings")
    for finding in findings:
        if check_shape(finding, FINDING, "manifest.json: finding", problems, MAYBE_FINDING):
            if CODES[finding["code"]] != finding["weight"]:
                problems.add(f"manifest.json: finding: {finding['code']} does not weigh {finding['weight']}")


def check_durations(durations, problems):
    if not is_object(durations) or not all(key in STAGES and is_count(value) for key, value in durations.items()):
        problems.add("manifest.json: durations are not whole milliseconds by stage")


def check_lease(lease, size, label, problems):
    check_shape(lease, LEASE, label, problems)
    if lease.get("format_version") != 1:
        problems.add(f"{label}: format_version is {lease.get('format_version')!r}, known is 1")
    if size != LEASE_BYTES:
        problems.add(f"{label}: is {size} bytes long, not {LEASE_BYTES}")
