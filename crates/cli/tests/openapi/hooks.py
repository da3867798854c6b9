"""What schemathesis does not know: who calls, and what exists. Importing this registers it."""

import random
import re
from collections import Counter
from itertools import count
from urllib.parse import quote, unquote

import schemathesis
from shop import ADMIN, ISS, OTHER, OTHER_TEMPLATE, PASSWORD, SPARE, STEVE

TEMPLATE = "PURCHASE_APPROVAL"

# The one in the examples of the description.
HASH = "5f0c3e7b9d1a4c2e8f6b0d4a7c9e1f3b5d7a9c1e3f5b7d9a1c3e5f7b9d1a3c5e"

# What ends the session that it is called with, or the person's others.
ENDING = {"signOut", "endSessions", "changePassword"}

ETAG = re.compile('"[0-9]+"')
KEY = re.compile("[!-~]([ -~]{0,198}[!-~])?")
UUID = re.compile("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")

# The server, once it is started.
shop = None
choose = random.Random(1)
password = PASSWORD
numbers = count(1)
# How often each operation has got each status.
seen = Counter()


def named(case):
    return case.operation.definition.raw["operationId"]


def caller(case):
    """The headers by which the caller proves themselves."""
    schemes = {name for each in case.operation.definition.raw["security"] for name in each}
    if named(case) in ENDING:
        return shop.by_cookie(SPARE)
    if "authToken" in schemes and ("personalToken" not in schemes or choose.random() < 0.5):
        return shop.as_application()
    if "personalToken" in schemes:
        return {"Authorization": f"Bearer {shop.tokens[ADMIN]}"}
    return shop.by_cookie(ADMIN) if schemes else shop.from_elsewhere()


def sound(name, value):
    """Whether a part of a path is as described. Others must be rejected, and stay as they are."""
    return isinstance(value, str) and (name != "id" or UUID.fullmatch(value) is not None)


def existing(case):
    """The parameters of a path that exists."""
    path, is_read = case.operation.path, case.method == "GET"
    if path.startswith("/applications"):
        # The application whose tokens are used, and its key, are only read.
        return {"id": shop.application, "key": shop.signing_key} if is_read else {}
    for start, value in {
        "/approvalRequest": {"id": shop.request}, "/grant": {"id": shop.grant}, "/groups": {"key": "buyers"},
        "/templates": {"key": TEMPLATE if is_read else OTHER_TEMPLATE}, "/users": {"email": STEVE if is_read else OTHER},
    }.items():
        if path.startswith(start):
            return value
    return {}


def renew(case):
    """Makes an example work again: what it would create exists, or is used up."""
    name, body = named(case), case.body if isinstance(case.body, dict) else {}
    if name == "createUser" and body.get("email") == STEVE:
        body["email"] = f"user{next(numbers)}@acme.example"
    if name == "createGroup" and body.get("key") == "buyers":
        body["key"] = f"buyers{next(numbers)}"
    if name == "createTemplate" and body.get("approvalKey") == TEMPLATE:
        body["approvalKey"] = f"PURCHASE_{next(numbers)}"
    if name == "replaceTemplate" and body.get("approvalKey") == TEMPLATE:
        body["approvalKey"] = OTHER_TEMPLATE
    if name == "createApplication" and body.get("identifiers") == [ISS]:
        body["identifiers"] = [f"{next(numbers)}.example.com"]
    if name == "decideRequest" and body.get("contentHash") == HASH:
        request = shop.open()
        body["contentHash"], case.path_parameters["id"] = request["contentHash"], request["id"]
        case.headers["Authorization"] = f"Bearer {shop.tokens[STEVE]}"
    if name == "consumeGrant" and body.get("metaData") == shop.body["metaData"]:
        case.path_parameters["id"] = shop.approved()["grant"]["id"]
    if ETAG.fullmatch(case.headers.get("If-Match", "")) and choose.random() < 0.5:
        path = case.operation.path.format_map(case.path_parameters)
        try:
            answer, _ = shop.send("GET", quote(path), None, {"Authorization": f"Bearer {shop.tokens[ADMIN]}"})
            case.headers["If-Match"] = answer.headers["ETag"]
        except (RuntimeError, UnicodeError):
            pass


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers.update(caller(case))
    if all(sound(name, value) for name, value in (case.path_parameters or {}).items()) and choose.random() < 0.5:
        values = existing(case)
        case.path_parameters.update({name: values.get(name, value) for name, value in case.path_parameters.items()})
    # The same key finds the same request, whatever the other headers are.
    if (key := case.headers.get("Idempotency-Key")) and KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"{key}-{choose.random()}"
    # Nor is what the other calls need changed.
    if case.method != "GET" and case.path_parameters:
        spare = {TEMPLATE: OTHER_TEMPLATE, STEVE: OTHER}
        case.path_parameters = {name: spare.get(unquote(str(value)), value) for name, value in case.path_parameters.items()}
    renew(case)
    # A longer wait finds nothing more.
    if case.query and str(case.query.get("waitSeconds", "")).isdecimal() and 1 < int(case.query["waitSeconds"]) <= 55:
        case.query["waitSeconds"] = 1


@schemathesis.hook
def after_call(context, case, response):
    global password
    seen[named(case), response.status_code] += 1
    if named(case) in ENDING and response.status_code < 300:
        if named(case) == "changePassword":
            password = case.body["newPassword"]
        shop.sessions[SPARE] = shop.sign_in(SPARE, password)
