"""Handles that nobody uses any more are freed, and what a call allocates is freed with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jit_approvals import ApprovalRequest, JitError, Jwt, Minter, SigningKey, Template, Verifier, verify_chain

from .conftest import EVERYONE, NAMES, ORIGIN, RECORD

STATM = Path("/proc/self/statm")
PAGE = 4096
MEBIBYTE = 2**20


def resident() -> int:
    """The memory of this process, in bytes."""
    return int(STATM.read_text().split()[1]) * PAGE


def growth(make: Callable[[], object], count: int) -> float:
    """By how many MiB the process grows while ``count`` objects are made and dropped, after a tenth of them."""
    for _ in range(count // 10):
        make()
    before = resident()
    for _ in range(count):
        make()
    return (resident() - before) / MEBIBYTE


@pytest.mark.skipif(not STATM.exists() or sys.platform != "linux", reason="needs /proc")
def test_memory_stays_flat(key: SigningKey, template: Template, request_: ApprovalRequest) -> None:
    minter, verifier = Minter(key, **NAMES), Verifier(key, **NAMES)
    token, texts = minter.mint("kevin"), request_.event_texts()
    big = {**RECORD, "approvalData": "Refund $(amount). " + "x" * 20_000}

    def failing() -> None:
        try:
            verifier.verify(token + "x")
        except JitError:
            pass

    for make, count in (
        (lambda: SigningKey.from_bytes(bytes(32)), 1_000_000),
        (lambda: Minter(key, **NAMES), 100_000),
        (lambda: Verifier(key, **NAMES), 100_000),
        (lambda: Jwt.create({"a": 1}).compact(key), 100_000),
        (lambda: verifier.verify(minter.mint("kevin", {"roles": ["a", "b"]})), 200_000),
        (failing, 50_000),
        (lambda: Template.parse(big), 5_000),
        (lambda: template.render({"amount": "5"}, origin=ORIGIN).parts, 100_000),
        (lambda: template.open({"metaData": {"amount": "5"}}, origin=ORIGIN, directory=EVERYONE).events, 20_000),
        (lambda: ApprovalRequest.restore(texts).to_dict(), 20_000),
        (lambda: verify_chain(texts), 20_000),
        (lambda: request_.stages, 20_000),
    ):
        assert growth(make, count) < 4
