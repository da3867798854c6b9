"""The README's Python, word for word, with the real frameworks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jit_approvals import Minter, SigningKey, Verifier

from . import readme
from .conftest import NAMES

KEY = SigningKey.generate_base64()
META_DATA = {"item": "a seat", "price": "$5"}
ACT = json.dumps({"metaData": META_DATA}).encode()
BODY = {"templateId": "PURCHASE", "metaData": META_DATA}
HEADER = "X-Nl3-Authorization-Token"


def run(source: str, name: str = "readme") -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        # Without this file's own `from __future__ import annotations`.
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))
    finally:
        del sys.modules[name]
    return module


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNING_KEY", KEY)
    monkeypatch.setenv("DATABASE", str(tmp_path / "approvals.db"))


@pytest.fixture
def approvals(environment: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    module = run(readme.block("def waiting"), "approvals")
    monkeypatch.setitem(sys.modules, "approvals", module)
    return module


@pytest.fixture
def database(approvals: Any) -> Iterator[Any]:
    with approvals.connect() as database:
        yield database


def minter() -> Minter:
    return Minter(SigningKey.from_base64(KEY), **NAMES)


def test_every_block_compiles() -> None:
    for source in readme.BLOCKS:
        compile(source, "README.md", "exec")


def test_the_projects_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(readme.ROOT)
    (source,) = readme.blocks(readme.ROOT / "README.md")
    assert run(source).request.grant.status == "consumed"


def test_before_and_after() -> None:
    verifier = Verifier(SigningKey.from_base64(KEY), **NAMES)
    assert verifier.verify(run(readme.block("minter.mint(\"kevin\", {\"role\"")).token)["role"] == "buyer"
    assert verifier.verify(run(readme.block("class Claims")).token)["level"] == 3
    pytest.importorskip("jwt")
    assert verifier.verify(run(readme.block("import jwt")).token)["sub"] == "kevin"


def test_the_page() -> None:
    page = run(readme.block("def html")).page
    assert page == (
        "<h1><bdi>Transfer to </bdi><bdi>Cohen &amp; שרה</bdi><bdi>?</bdi></h1>"
        "<p><bdi>Transfer to </bdi><bdi>Cohen &amp; שרה</bdi><bdi> 500 times, </bdi><bdi>$7</bdi><bdi> each.</bdi></p>"
    )


def test_the_story(approvals: Any, database: Any) -> None:
    from jit_approvals import JitError

    token = minter().mint("kevin")
    request = approvals.ask(database, token, json.dumps(BODY).encode())
    assert request.text == "kevin wants to buy a seat for $5.\nshop.example.com"
    assert [each.id for each in approvals.waiting(database, "steve@example.com")] == [request.id]
    assert approvals.waiting(database, "eve@example.com") == []
    with pytest.raises(ValueError):
        approvals.decide(database, "steve@example.com", request.id, "deny", request.content_hash)
    with pytest.raises(JitError, match="may not decide"):
        approvals.decide(database, "kevin", request.id, "approve", request.content_hash)
    approved = approvals.decide(database, "steve@example.com", request.id, "approve", request.content_hash)
    assert approved.status == "approved" and approvals.waiting(database, "steve@example.com") == []
    assert approvals.consume(database, minter().mint("eve"), request.id, ACT) is None
    with pytest.raises(JitError, match="differs from what was approved"):
        approvals.consume(database, token, request.id, ACT.replace(b"$5", b"$6"))
    assert approvals.consume(database, token, request.id, ACT).grant.status == "consumed"
    with pytest.raises(JitError, match="was consumed"):
        approvals.consume(database, token, request.id, ACT)


def test_two_processes_consume_at_once(approvals: Any, database: Any, tmp_path: Path) -> None:
    (tmp_path / "approvals.py").write_text(readme.block("def waiting"), "utf-8")
    (tmp_path / "worker.py").write_text(
        "import sys, approvals\n"
        "from jit_approvals import JitError, Minter\n"
        "token = Minter(approvals.key, issuer='shop.example.com', audience='approvals.example.com').mint('kevin')\n"
        "print('ready', flush=True)\n"
        "for line in sys.stdin:\n"
        "    try:\n"
        "        with approvals.connect() as database:\n"
        f"            approvals.consume(database, token, line.strip(), {ACT!r})\n"
        "        print('consumed', flush=True)\n"
        "    except JitError as error:\n"
        "        print(error.code, flush=True)\n",
        "utf-8",
    )
    command = [sys.executable, "worker.py"]
    workers = [
        subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(2)
    ]
    token = minter().mint("kevin")

    def answer(worker: Any, line: str | None = None) -> str:
        if line is not None:
            worker.stdin.write(line + "\n")
            worker.stdin.flush()
        return str(worker.stdout.readline().strip())

    try:
        assert [answer(worker) for worker in workers] == ["ready"] * 2
        with ThreadPoolExecutor(2) as pool:
            for _ in range(100):
                request = approvals.ask(database, token, json.dumps(BODY).encode())
                approvals.decide(database, "steve@example.com", request.id, "approve", request.content_hash)
                answers = list(pool.map(answer, workers, [request.id] * 2))
                assert sorted(answers) == ["consumed", "grant_consumed"]
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def test_flask(approvals: Any, database: Any) -> None:
    pytest.importorskip("flask")
    client = run(readme.block("import flask\n")).app.test_client()
    headers = {HEADER: minter().mint("kevin")}
    opened = client.post("/approvalRequest", json=BODY, headers=headers)
    assert (opened.status_code, opened.json["status"]) == (201, "pending")
    assert client.post("/approvalRequest", json=BODY).status_code == 401
    for body in (b"", b"[1]", b"\xff", b'{"templateId": "PURCHASE", "templateId": "X"}'):
        assert client.post("/approvalRequest", data=body, headers=headers).status_code == 400
    id, shown = opened.json["id"], opened.json["contentHash"]
    request = approvals.decide(database, "steve@example.com", id, "approve", shown)
    path = f"/approvalRequest/{request.id}/consume"
    assert client.post(path, json={"metaData": META_DATA}, headers=headers).json["grant"]["status"] == "consumed"
    again = client.post(path, json={"metaData": META_DATA}, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "grant_consumed")


def test_fastapi(approvals: Any) -> None:
    pytest.importorskip("fastapi")
    testclient = pytest.importorskip("fastapi.testclient")
    client = testclient.TestClient(run(readme.block("import fastapi\n")).app)
    headers = {HEADER: minter().mint("kevin")}
    opened = client.post("/approvalRequest", json=BODY, headers=headers)
    assert (opened.status_code, opened.json()["status"]) == (201, "pending")
    refused = client.post("/approvalRequest", json=BODY)
    assert (refused.status_code, refused.json()["family"]) == (401, "token")


def test_django(approvals: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    django = pytest.importorskip("django")
    from django.conf import settings

    settings.configure(
        ROOT_URLCONF="urls", MIDDLEWARE=["urls.JitErrors"], SECRET_KEY="test", ALLOWED_HOSTS=["*"], DATABASES={}
    )
    monkeypatch.setitem(sys.modules, "urls", run(readme.block("django.urls"), "urls"))
    django.setup()
    from django.test import Client

    client: Any = Client()
    headers = {"HTTP_X_NL3_AUTHORIZATION_TOKEN": minter().mint("kevin")}
    opened = client.post("/approvalRequest", BODY, content_type="application/json", **headers)
    assert (opened.status_code, opened.json()["status"]) == (201, "pending")
    refused = client.post("/approvalRequest", BODY, content_type="application/json")
    assert (refused.status_code, refused.json()["family"]) == (401, "token")
