"""What attackers of the package found, and what holds since then."""

from __future__ import annotations

import copy
import dataclasses
import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, ClassVar
from unittest.mock import MagicMock

import pytest

from jit_approvals import (
    ApprovalRequest,
    InputError,
    JitError,
    Minter,
    SigningKey,
    Template,
    UnverifiedToken,
    Verifier,
    verify_chain,
)

from .conftest import EVERYONE, NAMES, ORIGIN, RECORD

KEY = SigningKey.from_bytes(bytes(32))
MINTER = Minter(KEY, **NAMES)


class Failing(Exception):
    """The caller's own exception."""


def test_a_short_decimal_with_many_digits_is_rejected(template: Template) -> None:
    for text in ("1e1000000000", "1e-1000000000", "1e999999999999999999", "1e4097"):
        body = json.loads(f'{{"metaData": {{"amount": {text}}}}}', parse_float=Decimal)
        with pytest.raises(InputError, match="at most 4096 digits"):
            template.open(body, origin=ORIGIN, directory=EVERYONE)
    assert template.render({"amount": Decimal("1.5e3")}, origin=ORIGIN).title == "Refund 1500?"
    with pytest.raises(JitError, match="NaN"):
        template.render({"amount": Decimal("NaN")}, origin=ORIGIN)


def test_a_broken_clock_is_an_error(request_: ApprovalRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in (float("nan"), float("inf"), float("-inf"), 1e300):
        monkeypatch.setattr(time, "time", lambda broken=broken: broken)
        for call in (lambda: MINTER.mint("kevin"), lambda: request_.expire(), lambda: request_.status):
            with pytest.raises(InputError, match="time.time"):
                call()


def test_only_times_are_times() -> None:
    class Liar(datetime):
        def timestamp(self) -> float:
            return float("nan")

    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    token = MINTER.mint("kevin", now=Liar(2026, 1, 1, tzinfo=timezone.utc))
    assert UnverifiedToken.parse(token).claims["iat"] == int(at.timestamp())
    with pytest.raises(InputError):
        MINTER.mint("kevin", now=MagicMock(spec=datetime))
    with pytest.raises(InputError) as raised:
        MINTER.mint("kevin", now=True)
    assert "milliseconds" not in str(raised.value)


def test_only_fields_of_dataclasses_are_claims() -> None:
    @dataclasses.dataclass
    class Claims:
        registry: ClassVar[dict[str, str]] = {"api_key": "secret"}
        role: str
        scratch: dataclasses.InitVar[str] = "secret"

    claims = UnverifiedToken.parse(MINTER.mint("kevin", Claims("buyer"))).claims
    assert claims["role"] == "buyer" and "secret" not in json.dumps(claims)


def test_a_pydantic_dataclass_is_a_dataclass() -> None:
    dataclass = pytest.importorskip("pydantic.dataclasses").dataclass

    @dataclass
    class Claims:
        role: str

    assert UnverifiedToken.parse(MINTER.mint("kevin", Claims("buyer"))).claims["role"] == "buyer"


def test_exceptions_of_the_callers_code_pass() -> None:
    class Rows:
        def __iter__(self) -> Iterator[Any]:
            raise Failing

    class Head:
        @property
        def count(self) -> int:
            raise Failing

    class Record(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            raise KeyboardInterrupt

        def __iter__(self) -> Iterator[str]:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    rows: Any = Rows()
    head: Any = Head()
    for call in (
        lambda: ApprovalRequest.restore(rows),
        lambda: verify_chain([], head=head),
        lambda: Verifier(KEY, issuer="a", audience=rows),
    ):
        with pytest.raises(Failing):
            call()
    with pytest.raises(KeyboardInterrupt):
        Template.mistakes(Record())


def test_arguments_without_an_end_are_rejected(template: Template) -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "a"

    class Items(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            return 1

        def __iter__(self) -> Iterator[str]:
            return iter(())

        def __len__(self) -> int:
            return 1

        def items(self) -> Any:
            return ((str(number), number) for number in range(10**9))

    text = "x" * 100_000
    for call in (
        lambda: Verifier(KEY, issuer="a", audience=endless()),
        lambda: MINTER.mint("kevin", Items()),
        lambda: MINTER.mint("kevin", {"a": [text] * 10_000}),
        lambda: template.open({"metaData": {"amount": [text] * 10_000}}, origin=ORIGIN, directory=EVERYONE),
    ):
        with pytest.raises(InputError, match="at most"):
            call()
    assert UnverifiedToken.parse(MINTER.mint("kevin", {"a": deque([1, 2])})).claims["a"] == [1, 2]
    for wrong in ({"x": 0}, memoryview(b"ab"), b"ab"):
        with pytest.raises(InputError):
            Verifier(KEY, issuer="a", audience=wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        MINTER.mint("kevin", {"a": memoryview(b"ab")})


def test_calls_inside_of_each_other_have_an_end() -> None:
    class Again(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            return 1

        def __iter__(self) -> Iterator[str]:
            MINTER.mint("kevin", {"a": [[[[[[[[[[[[self]]]]]]]]]]]]})
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    with pytest.raises(RecursionError):
        MINTER.mint("kevin", Again())
    assert MINTER.mint("kevin")


def test_subclasses_of_dict_are_their_items(template: Template) -> None:
    class Directory(dict[str, Any]):
        def __iter__(self) -> Iterator[str]:
            return iter(["people"])

        def keys(self) -> Any:
            return ["people"]

        def __getitem__(self, name: str) -> Any:
            return "everyone"

    with pytest.raises(JitError):
        template.open({"metaData": {"amount": 1}}, origin=ORIGIN, directory=Directory(people=[]))


def test_immutable_handles_are_their_own_copies(template: Template) -> None:
    verifier = Verifier(KEY, **NAMES)
    for handle in (KEY, MINTER, verifier, template):
        assert copy.copy(handle) is handle and copy.deepcopy({"a": handle})["a"] is handle


def test_json_as_it_came_from_the_network() -> None:
    template = Template.parse(json.dumps(RECORD).encode())
    body = b'{"templateId": "REFUND", "metaData": {"amount": "5"}}'
    request = template.open(body, origin=ORIGIN, directory=EVERYONE)
    texts = [text.encode() for text in request.event_texts()]
    assert ApprovalRequest.restore(texts, head=request.head).text == request.text
    request.approve("ann@example.com", content_hash=request.content_hash)
    request.consume(b'{"metaData": {"amount": "5"}}')
    for wrong, code in (
        (b'{"templateId": "REFUND", "templateId": "X"}', "duplicate_key"),
        (b'{"templateId": "REFUND", "metaData": {"amount": 12.50}}', "metadata_type"),
        (b"\xff", "wrong_type"),
        (b"[1]", "wrong_type"),
    ):
        with pytest.raises(JitError) as raised:
            template.open(wrong, origin=ORIGIN, directory=EVERYONE)
        assert raised.value.code == code


def test_another_interpreter_is_rejected() -> None:
    source = """
import importlib
for name in ("_xxsubinterpreters", "_interpreters"):
    try:
        interpreters = importlib.import_module(name)
        break
    except ImportError:
        pass
else:
    raise SystemExit("ok")
import jit_approvals
try:
    other = interpreters.create(isolated=False)
except TypeError:
    other = interpreters.create("legacy")
code = "try:\\n    import jit_approvals\\nexcept ImportError as error:\\n    pass\\nelse:\\n    raise SystemExit('imported')"
try:
    failed = interpreters.run_string(other, code)
    print("imported" if failed else "ok")
except Exception as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert "ok" in ran.stdout + ran.stderr and "imported" not in ran.stdout + ran.stderr, ran
