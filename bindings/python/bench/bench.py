"""``cargo xtask bench python``: what the hot calls cost, against what Python users have. Ratios of medians over interleaved
slices: what disturbs one side disturbs the other, too."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import statistics
import string
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any, Callable

import joserfc.jwt
import jwt
from joserfc.jwk import OctKey

from jit_approvals import Minter, SigningKey, Template, Verifier

ROOT = Path(__file__).parents[3]
SLICES = 41
SLICE_SECONDS = 0.004
ISSUER, AUDIENCE, SUBJECT = "https://app.example.com", "api.example.com", "user@example.com"
SECRET = bytes([7]) * 32

Work = Callable[[], Any]
rows: list[dict[str, Any]] = []


def piece(work: Work, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls


def measure(works: list[Work]) -> list[float]:
    calls = []
    for work in works:
        piece(work, 200)
        calls.append(max(1, int(SLICE_SECONDS / piece(work, 200))))
    times: list[list[float]] = [[] for _ in works]
    for _ in range(SLICES):
        for index, work in enumerate(works):
            times[index].append(piece(work, calls[index]))
    return [statistics.median(each) for each in times]


def compare(work: str, ours: Work, peers: dict[str, Work]) -> None:
    own, *others = measure([ours, *peers.values()])
    for peer, theirs in zip(peers, others):
        rows.append({"work": work, "us": own * 1e6, "against": peer, "peerUs": theirs * 1e6, "ratio": theirs / own})
        print(f"  {work} … {peer}", file=sys.stderr)


key = SigningKey.from_bytes(SECRET)
minter = Minter(key, issuer=ISSUER, audience=AUDIENCE)
verifier = Verifier(key, issuer=ISSUER, audience=AUDIENCE)
oct_key = OctKey.import_key(SECRET)


def claims() -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 300,
        "nbf": now - 60,
        "otherClaim": "claimValue",
    }


HEADER = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"HS256"}').rstrip(b"=")
BYTES = (
    b'{"iss":"https://app.example.com","aud":"api.example.com","sub":"user@example.com","jti":"%s","iat":%d,"exp":%d,'
    b'"nbf":%d,"otherClaim":"claimValue"}'
)


def by_hand() -> str:
    now = int(time.time())
    payload = BYTES % (str(uuid.uuid4()).encode(), now, now + 300, now - 60)
    signed = HEADER + b"." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    return (signed + b"." + base64.urlsafe_b64encode(hmac.digest(SECRET, signed, "sha256")).rstrip(b"=")).decode()


def verify_by_hand(token: str) -> dict[str, Any]:
    signed, _, signature = token.rpartition(".")
    expected = hmac.new(SECRET, signed.encode(), hashlib.sha256).digest()
    assert hmac.compare_digest(expected, base64.urlsafe_b64decode(signature + "="))
    payload = signed.partition(".")[2]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert read["exp"] > time.time() and read["iss"] == ISSUER and read["aud"] == AUDIENCE
    return read


compare(
    "mint",
    lambda: minter.mint(SUBJECT, {"otherClaim": "claimValue"}),
    {
        "PyJWT": lambda: jwt.encode(claims(), SECRET, algorithm="HS256"),
        "joserfc": lambda: joserfc.jwt.encode({"alg": "HS256"}, claims(), oct_key),
        "by hand": by_hand,
    },
)

token = minter.mint(SUBJECT, {"otherClaim": "claimValue"})
registry = joserfc.jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE})
compare(
    "verify to a dict",
    lambda: verifier.verify(token),
    {
        "PyJWT": lambda: jwt.decode(token, SECRET, algorithms=["HS256"], issuer=ISSUER, audience=AUDIENCE),
        "joserfc": lambda: registry.validate(joserfc.jwt.decode(token, oct_key).claims),
        "by hand": lambda: verify_by_hand(token),
    },
)

record = json.loads((ROOT / "examples/purchase/approve.template.json").read_text("utf-8"))
values = json.loads((ROOT / "examples/purchase/approve.request.json").read_text("utf-8"))["metaData"]
template = Template.parse(record)
origin = {"application": "https://msonline.nextlevel3.com", "subject": "kevin"}
defaults = {row["key"]: row["defaultValue"] for row in record["metadata"]}
title_of, text_of = (string.Template(record[name]) for name in ("approvalTitle", "approvalData"))


def substitute() -> tuple[str, str]:
    given = {**defaults, **values, "companyName": "msonline.nextlevel3.com"}
    return title_of.substitute(given), text_of.substitute(given)


def render() -> tuple[str, str]:
    rendered = template.render(values, origin=origin)
    return rendered.title, rendered.text


assert substitute() == render()
compare("render the purchase, checked", render, {"string.Template, unchecked": substitute})


def imported(statement: str) -> float:
    """Seconds of an import alone, in a fresh process."""
    source = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout)


BLOCKED = "import sys; sys.modules['cryptography'] = None; import jwt"
pairs = [(imported("import jit_approvals"), imported(BLOCKED)) for _ in range(21)]
own, theirs = (statistics.median(side) for side in zip(*pairs))
rows.append({"work": "import", "us": own * 1e6, "against": "PyJWT without cryptography", "peerUs": theirs * 1e6, "ratio": theirs / own})

print("| work | µs | against | µs | ratio |\n|---|--:|---|--:|--:|")
for row in rows:
    print(f"| {row['work']} | {row['us']:.2f} | {row['against']} | {row['peerUs']:.2f} | {row['ratio']:.2f} × as fast |")
(ROOT / "target/bench").mkdir(parents=True, exist_ok=True)
(ROOT / "target/bench/python.json").write_text(json.dumps(rows, indent=1))
