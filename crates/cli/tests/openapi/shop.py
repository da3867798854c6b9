"""A server that is started and filled: a company, its people, an application with a key, a template and requests.

    with Shop(program) as shop: …

Only Python's own library is needed.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

BASE = "/nl3/api/v1"
PASSWORD = "correct horse battery"
ADMIN, STEVE, SPARE = "ada@acme.example", "steve@nl3.com", "spare@acme.example"
# A user and a template that nothing else needs: they may be changed.
OTHER, OTHER_TEMPLATE = "otto@acme.example", "OTHER"
ISS = "msonline.nextlevel3.com"
PURCHASE = Path(__file__).parents[2] / "src/demo/purchase"


class Shop:
    def __init__(self, program):
        self.program = Path(program).absolute()
        self.folder = tempfile.TemporaryDirectory()
        self.addresses = 0

    def __enter__(self):
        made = subprocess.run(
            [self.program, "company", "new", "ACME", ADMIN, "--data", "data"],
            cwd=self.folder.name, check=True, capture_output=True, text=True,
        )
        # Who asks as much as these tests do would meet the limits.
        limits = {"CALLS_PER_SECOND": "100000", "SUBJECT_PENDING": "100000", "REFUSALS_PER_MINUTE": "100000"}
        environment = {f"JIT_{name}": value for name, value in limits.items()} | {"JIT_TRUSTED_PROXIES": "127.0.0.0/8"}
        self.log = open(Path(self.folder.name) / "log", "wb")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", "data", "--listen", "127.0.0.1:0", "--metrics-listen", "off"],
            cwd=self.folder.name, env=os.environ | environment, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        try:
            self.host = self.process.stdout.readline().removeprefix("listening on ").strip()
            self.url = f"http://{self.host}{BASE}"
            self._fill(made.stdout.strip())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()

    def _fill(self, secret):
        self.redeem(secret, ADMIN)
        self.sessions = {ADMIN: self.sign_in(ADMIN)}
        application = self.admin("POST", "/applications", {"name": ISS, "identifiers": [ISS]})
        self.application = application["id"]
        key = self.admin("POST", f"/applications/{self.application}/signingKeys")
        self.signing_key, self.key = key["id"], base64.b64decode(key["secret"])
        for email in (STEVE, SPARE):
            self.admin("POST", "/users", {"email": email, "name": email.split("@")[0].capitalize()})
            self.redeem(self.admin("POST", f"/users/{email.replace('@', '%40')}/link")["secret"], email)
            self.sessions[email] = self.sign_in(email)
        self.admin("POST", "/groups", {"key": "buyers", "name": "Buyers", "members": [STEVE]})
        template = json.loads((PURCHASE / "approve.template.json").read_text())
        for key in (template["approvalKey"], OTHER_TEMPLATE):
            self.admin("POST", "/templates", template | {"approvalKey": key})
        self.admin("POST", "/users", {"email": OTHER, "name": "Otto"})
        self.body = json.loads((PURCHASE / "approve.request.json").read_text())
        self.tokens = {}
        for email, scopes in ((ADMIN, ["read", "decide", "manage"]), (STEVE, ["read", "decide"])):
            body = {"name": "test", "scopes": scopes}
            self.tokens[email] = self.call("POST", "/tokens", body, self.by_cookie(email))["secret"]
        self.request = self.open()["id"]
        self.grant = self.approved()["grant"]["id"]

    def token(self, subject="kevin"):
        """An auth token of the application."""
        now = int(time.time())
        claims = {"iss": ISS, "aud": self.host, "sub": subject, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 3600}
        parts = [{"typ": "JWT", "alg": "HS256"}, claims]
        text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        return f"{text}.{encoded(hmac.digest(self.key, text.encode(), hashlib.sha256))}"

    def as_application(self):
        return {"X-Nl3-Authorization-Token": self.token()}

    def by_cookie(self, email):
        return {"Cookie": self.sessions[email], "Sec-Fetch-Site": "same-origin"}

    def admin(self, method, path, body=None):
        return self.call(method, path, body, self.by_cookie(ADMIN))

    def open(self):
        return self.call("POST", "/approvalRequest", self.body, self.as_application())

    def approved(self):
        """A request that was approved, as the application reads it."""
        request = self.open()
        path = f"/approvalRequest/{request['id']}"
        body = {"verdict": "approve", "contentHash": request["contentHash"]}
        self.call("POST", f"{path}/decision", body, self.by_cookie(STEVE))
        return self.call("GET", path, None, self.as_application())

    def sign_in(self, email, password=PASSWORD):
        """The cookie of a new session."""
        answer, _ = self.send("POST", "/session", {"email": email, "password": password}, self.from_elsewhere())
        return answer.headers["Set-Cookie"].split(";")[0]

    def redeem(self, secret, email):
        self.call("POST", "/link", {"secret": secret, "email": email, "password": PASSWORD}, self.from_elsewhere())

    def from_elsewhere(self):
        """An address that no other call has: sign-ins from one are limited."""
        self.addresses += 1
        return {"X-Forwarded-For": f"10.1.{self.addresses >> 8 & 255}.{self.addresses & 255}"}

    def call(self, method, path, body=None, headers=None):
        """The body of an answer, which must not be an error."""
        return self.send(method, path, body, headers)[1]

    def send(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        kind = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, BASE + path, None if body is None else json.dumps(body), kind | (headers or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return answer, json.loads(text or "null")


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
