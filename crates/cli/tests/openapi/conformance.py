"""Calls a server with what the description allows and what it does not, and compares the answers with it.

    python conformance.py PROGRAM

The calls are made by schemathesis, from a fixed seed.
"""

import sys

from pathlib import Path

from document import FILE
from schemathesis.cli import schemathesis
from shop import Shop

import hooks

# So many operations must have worked: a run in which nearly everything is rejected proves little.
WORKING = 48

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
]


def main(program):
    with Shop(program) as shop:
        hooks.shop = shop
        arguments = [
            "--config-file", str(Path(__file__).with_name("schemathesis.toml")), "run", str(FILE), "--url", shop.url, "--seed", "20", "--max-examples", "12",
            "--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS), "--continue-on-failure",
            # A stream does not end.
            "--exclude-operation-id", "streamNotifications",
            # That one has another base path.
            "--exclude-operation-id", "readOpenApi",
            "--request-timeout", "20", "--no-color", "--warnings", "off",
        ]
        try:
            failed = schemathesis.main(arguments, standalone_mode=False)
        except SystemExit as end:
            failed = end.code
    working = {name for name, status in hooks.seen if status < 300}
    rejected = sum(count for (_, status), count in hooks.seen.items() if status >= 400)
    print(f"{sum(hooks.seen.values())} calls, {rejected} of them rejected; {len(working)} operations have worked")
    print("only rejected:", *sorted({name for name, _ in hooks.seen} - working))
    return failed or len(working) < WORKING


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
