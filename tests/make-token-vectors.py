#!/usr/bin/env python3
"""Writes the token vectors of tests/vectors/. Uses Python's own hmac, json and base64, so that it shares no code with
the implementation under test. Run it by hand after adding cases. The tests read the written files.

    python3 tests/make-token-vectors.py [NJWT_CASES NODE_BASE64_CASES]

Long file: nearly all of it is cases, a line or two each.

The two arguments are recordings: tokens that njwt 2.0.1 minted, and bytes that Node's Buffer decoded. Two of the files
are converted from them. Without the arguments these two files do not change.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "vectors"
NOW = 1_700_000_000
KEY = bytes(range(32))
OTHER = bytes(range(32, 64))
ISS, AUD, SUB = "https://app.example.com", "api.example.com", "user@example.com"
JTI = "3f2b8c1e-9d47-4a6b-8e55-0c1d2e3f4a5b"


def b64(data):
    return base64.b64encode(data).decode()


def url(data):
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).decode().rstrip("=")


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def signed(header, payload, key=KEY, digest=hashlib.sha256):
    """Returns a compact JWS of header and payload, each of which is text, bytes or a value."""
    parts = [part if isinstance(part, (str, bytes)) else text(part) for part in (header, payload)]
    content = ".".join(url(part) for part in parts)
    return content + "." + url(hmac.new(key, content.encode(), digest).digest())


HEADER = {"typ": "JWT", "alg": "HS256"}
CLAIMS = {"iss": ISS, "aud": AUD, "sub": SUB, "jti": JTI, "iat": NOW, "exp": NOW + 300, "nbf": NOW - 60,
          "otherClaim": "claimValue"}
GRANT_HEADER = {"typ": "jit-grant+jwt", "alg": "HS256", "kid": "k1"}
GRANT = {"iss": AUD, "aud": ISS, "sub": SUB, "jti": JTI, "exp": NOW + 300, "approvalRequestId": JTI,
         "templateId": "PURCHASE_APPROVAL", "contentHash": "ab" * 32}


def write(operation, about, cases):
    for case in cases:
        assert set(case) <= {"id", "why", "source", "scope", "given", "expect"}, case
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    head = json.dumps({"format": 1, "operation": operation, "about": about, "count": len(cases)}, ensure_ascii=False)
    (FOLDER / f"{operation}.json").write_text(head[:-1] + ',\n "cases": [\n' + lines + "\n ]}\n", encoding="utf-8")


def case(identifier, why, given, ok=None, error=None, source="this project"):
    expect = {"error": error} if error else {"ok": ok}
    return {"id": identifier, "why": why, "source": source, "given": given, "expect": expect}


# ---------------------------------------------------------------------------------------------------------------

def converted_njwt(path):
    cases = []
    for old in json.loads(Path(path).read_text(encoding="utf-8"))["cases"]:
        given = {"claims": old["claims_text"], "key": old["key_base64"], "nowMillis": old["now_ms"],
                 "jti": old["jti"], "calls": old["calls"]}
        new = case(old["name"], "the token that njwt minted", given, {"token": old["expected"]}, source="njwt 2.0.1")
        if old["name"] == "setHeader_object_crit":
            new = case(old["name"], "njwt signs this header; we do not, because verifiers that follow RFC 7515 4.1.11 "
                       "reject it", given, error="unsupported_header", source="njwt 2.0.1, RFC 7515")
        cases.append(new | {"scope": old["scope"]})
    write("jwt.create",
          "Creates a token from claims (JSON text, because the order of members matters) and setter calls, at a time "
          "in milliseconds and with a jti. Result: the compact token that njwt 2.0.1 creates. Cases of scope "
          "`javascript` have values that only JavaScript has, and apply only to its replacement for njwt.", cases)


def key_bytes(given):
    """Decodes a key by our rules: either alphabet, at most canonical padding, white space ignored, unused bits zero."""
    plain = re.sub(r"[ \t\r\n]", "", given).replace("-", "+").replace("_", "/")
    body = plain.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9+/]*", body) or len(body) % 4 == 1 or len(plain) - len(body) > -len(body) % 4:
        return None
    data = base64.b64decode(body + "=" * (-len(body) % 4))
    return data if base64.b64encode(data).decode().rstrip("=") == body else None


def converted_base64(path):
    cases = []
    for old in json.loads(Path(path).read_text(encoding="utf-8"))["cases"]:
        try:
            old["input"].encode()
        except UnicodeEncodeError:
            continue  # Only JavaScript allows a lone surrogate in text.
        data = key_bytes(old["input"])
        given = {"text": old["input"], "leastBytes": 1}
        if data is None:
            new = case(old["name"], "Node skips characters or stops early, and we reject the text", given,
                       error="malformed_key")
        elif not data:
            new = case(old["name"], "an empty key is never allowed", given, error="key_too_short")
        else:
            assert data.hex() == old["expected"], old
            new = case(old["name"], "the bytes are the same as in Node", given,
                       {"signs": signed({"alg": "HS256"}, "", data)})
        cases.append(new | {"source": "Node 20, Buffer.from(text, 'base64')"})
    short = {"text": b64(KEY[:31]), "leastBytes": 32}
    cases += [
        case("31-bytes", "a key has at least as many bytes as the hash", short, error="key_too_short",
             source="RFC 7518 3.2"),
        case("31-bytes-allowed", "an explicit option lowers the bound", short | {"leastBytes": 31},
             {"signs": signed({"alg": "HS256"}, "", KEY[:31])}),
        case("never-empty", "an empty key is never allowed", {"text": "", "leastBytes": 0},
             error="key_too_short"),
        case("white-space", "white space is ignored, because keys are pasted with line ends",
             {"text": "\t" + b64(KEY)[:20] + "\r\n " + b64(KEY)[20:], "leastBytes": 32},
             {"signs": signed({"alg": "HS256"}, "", KEY)}),
        case("no-break-space", "white space means spaces, tabs and line ends only", {"text": b64(KEY) + "\u00a0",
             "leastBytes": 32}, error="malformed_key"),
    ]
    write("signingKey.fromBase64",
          "Reads a signing key from base64 text, with a minimum number of bytes. A key never shows its bytes, so the "
          "result is `signs`: the JWS of an empty payload with the header {\"alg\":\"HS256\"}. One recorded case "
          "with a lone surrogate is left out, because it is not Unicode text.", cases)


# ---------------------------------------------------------------------------------------------------------------

def jws():
    k = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==")
    a1 = ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
          ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
          ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    good = signed(HEADER, "payload")
    head, body, signature = good.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def stray(segment):
        """Changes an unused bit of the last character. A lenient decoder returns the same bytes."""
        return segment[:-1] + alphabet[alphabet.index(segment[-1]) ^ 1]

    with_dash = next(s for s in (signed(HEADER, f"payload {n}") for n in range(99)) if "-" in s or "_" in s)
    keys = [{"key": b64(KEY)}]
    rotated = [{"key": b64(OTHER)}, {"key": b64(KEY)}]
    named = [{"key": b64(OTHER), "id": "k0"}, {"key": b64(KEY), "id": "k1"}]

    def bad(identifier, why, token, error, keys=keys):
        return case(identifier, why, {"token": token, "keys": keys}, error=error)

    def good_case(identifier, why, header, payload, keys=keys, token=None, source="this project"):
        token = token or signed(header, payload)
        header = json.loads(header) if isinstance(header, str) else header
        return case(identifier, why, {"token": token, "keys": keys}, {"header": header, "payload": payload},
                    source=source)

    cases = [
        case("rfc7515-a1", "the example of the specification", {"token": a1, "keys": [{"key": b64(k)}]},
             {"header": {"typ": "JWT", "alg": "HS256"},
              "payload": "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
             source="RFC 7515 A.1"),
        good_case("usual", "the header that njwt writes", HEADER, "payload"),
        good_case("usual-other-order", "the header that PyJWT writes", {"alg": "HS256", "typ": "JWT"}, "payload"),
        good_case("unknown-parameter", "a parameter that is not critical is ignored", HEADER | {"x": [1]}, "payload"),
        good_case("empty-payload", "the payload can be empty", HEADER, ""),
        good_case("rotated", "any of several keys can verify the token", HEADER, "payload", rotated),
        good_case("kid-chooses", "the kid selects one of the keys", HEADER | {"kid": "k1"}, "payload", named),
        good_case("kid-without-ids", "keys without an id are always tried", HEADER | {"kid": "k9"}, "payload"),
        bad("kid-unknown", "no key has this id", signed(HEADER | {"kid": "k9"}, "payload"), "unknown_key", named),
        bad("kid-of-another-key", "only the key that the kid names is tried",
            signed(HEADER | {"kid": "k0"}, "payload"), "invalid_signature", named),
        bad("kid-number", "a kid must be a string", signed(HEADER | {"kid": 1}, "payload"), "malformed_token"),
        bad("wrong-key", "the token is signed with another key", signed(HEADER, "payload", OTHER), "invalid_signature"),
        bad("payload-changed", "the signature covers the payload", f"{head}.{url('Payload')}.{signature}",
            "invalid_signature"),
        bad("header-changed", "the signature covers the header", f"{url(text(HEADER | {'x': 1}))}.{body}.{signature}",
            "invalid_signature"),
        bad("rs256-confusion", "the key decides how to verify, not the token (RFC 8725 2.1)",
            signed(HEADER | {"alg": "RS256"}, "payload"), "unsupported_algorithm"),
        bad("hs512", "HS256 is the only accepted algorithm", signed(HEADER | {"alg": "HS512"}, "payload",
            digest=hashlib.sha512), "unsupported_algorithm"),
        bad("hs512-header-hs256-signature", "the algorithm in the header counts, even if the signature is HS256",
            signed(HEADER | {"alg": "HS512"}, "payload"), "unsupported_algorithm"),
        bad("alg-lower-case", "names of algorithms are case-sensitive (RFC 7515 4.1.1)",
            signed(HEADER | {"alg": "hs256"}, "payload"), "unsupported_algorithm"),
        bad("alg-missing", "a header must name its algorithm", signed({"typ": "JWT"}, "payload"), "malformed_token"),
        bad("alg-array", "an algorithm must be a string", signed(HEADER | {"alg": ["HS256"]}, "payload"),
            "malformed_token"),
        bad("alg-null", "an algorithm must be a string", signed(HEADER | {"alg": None}, "payload"), "malformed_token"),
        bad("alg-twice", "two readers could use different values",
            signed('{"alg":"HS256","alg":"none"}', "payload"), "malformed_token"),
        bad("alg-twice-escaped", "an escaped key is the same key",
            signed('{"alg":"HS256","\\u0061lg":"none"}', "payload"), "malformed_token"),
        bad("crit", "a critical parameter that is not understood is rejected (RFC 7515 4.1.11)",
            signed(HEADER | {"crit": ["exp"], "exp": 1}, "payload"), "unsupported_header"),
        bad("crit-empty", "an empty list is not allowed either", signed(HEADER | {"crit": []}, "payload"),
            "unsupported_header"),
        bad("header-array", "a header must be an object", signed('["HS256"]', "payload"), "malformed_token"),
        bad("header-not-json", "a header must be JSON", signed("HS256", "payload"), "malformed_token"),
        bad("header-empty", "an empty header is not JSON", f".{body}.{signature}", "malformed_token"),
        bad("header-bom", "a byte order mark is not allowed", signed(b"\xef\xbb\xbf" + text(HEADER).encode(),
            "payload"), "malformed_token"),
        bad("header-invalid-utf8", "JSON must be UTF-8", signed(b'{"alg":"HS256","x":"\xff"}', "payload"),
            "malformed_token"),
        bad("header-nul", "control characters in strings must be escaped", signed('{"alg":"HS256","x":"\0"}',
            "payload"), "malformed_token"),
        bad("header-deep", "nesting is limited to 32 levels", signed('{"alg":"HS256","x":' + "[" * 40 + "]" * 40 + "}",
            "payload"), "malformed_token"),
        bad("signature-empty", "an empty signature proves nothing", f"{head}.{body}.", "invalid_signature"),
        bad("signature-short", "a signature has 32 bytes", f"{head}.{body}.{signature[:-4]}", "malformed_token"),
        bad("signature-31-bytes", "a signature has 32 bytes", f"{head}.{body}.{url(bytes(31))}", "invalid_signature"),
        bad("signature-33-bytes", "a signature has 32 bytes", f"{head}.{body}.{url(bytes(33))}", "invalid_signature"),
        bad("signature-padded", "base64url in a token has no padding (RFC 7515 2)", good + "=", "malformed_token"),
        bad("signature-stray-bits", "each signature has exactly one text", f"{head}.{body}.{stray(signature)}",
            "malformed_token"),
        bad("payload-padded", "the signature covers the text of the payload, and padding changes it",
            f"{head}.{body}==.{signature}", "invalid_signature"),
        bad("payload-stray-bits", "the signature covers the text of the payload, not its bytes",
            f"{head}.{stray(body)}.{signature}", "invalid_signature"),
        bad("standard-alphabet", "the alphabet must be that of base64url", with_dash.replace("-", "+").replace("_",
            "/"), "invalid_signature" if not set("-_") & set(with_dash.split(".")[2]) else "malformed_token"),
        bad("two-segments", "a token has three segments", f"{head}.{body}", "malformed_token"),
        bad("four-segments", "a token has three segments", good + ".", "malformed_token"),
        bad("four-segments-inside", "a token has three segments", f"{head}.{body}.{body}.{signature}",
            "malformed_token"),
        bad("five-segments", "encrypted tokens are not supported", f"{head}.{body}.{body}.{body}.{signature}",
            "malformed_token"),
        bad("empty", "a token has three segments", "", "malformed_token"),
        bad("dots", "an empty header is not JSON", "..", "malformed_token"),
        bad("leading-space", "white space is not allowed", " " + good, "malformed_token"),
        bad("trailing-line-end", "white space is not allowed", good + "\n", "malformed_token"),
        bad("inner-line-end", "white space is not allowed", f"{head[:4]}\n{head[4:]}.{body}.{signature}",
            "malformed_token"),
        bad("nul", "the character is not allowed", good + "\0", "malformed_token"),
        bad("not-ascii", "the character is not allowed", good[:-1] + "\u00e9", "malformed_token"),
        bad("full-width", "the character is not allowed", good.replace(".", "\uff0e"), "malformed_token"),
        bad("bearer", "the text must contain only the token", "Bearer " + good, "malformed_token"),
        bad("too-long", "the length of a token is limited", signed(HEADER, "x" * 60_000), "token_too_long"),
    ]
    for spelling in ("none", "None", "NONE", "nOnE"):
        header = url(text({"typ": "JWT", "alg": spelling}))
        for name, end in (("", ""), ("-signed", signature)):
            cases.append(bad(f"alg-{spelling}{name}", "the algorithm `none` proves nothing (RFC 8725 3.2)",
                             f"{header}.{body}.{end}", "unsupported_algorithm"))
    write("jws.verify",
          "Verifies a compact JWS with keys. Each key can have an id. Result: the header, and the payload as text.",
          cases)


# ---------------------------------------------------------------------------------------------------------------

def token_verify():
    base = {"keys": [{"key": b64(KEY)}], "issuer": ISS, "audience": AUD, "now": NOW}

    def good(identifier, why, claims, header=HEADER, source="this project", **given):
        token = signed(header, claims)
        claims = json.loads(claims) if isinstance(claims, str) else claims
        return case(identifier, why, base | given | {"token": token}, {"claims": claims}, source=source)

    def bad(identifier, why, claims, error, header=HEADER, **given):
        return case(identifier, why, base | given | {"token": signed(header, claims)}, error=error)

    def without(*names):
        return {name: value for name, value in CLAIMS.items() if name not in names}

    php = '{"iss":"%s","aud":"%s","iat":%d,"exp":%d,"sub":"%s"}' % (ISS.replace("/", "\\/"), AUD, NOW, NOW + 300, SUB)
    cases = [
        good("njwt", "the token of the published sample", CLAIMS, source="njwt 2.0.1"),
        good("pyjwt", "times are floats, and nbf is missing", text(without("nbf", "jti", "iat", "exp"))[:-1]
             + f',"iat":{NOW}.123456,"exp":{NOW + 300}.123456}}', {"alg": "HS256", "typ": "JWT"}, source="PyJWT"),
        good("php", "built by hand with hash_hmac: escaped slashes, no nbf, no jti", php, source="PHP, by hand"),
        good("dotnet", "custom claims come first, then the times", {"otherClaim": "claimValue", "nbf": NOW - 60,
             "exp": NOW + 300, "iat": NOW, "iss": ISS, "aud": AUD, "sub": SUB}, {"alg": "HS256", "typ": "JWT"},
             source="JwtSecurityTokenHandler"),
        good("no-typ", "typ is optional", CLAIMS, {"alg": "HS256"}),
        bad("typ-other", "the token is of another kind", CLAIMS, "wrong_token_type", HEADER | {"typ": "at+jwt"}),
        bad("typ-lower-case", "typ is case-sensitive", CLAIMS, "wrong_token_type", HEADER | {"typ": "jwt"}),
        bad("typ-number", "a typ must be a string", CLAIMS, "wrong_token_type", HEADER | {"typ": 1}),
        bad("typ-null", "a typ must be a string", CLAIMS, "wrong_token_type", HEADER | {"typ": None}),
        case("access-token", "an access token is not an auth token", base | {"issuer": AUD, "audience": ISS,
             "token": signed(GRANT_HEADER, GRANT)}, error="wrong_token_type"),
        # exp
        good("exp-last-second", "the last second of the leeway of 60 seconds", CLAIMS, now=NOW + 359),
        bad("exp-past-leeway", "a token has expired at its exp (RFC 7519 4.1.4), here after the leeway", CLAIMS,
            "token_expired", now=NOW + 360),
        good("exp-no-leeway", "the last second before exp", CLAIMS, now=NOW + 299, leewaySeconds=0),
        bad("exp-no-leeway-now", "the second of exp itself", CLAIMS, "token_expired", now=NOW + 300, leewaySeconds=0),
        good("exp-fraction", "the token is valid for another half second", CLAIMS | {"exp": NOW + 0.5},
             leewaySeconds=0),
        bad("exp-fraction-past", "the token expired half a second ago", CLAIMS | {"exp": NOW - 0.5}, "token_expired",
            leewaySeconds=0),
        bad("exp-missing", "a token must expire", without("exp"), "missing_claim"),
        bad("exp-text", "a time must be a number", CLAIMS | {"exp": str(NOW + 300)}, "invalid_claim"),
        bad("exp-null", "a time must be a number", CLAIMS | {"exp": None}, "invalid_claim"),
        bad("exp-true", "a time must be a number", CLAIMS | {"exp": True}, "invalid_claim"),
        bad("exp-negative", "the token expired before 1970", CLAIMS | {"exp": -1}, "token_expired"),
        good("exp-huge", "a huge time does not overflow", text(CLAIMS).replace(str(NOW + 300), "18446744073709551615")),
        good("exp-huge-float", "a huge time does not overflow", text(CLAIMS).replace(str(NOW + 300), "1e300")),
        bad("exp-minus-huge", "a huge time does not overflow", text(CLAIMS).replace(str(NOW + 300), "-1e300"),
            "token_expired"),
        bad("exp-out-of-range", "a number must fit into a double", text(CLAIMS).replace(str(NOW + 300), "1e400"),
            "malformed_claims"),
        # nbf, iat
        good("nbf-within-leeway", "a clock can be slow", CLAIMS | {"nbf": NOW + 60}),
        bad("nbf-past-leeway", "the token is not valid yet", CLAIMS | {"nbf": NOW + 61}, "token_not_yet_valid"),
        good("nbf-fraction", "a fraction of a second does not make a valid token invalid", CLAIMS | {"nbf": NOW - 0.5},
             leewaySeconds=0),
        bad("nbf-fraction-not-yet", "the token becomes valid in half a second", CLAIMS | {"nbf": NOW + 0.5},
            "token_not_yet_valid", leewaySeconds=0),
        bad("nbf-text", "a time must be a number", CLAIMS | {"nbf": "0"}, "invalid_claim"),
        good("iat-within-leeway", "a clock can be slow", CLAIMS | {"iat": NOW + 60}),
        bad("iat-past-leeway", "the token is issued in the future", CLAIMS | {"iat": NOW + 61}, "token_from_future"),
        bad("iat-text", "a time must be a number", CLAIMS | {"iat": "yesterday"}, "invalid_claim"),
        good("iat-missing", "exp is the only required time", without("iat", "nbf")),
        # lifetime
        good("lifetime-bound", "the bound plus the leeway is allowed", CLAIMS | {"exp": NOW + 3660},
             maxLifetimeSeconds=3600),
        bad("lifetime-too-long", "the token lives longer than the bound plus the leeway", CLAIMS | {"exp": NOW + 3661},
            "token_lives_too_long", maxLifetimeSeconds=3600),
        # iss, aud, sub
        bad("iss-other", "the token is from another application", CLAIMS | {"iss": "https://evil.example.com"},
            "wrong_issuer"),
        bad("iss-slash", "issuers are compared byte for byte", CLAIMS | {"iss": ISS + "/"}, "wrong_issuer"),
        bad("iss-case", "issuers are compared byte for byte", CLAIMS | {"iss": ISS.upper()}, "wrong_issuer"),
        bad("iss-missing", "a token must have an issuer", without("iss"), "missing_claim"),
        bad("iss-array", "an issuer must be a string", CLAIMS | {"iss": [ISS]}, "invalid_claim"),
        bad("iss-empty", "an issuer must not be empty", CLAIMS | {"iss": ""}, "invalid_claim"),
        good("iss-any", "any issuer is accepted if the verifier allows it", CLAIMS | {"iss": "other"}, issuer=None),
        bad("iss-any-missing", "an issuer is required even if any issuer is accepted", without("iss"), "missing_claim",
            issuer=None),
        bad("aud-other", "the token is for another host", CLAIMS | {"aud": "other.example.com"}, "wrong_audience"),
        bad("aud-prefix", "the whole audience must match", CLAIMS | {"aud": AUD + ".evil.com"}, "wrong_audience"),
        bad("aud-missing", "a token must have an audience", without("aud"), "missing_claim"),
        good("aud-array", "one of several audiences matches (RFC 7519 4.1.3)", CLAIMS | {"aud": ["other", AUD]}),
        bad("aud-array-other", "none of several audiences matches", CLAIMS | {"aud": ["other", "another"]},
            "wrong_audience"),
        bad("aud-array-empty", "an empty list contains no audience", CLAIMS | {"aud": []}, "wrong_audience"),
        bad("aud-array-mixed", "every audience in a list must be a string", CLAIMS | {"aud": [AUD, 1]},
            "invalid_claim"),
        bad("aud-object", "an audience must be a string or an array", CLAIMS | {"aud": {AUD: True}}, "invalid_claim"),
        good("aud-any", "any audience is accepted if the verifier allows it", CLAIMS | {"aud": "other"}, audience=None),
        good("aud-any-array", "one audience in the list is not empty", CLAIMS | {"aud": ["", "other"]}, audience=None),
        bad("aud-any-empty", "an audience is required even if any audience is accepted", CLAIMS | {"aud": ""},
            "invalid_claim", audience=None),
        bad("aud-any-array-empty", "an audience is required even if any audience is accepted", CLAIMS | {"aud": []},
            "invalid_claim", audience=None),
        bad("aud-any-array-of-empty", "an audience is required even if any audience is accepted",
            CLAIMS | {"aud": [""]}, "invalid_claim", audience=None),
        bad("aud-any-missing", "an audience is required even if any audience is accepted", without("aud"),
            "missing_claim", audience=None),
        good("sub-missing", "a subject is optional by default", without("sub")),
        bad("sub-required", "the verifier requires a subject", without("sub"), "missing_claim", requireSubject=True),
        bad("sub-empty", "a required subject must not be empty", CLAIMS | {"sub": ""}, "invalid_claim",
            requireSubject=True),
        bad("sub-number", "a subject must be a string", CLAIMS | {"sub": 7}, "invalid_claim", requireSubject=True),
        # payload
        bad("claim-twice", "two readers could use different values",
            text(CLAIMS)[:-1] + ',"sub":"root"}', "malformed_claims"),
        bad("claim-twice-nested", "duplicate keys are rejected at any depth", text(CLAIMS)[:-1] + ',"o":{"a":1,"a":2}}',
            "malformed_claims"),
        bad("claim-twice-escaped", "an escaped key is the same key",
            text(CLAIMS)[:-1] + ',"\\u0073ub":"root"}', "malformed_claims"),
        good("proto", "`__proto__` is a key like any other",
             text(CLAIMS)[:-1] + ',"__proto__":{"admin":true},"constructor":1}'),
        bad("payload-array", "claims must be an object", "[]", "malformed_claims"),
        bad("payload-text", "claims must be an object", '"claims"', "malformed_claims"),
        bad("payload-empty", "claims must be an object", "", "malformed_claims"),
        bad("payload-trailing", "nothing may follow the claims", text(CLAIMS) + "{}", "malformed_claims"),
        bad("payload-bom", "a byte order mark is not allowed", b"\xef\xbb\xbf" + text(CLAIMS).encode(),
            "malformed_claims"),
        bad("payload-invalid-utf8", "JSON must be UTF-8", text(CLAIMS).encode()[:-1] + b',"x":"\xc3"}',
            "malformed_claims"),
        bad("payload-nul", "control characters in strings must be escaped", text(CLAIMS)[:-1] + ',"x":"\0"}',
            "malformed_claims"),
        bad("payload-lone-surrogate", "a lone surrogate is not a character", text(CLAIMS)[:-1] + ',"x":"\\ud800"}',
            "malformed_claims"),
        bad("payload-nan", "NaN is not JSON", text(CLAIMS)[:-1] + ',"x":NaN}', "malformed_claims"),
        bad("payload-deep", "nesting is limited to 32 levels", text(CLAIMS)[:-1] + ',"x":' + "[" * 40 + "]" * 40 + "}",
            "malformed_claims"),
        good("payload-white-space", "JSON can contain white space", json.dumps(CLAIMS, indent=2)),
        good("large-integer", "integers are exact", text(CLAIMS)[:-1] + ',"x":9007199254740993}'),
        # the signature is checked first
        case("expired-and-forged", "the signature is checked before the claims", base | {"now": NOW + 9999,
             "token": signed(HEADER, CLAIMS, OTHER)}, error="invalid_signature"),
        case("garbage-and-forged", "the signature is checked before the payload is read", base | {
             "token": signed(HEADER, "garbage", OTHER)}, error="invalid_signature"),
        case("rotated", "any of several keys can verify the token", base | {"keys": [{"key": b64(OTHER)},
             {"key": b64(KEY)}], "token": signed(HEADER, CLAIMS)}, {"claims": CLAIMS}),
        case("key-by-kid", "the result names the key that verified the token", base | {"keys": [
             {"key": b64(OTHER), "id": "old"}, {"key": b64(KEY), "id": "new"}],
             "token": signed(HEADER | {"kid": "new"}, CLAIMS)}, {"claims": CLAIMS, "keyId": "new"}),
        case("key-without-kid", "without a kid all keys are tried, and the result names the matching key",
             base | {"keys": [{"key": b64(OTHER), "id": "old"}, {"key": b64(KEY), "id": "new"}], "token": signed(HEADER,
             CLAIMS)}, {"claims": CLAIMS, "keyId": "new"}),
        # several audiences
        good("audiences-first", "the audience is one of those that the host accepts", CLAIMS, audience=[AUD,
             "other.example.com"]),
        good("audiences-last", "the audience is one of those that the host accepts", CLAIMS,
             audience=["other.example.com", AUD]),
        good("audiences-of-both", "one audience is in both lists", CLAIMS | {"aud": ["a", AUD]}, audience=["b", AUD]),
        bad("audiences-none", "no audience is in both lists", CLAIMS | {"aud": ["a", "c"]}, "wrong_audience",
            audience=["b", AUD]),
        bad("audiences-empty", "the list of accepted audiences must not be empty", CLAIMS, "invalid_claim",
            audience=[]),
        bad("audiences-with-empty", "an accepted audience must not be empty", CLAIMS, "invalid_claim", audience=[AUD,
            ""]),
    ]
    write("token.verify",
          "Verifies an auth token at a time with keys, for an issuer and an audience (null means any). The leeway is "
          "60 seconds by default. Result: the claims, and the id of the key that verified the token, if the key has "
          "an id.", cases)


def nested(levels):
    return [nested(levels - 1)] if levels > 1 else []


def token_mint():
    base = {"key": b64(KEY), "issuer": ISS, "audience": AUD, "subject": SUB, "claims": {"otherClaim": "claimValue"},
            "now": NOW, "jti": JTI}

    def good(identifier, why, **given):
        given = base | given
        claims = {"iss": given["issuer"], "aud": given["audience"], "sub": given["subject"], "jti": given["jti"],
                  "iat": given["now"], "exp": given["now"] + given.get("lifetimeSeconds", 300),
                  "nbf": given["now"] - given.get("backdateSeconds", 60)} | given["claims"]
        indices = sorted((name for name in claims if re.fullmatch("0|[1-9][0-9]{0,8}", name)), key=int)
        claims = {name: claims[name] for name in indices} | claims
        header = HEADER | ({"kid": given["keyId"]} if "keyId" in given else {})
        return case(identifier, why, given, {"token": signed(header, claims)})

    def bad(identifier, why, error, **given):
        return case(identifier, why, base | given, error=error)

    write("token.mint",
          "Mints an auth token for a subject with claims, at a time and with a jti. By default its lifetime is 300 "
          "seconds, and it is backdated by 60 seconds. If the key has an id, the id becomes the kid. Result: the "
          "compact token.", [
              good("sample", "the token of the published sample"),
              good("no-claims", "custom claims are optional", claims={}),
              good("several-claims", "claims keep their order", claims={"z": 1, "a": [True, None,
                   {"b": "\u00e9\u2028"}]}),
              good("escapes", "strings are escaped as in JSON.stringify", subject='a"b\\c\n\u0001', jti="\u007f/\t"),
              good("index-keys", "ECMAScript puts array indices first", claims={"b": 1, "10": 2, "9": 3}),
              good("digit-but-no-index", "not every key that starts with a digit is an array index", claims={"1a": 1,
                   "01": 2}),
              good("lifetime", "the given lifetime and backdating are used", lifetimeSeconds=86400, backdateSeconds=0),
              good("long-issuer", "the prepared prefix has several hash blocks",
                   issuer="https://" + "i" * 200 + ".example.com"),
              good("short-issuer", "the prepared prefix has one hash block and some more bytes", issuer="i",
                   audience="a"),
              good("not-ascii", "strings are written as UTF-8", issuer="caf\u00e9", audience="\U0001f600",
                   subject="\u4e2d\u6587"),
              good("before-2001", "the times have nine digits", now=999_999_999),
              good("before-1970", "a clock can be wrong", now=-1),
              good("key-id", "the id of the key becomes the kid", keyId="2026-11"),
              good("key-id-escaped", "the id of a key can be any text", keyId='k"\u00e9', claims={"10": 1}),
              bad("empty-subject", "a subject must not be empty", "invalid_claim", subject=""),
              bad("empty-issuer", "an issuer must not be empty", "invalid_claim", issuer=""),
              bad("empty-audience", "an audience must not be empty", "invalid_claim", audience=""),
              *(bad(f"reserved-{name}", "the minter sets this claim", "reserved_claim", claims={name: 1})
                for name in ("iss", "aud", "sub", "jti", "iat", "exp", "nbf")),
              bad("too-long", "no verifier accepts more than 64 KiB", "token_too_long", claims={"x": "x" * 49000}),
              bad("too-long-by-index", "the limit also applies to keys that are array indices", "token_too_long",
                  claims={"1": "x" * 49000}),
              bad("too-deep", "no verifier reads more than 32 levels", "malformed_claims", claims={"x": nested(32)}),
              good("deepest", "31 levels of nesting are allowed, because the claims are the first level",
                   claims={"x": nested(31)}),
              bad("lifetime-zero", "the lifetime is at least one second", "out_of_range", lifetimeSeconds=0),
              bad("lifetime-too-long", "the lifetime is at most one day", "out_of_range", lifetimeSeconds=86401),
              bad("backdate-too-long", "the backdating is at most one day", "out_of_range", backdateSeconds=86401),
          ])


def access_token():
    record = {"issuer": AUD, "application": ISS, "subject": SUB, "grantId": JTI, "expiresAt": NOW + 300,
              "approvalRequestId": JTI, "templateId": "PURCHASE_APPROVAL", "contentHash": "ab" * 32}
    write("accessToken.sign",
          "Signs the access token that carries a grant. If the key has an id, the id becomes the kid. Result: the "
          "compact token.", [
        case("named-key", "the key has an id", {"key": {"key": b64(KEY), "id": "k1"}, "grant": record},
             {"token": signed(GRANT_HEADER, GRANT)}),
        case("unnamed-key", "the key has no id", {"key": {"key": b64(KEY)}, "grant": record},
             {"token": signed({"typ": "jit-grant+jwt", "alg": "HS256"}, GRANT)}),
        *(case(f"empty-{name}", "no verifier accepts an empty value", {"key": {"key": b64(KEY)},
               "grant": record | {name: ""}}, error="invalid_claim") for name in record if name != "expiresAt"),
        case("too-long", "no verifier accepts a token of this length", {"key": {"key": b64(KEY)}, "grant": record | {
             "subject": "x" * 49000}}, error="token_too_long"),
    ])
    base = {"keys": [{"key": b64(KEY), "id": "k1"}], "issuer": AUD, "application": ISS, "now": NOW}

    def bad(identifier, why, claims, error, header=GRANT_HEADER, key=KEY, **given):
        return case(identifier, why, base | given | {"token": signed(header, claims, key)}, error=error)

    def without(name):
        return {other: value for other, value in GRANT.items() if other != name}

    write("accessToken.verify",
          "Verifies an access token at a time with keys, for the host that decided and the application that asked. "
          "There is no leeway by default. Result: the grant that the token carries.", [
              case("good", "a valid access token", base | {"token": signed(GRANT_HEADER, GRANT)}, {"grant": record}),
              case("last-second", "the last second before exp, because there is no leeway by default",
                   base | {"now": NOW + 299, "token": signed(GRANT_HEADER, GRANT)}, {"grant": record}),
              bad("expired", "the second of exp itself", GRANT, "token_expired", now=NOW + 300),
              case("leeway", "the given leeway is used", base | {"now": NOW + 300, "leewaySeconds": 1,
                   "token": signed(GRANT_HEADER, GRANT)}, {"grant": record}),
              case("longest-life", "a grant lives for at most 30 days", base | {"token": signed(GRANT_HEADER,
                   GRANT | {"exp": NOW + 2592000})}, {"grant": record | {"expiresAt": NOW + 2592000}}),
              bad("lives-longer", "no grant lives for more than 30 days", GRANT | {"exp": NOW + 2592001},
                  "token_lives_too_long"),
              case("longest-life-and-leeway", "the leeway is added to the 30 days", base | {"leewaySeconds": 60,
                   "token": signed(GRANT_HEADER, GRANT | {"exp": NOW + 2592060})},
                   {"grant": record | {"expiresAt": NOW + 2592060}}),
              bad("auth-token", "an auth token is not an access token", CLAIMS, "wrong_token_type", HEADER, issuer=ISS,
                  application=AUD),
              bad("auth-token-with-grant-claims",
                  "an auth token with the claims of a grant is not an access token either", GRANT, "wrong_token_type",
                  HEADER),
              bad("no-typ", "the typ is required", GRANT, "wrong_token_type", {"alg": "HS256", "kid": "k1"}),
              bad("other-application", "the token is for another application",
                  GRANT | {"aud": "https://other.example.com"}, "wrong_audience"),
              bad("other-host", "the token is from another host", GRANT | {"iss": "other.example.com"}, "wrong_issuer"),
              bad("other-key", "the token is signed with another key", GRANT, "invalid_signature", key=OTHER),
              bad("unknown-key", "the token is signed with a retired key", GRANT, "unknown_key",
                  GRANT_HEADER | {"kid": "k0"}),
              *(bad(f"missing-{name}", "every claim is required", without(name), "missing_claim") for name in GRANT),
              bad("request-id-number", "a request id must be a string", GRANT | {"approvalRequestId": 7},
                  "invalid_claim"),
          ])


if __name__ == "__main__":
    if len(sys.argv) == 3:
        converted_njwt(sys.argv[1])
        converted_base64(sys.argv[2])
    jws()
    token_verify()
    token_mint()
    access_token()
