"""A gateway's line in every wrapper that is known."""

import json

STAMP = "2026-11-29T07:00:01.123456Z"


def docker(line, ended="\n", **more):
    return json.dumps({"log": line + ended, "stream": "stdout", "time": STAMP, **more})


def journal(message, **more):
    fields = {"__REALTIME_TIMESTAMP": "1795935601123456", "_PID": "7", "PRIORITY": "6"}
    return json.dumps(fields | {"MESSAGE": message, "SYSLOG_IDENTIFIER": "node"} | more)


def pm2(message, **more):
    head = {"timestamp": STAMP, "type": "out", "process_id": 0, "app_name": "api"}
    return json.dumps(head | {"message": message} | more)


TIMED = {
    "docker": docker,
    "docker with attributes": lambda line: docker(line, attrs={"tag": "api"}),
    "docker of a terminal": lambda line: docker(line, "\r\n"),
    "docker, the other stream": lambda line: docker(line, stream="stderr"),
    "journald": journal,
    "journald in bytes": lambda line: journal(list(line.encode())),
    "journald of docker": lambda line: journal(line, CONTAINER_NAME="api", CONTAINER_ID_FULL="c"),
    "journald by the source's time": lambda line: journal(
        line, _SOURCE_REALTIME_TIMESTAMP="1795935601123456", __REALTIME_TIMESTAMP="1"
    ),
    "pm2 --json": pm2,
    "pm2 log_type json": lambda line: pm2(f"{line}\n"),
    "cri": lambda line: f"{STAMP} stdout F {line}",
    "cri with a zone": lambda line: f"2026-11-29T10:00:01.123456+03:00 stderr F {line}",
    "docker logs -t": lambda line: f"2026-11-29T07:00:01.123456000Z {line}",
    "syslog 5424": lambda line: f"<30>1 {STAMP} host api 7 - - {line}",
    "syslog 5424 with data": lambda line: (
        rf'<30>1 {STAMP} host api 7 ID [a@1 b="c\]d"][e@2] ' + "\ufeff" + line
    ),
    "rsyslog": lambda line: f"{STAMP} host api[7]: {line}",
    "journald short-iso": lambda line: f"2026-11-29T07:00:01.123456+0000 host api[7]: {line}",
    "fluent bit": lambda line: json.dumps(
        {"log": line, "stream": "stdout", "time": STAMP, "kubernetes": {"pod_name": "api"}}
    ),
    "fluentd": lambda line: json.dumps(
        {"container_id": "c", "container_name": "/api", "log": line, "time": STAMP}
    ),
    "vector": lambda line: json.dumps(
        {"message": line, "source_type": "docker_logs", "timestamp": STAMP}
    ),
    "filebeat": lambda line: json.dumps(
        {"@timestamp": STAMP, "message": line, "agent": {"type": "filebeat"}}
    ),
    "loki": lambda line: json.dumps({"labels": {"app": "api"}, "line": line, "timestamp": STAMP}),
    "a stream and a time": lambda line: json.dumps(
        {"message": line, "stream": "stderr", "timestamp": STAMP}
    ),
    "docker in journald": lambda line: journal(docker(line)),
    "pm2 in docker in journald": lambda line: journal(docker(f"0|api  | {line}")),
    "docker in syslog": lambda line: f"<30>1 {STAMP} host docker 7 - - {docker(line)}",
}
UNTIMED = {
    "compose": lambda line: f"api-1  | {line}",
    "compose in colour": lambda line: f"\x1b[36mwhats_app-12 | \x1b[0m{line}",
    "pm2 logs": lambda line: f"0|ai-admin  | {line}",
    "pm2 logs, dated": lambda line: f"2026-11-29T07:00:01: 0|ai-admin | {line}",
    "pm2 logs with dates within": lambda line: f"12|api | 2026-11-29T07:00:01: {line}",
    "pm2 --format": lambda line: f"app=api id=0 type=out message={line}",
    "pm2 --format, dated": lambda line: (
        f"timestamp=2026-11-29-07:00:01 app=api id=0 type=error message={line}"
    ),
    "a dated file": lambda line: f"2026-11-29 07:00:01: {line}",
    "syslog 3164": lambda line: f"<30>Nov 29 07:00:01 host api: {line}",
    "journald short": lambda line: f"Nov  9 07:00:01 host api[7]: {line}",
    "journald short-full": lambda line: f"Sun 2026-11-29 07:00:01 UTC host api[7]: {line}",
    "journald short-unix": lambda line: f"1795935601.123456 host api[7]: {line}",
    "colours": lambda line: f"\x1b[32m{line}\x1b[39m",
    "the mark of a file": lambda line: f"\ufeff{line}",
    "the mark of a file of Windows": lambda line: f"\ufffd\ufffd{line}",
}
WRAPPERS = TIMED | UNTIMED
