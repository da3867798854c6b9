"""Compares the answers that the suite has got with the description of the API.

    python answers.py FOLDER

The folder holds what `recorded.rs` has written. It fails on a status, a content type or a member that the description
does not name, and on an operation without an answer.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

from document import PROBLEM, Document

# What comes back from a call that is none, whatever its first line says.
BROKEN = {400, 408, 413, 431}
# Values that differ from call to call. With them replaced, most answers are alike and are checked once.
SAMPLES = [
    (re.compile(r'(?<="|/|:)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?="|/)'), "0198d2a4-7c1e-7d52-8f3a-5b6c7d8e9f01"),
    (re.compile(r'(?<=")[0-9a-f]{64}(?=")'), "0" * 64),
    (re.compile(r"(?<=:)1[0-9]{9}(?=[,}])"), "1764129600"),
]


class Checker:
    def __init__(self, document):
        self.document = document
        self.seen = Counter()
        self.known = {}

    def check(self, line):
        """What is wrong with an answer. None if nothing is."""
        path, operation = self.document.find(line["method"], line["path"])
        status, headers, body = line["status"], line["headers"], line["body"]
        if "content-length" in headers and line["method"] != "HEAD":
            # The answer to a call that follows on the same connection may stand behind it.
            body = body.encode()[: int(headers["content-length"])].decode()
        if headers.get("cache-control") != "no-store" or headers.get("x-content-type-options") != "nosniff":
            return "the headers of every answer are missing"
        if operation is None:
            expected = {404} if path is None else {405}
            if status not in expected | BROKEN:
                return f"status {status} of what the description does not have"
            if status == 405 and "allow" not in headers:
                return "405 without Allow"
            return self.check_problem(status, headers, body, line["method"] == "HEAD")
        self.seen[operation, status] += 1
        described = self.document.operation(operation)
        if str(status) not in described["responses"]:
            return f"status {status} is not described: {body[:300]}"
        response = self.document.resolved(described["responses"][str(status)])
        return self.check_response(response, status, headers, body, line["method"] == "HEAD") or (
            self.check_sent(described, line.get("sent", "")) if status < 300 else None
        )

    def check_response(self, response, status, headers, body, is_head):
        for name, header in response.get("headers", {}).items():
            header = self.document.resolved(header)
            if name.lower() not in headers:
                if header.get("required"):
                    return f"the header {name} is missing"
                continue
            value = headers[name.lower()]
            if header["schema"].get("type") == "integer":
                value = int(value) if value.isdecimal() else value
            if wrong := self.document.mistake(value, header["schema"]):
                return f"the header {name}: {wrong}"
        content = response.get("content", {})
        kind = headers.get("content-type")
        if kind is None and not content:
            return "a body that is not described" if body else None
        if kind not in content:
            return f"the content type {kind} is not described"
        if status >= 400:
            return self.check_problem(status, headers, body, is_head)
        if is_head:
            return "a body of a HEAD" if body else None
        if kind == "text/event-stream":
            return self.check_stream(body)
        return self.check_json(body, content[kind]["schema"])

    def check_problem(self, status, headers, body, is_head):
        if headers.get("content-type") != PROBLEM:
            return f"an error has the content type {headers.get('content-type')}"
        if is_head:
            return "a body of a HEAD" if body else None
        schema = {"$ref": "#/components/schemas/Problem", "unevaluatedProperties": False}
        if wrong := self.check_json(body, schema):
            return wrong
        problem = json.loads(body)
        if problem["status"] != status or problem["instance"] != f"urn:uuid:{headers['x-request-id']}":
            return "the problem is about another answer"
        return None

    def check_stream(self, body):
        for event in body.split("\n\n"):
            lines = [line.split(": ", 1) for line in event.split("\n") if line and not line.startswith(":")]
            event = dict(pair for pair in lines if len(pair) == 2)
            if "data" in event and event.get("event") != "reset":
                schema = {"$ref": "#/components/schemas/NotificationEvent", "unevaluatedProperties": False}
                if wrong := self.check_json(event["data"], schema):
                    return f"the event {event['event']}: {wrong}"
        return None

    def check_sent(self, described, sent):
        """What was accepted must be what the description allows."""
        body = self.document.resolved(described.get("requestBody", {})).get("content", {})
        if sent and body and (wrong := self.check_json(sent, body["application/json"]["schema"])):
            return f"it accepts what is not described: {wrong}"
        return None

    def check_json(self, text, schema):
        for pattern, sample in SAMPLES:
            text = pattern.sub(sample, text)
        key = text, json.dumps(schema)
        if key not in self.known:
            try:
                self.known[key] = self.document.mistake(json.loads(text), schema)
            except ValueError as problem:
                self.known[key] = f"the body is not JSON: {problem}"
        return self.known[key]


def main(folder):
    checker, wrong, count = Checker(Document()), Counter(), 0
    for file in sorted(Path(folder).glob("*.jsonl")):
        # Not `splitlines`: other line ends may stand within a text.
        for line in map(json.loads, file.read_text(encoding="utf-8").rstrip("\n").split("\n")):
            # The page of the metrics is on a listener of its own.
            if line["path"] == "/metrics":
                continue
            count += 1
            if problem := checker.check(line):
                _, operation = checker.document.find(line["method"], line["path"])
                name = operation or f"{line['method']} {line['path'].split('?')[0]}"
                wrong[f"{name} {line['status']}: {problem}"] += 1
    answered = {operation for operation, _ in checker.seen}
    for name, _ in checker.document.operations():
        if name not in answered:
            wrong[f"{name}: the suite has no answer of it"] += 1
    for problem, times in wrong.most_common():
        print(f"{problem}" + (f" ({times} times)" if times > 1 else ""))
    described = {(name, int(code)) for name, each in checker.document.operations() for code in each["responses"]}
    seen = described & set(checker.seen)
    print(f"{count} answers of {len(answered)} operations, {len(seen)} of {len(described)} described statuses seen")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
