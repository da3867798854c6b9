"""Threads, forks, processes and event loops."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from jit_approvals import ApprovalRequest, JitError, Minter, SigningKey, Template, UnverifiedToken, Verifier

from .conftest import EVERYONE, NAMES, ORIGIN, RECORD

KEY = SigningKey.from_bytes(bytes(32))


def ids(count: int) -> list[str]:
    minter = Minter(KEY, **NAMES)
    return [UnverifiedToken.parse(minter.mint("kevin")).claims["jti"] for _ in range(count)]


def test_sixteen_threads_share_everything() -> None:
    minter, verifier = Minter(KEY, **NAMES), Verifier(KEY, **NAMES)
    request = Template.parse({**RECORD, "requiredApprovals": 1}).open(
        {"metaData": {"amount": 5}}, origin=ORIGIN, directory=EVERYONE
    )
    request.approve("ann@example.com", content_hash=request.content_hash)
    consumed: list[bool] = []
    start = threading.Barrier(16)

    def work(number: int) -> None:
        start.wait()
        for _ in range(500):
            assert verifier.verify(minter.mint(str(number)))["sub"] == str(number)
        try:
            request.consume({"metaData": {"amount": 5}})
            consumed.append(True)
        except JitError as error:
            assert error.code == "grant_consumed"
            consumed.append(False)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert consumed.count(True) == 1 and len(consumed) == 16
    assert ApprovalRequest.restore(request.events).head == request.head


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_ids_are_unique_after_a_fork() -> None:
    ids(1)
    # A child process, because pytest's own may have threads.
    source = f"""
import os, sys
sys.path.insert(0, {str(os.path.dirname(os.path.dirname(__file__)))!r})
from tests.test_processes import ids
ids(1)
read, write = os.pipe()
if os.fork() == 0:
    with os.fdopen(write, "w") as out:
        out.write(" ".join(ids(10_000)))
    os._exit(0)
os.close(write)
mine = set(ids(10_000))
with os.fdopen(read) as theirs:
    other = set(theirs.read().split())
print(len(mine), len(other), len(mine & other))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["10000", "10000", "0"]


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"needs {method}")
    source = f"""
import multiprocessing, sys
sys.path.insert(0, {str(os.path.dirname(os.path.dirname(__file__)))!r})
from tests.test_processes import ids
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        made = [id for part in pool.map(ids, [1000] * 4) for id in part]
    print(len(made), len(set(made)))
"""
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(source)
    try:
        done = subprocess.run([sys.executable, file.name], capture_output=True, text=True, check=True)
    finally:
        os.unlink(file.name)
    assert done.stdout.split() == ["4000", "4000"]


def test_process_pools_take_errors_home() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(JitError) as raised:
            pool.submit(fails).result()
    assert raised.value.code == "malformed_token"
    assert pickle.loads(pickle.dumps(raised.value)).field == raised.value.field


def fails() -> None:
    Verifier(KEY, **NAMES).verify("a")


def test_asyncio() -> None:
    async def run() -> list[str]:
        minter = Minter(KEY, **NAMES)
        loop = asyncio.get_running_loop()
        return list(await asyncio.gather(*(loop.run_in_executor(None, minter.mint, "kevin") for _ in range(20))))

    assert len(set(asyncio.run(run()))) == 20
