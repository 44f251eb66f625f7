"""Verifies Gatehouse license files (DTLIC2) offline, with nothing but the standard library.

    from gatehouse_license import verify_blob
    verdict = verify_blob(text, [{"kid": "k1", "key": "..."}], now=time.time(), product="branchpy")

`python3 gatehouse_license.py --keys keys.json --product branchpy license.txt` prints the verdict as JSON and exits
with 0 when the license is valid. The verdicts are those of the TypeScript library; `vectors/blobs.json` binds both.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import time
from datetime import datetime, timezone

PREFIX = "DTLIC2:"
MAX_PAYLOAD = 4096
MAX_LENGTH = len(PREFIX) + -(-MAX_PAYLOAD * 4 // 3) + 1 + 86
LICENSE_KEY = re.compile(r"DT1-[A-Z]{2,16}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
SAFE = 2**53 - 1


# Ed25519 (RFC 8032, section 5.1), verification only: nothing here is secret, so nothing has to be constant in time.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, d - c, d + c, t + s
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = _add(result, point)
        point = _add(point, point)
        n >>= 1
    return result


def _encoded(point):
    z = pow(point[2], P - 2, P)
    x, y = point[0] * z % P, point[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = _point(_BASE_Y.to_bytes(32, "little"))


def ed25519_verify(public_key, message, signature):
    """Whether `signature` (64 bytes) is that of `message` under `public_key` (32 bytes)."""
    a = _point(public_key)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if a is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return _encoded(_add(_times(s, BASE), _times(h, minus_a))) == r


# The format: there is exactly one text for a payload and a signature.


def _from_base64url(text):
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text else None


def _text(most):
    def check(value):
        if not isinstance(value, str) or not value or re.search("[\ud800-\udfff]", value):
            return False
        # Lengths are counted as JavaScript and Java count them.
        return len(value.encode("utf-16-le")) // 2 <= most

    return check


def _whole(value):
    return type(value) is int and 0 <= value <= SAFE


def _features(value):
    return isinstance(value, list) and len(value) <= 64 and all(map(_text(64), value))


def _license_key(value):
    return isinstance(value, str) and LICENSE_KEY.fullmatch(value) is not None


MEMBERS = [
    ("v", lambda value: type(value) is int and value == 2),
    ("kid", _text(64)),
    ("iss", _text(128)),
    ("prod", _text(64)),
    ("key", _license_key),
    ("tier", _text(32)),
    ("name", _text(128)),
    ("email", _text(254)),
    ("iat", _whole),
    ("nbf", _whole),
    ("exp", _whole),
    ("feat", _features),
    ("jti", _text(64)),
]


def _encode(payload):
    ordered = {name: payload[name] for name, _ in MEMBERS if name in payload}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def _payload(data):
    if len(data) > MAX_PAYLOAD:
        return None
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or set(value) - {name for name, _ in MEMBERS}:
        return None
    for name, check in MEMBERS:
        if name == "email" and name not in value:
            continue
        if name not in value or not check(value[name]):
            return None
    return value if _encode(value) == data else None


def parse_blob(blob):
    """`(payload, signed bytes, signature)` of a well-formed blob, or None. Never raises."""
    if not isinstance(blob, str) or len(blob) > MAX_LENGTH or not blob.startswith(PREFIX) or "." not in blob:
        return None
    head, _, tail = blob.partition(".")
    body, signature = _from_base64url(head[len(PREFIX) :]), _from_base64url(tail)
    if body is None or signature is None or len(signature) != 64:
        return None
    payload = _payload(body)
    return None if payload is None else (payload, head.encode("ascii"), signature)


def _verdict(code, payload=None):
    verdict = {"valid": code in ("VALID", "IN_GRACE"), "code": code}
    return verdict if payload is None else {**verdict, "payload": payload}


def _key_refusal(named, now):
    # Keys come from several places: what one of them knows against a key counts, whatever the others say of it.
    if not named:
        return "UNKNOWN_KEY"
    if any(key.get("state") == "compromised" for key in named):
        return "KEY_COMPROMISED"
    return "KEY_RETIRED" if any(_is_retired(key, now) for key in named) else None


def _is_retired(key, now):
    end = key.get("not_after")
    return key.get("state") == "retired" or (isinstance(end, str) and not _is_before(now, end))


def _is_before(now, end):
    try:
        return now < datetime.fromisoformat(end.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()
    except ValueError:
        return False


def verify_blob(blob, keys, *, now, product, issuer=None, grace=0, revoked=()):
    """Judges a license file.

    keys: dicts with `kid`, `key` (32 bytes, base64url) and perhaps `state` and `not_after`.
    now, grace: seconds. Returns a dict with `valid`, `code` and, when the signature is genuine, `payload`.
    """
    parsed = parse_blob(blob)
    if parsed is None:
        return _verdict("MALFORMED")
    payload, signed, signature = parsed
    named = [one for one in keys if one["kid"] == payload["kid"]]
    refusal = _key_refusal(named, now)
    if refusal:
        return _verdict(refusal)
    if not ed25519_verify(_from_base64url(named[0]["key"]), signed, signature):
        return _verdict("BAD_SIGNATURE")
    if payload["prod"] != product:
        return _verdict("WRONG_PRODUCT", payload)
    if issuer is not None and payload["iss"] != issuer:
        return _verdict("WRONG_ISSUER", payload)
    if payload["key"] in revoked:
        return _verdict("REVOKED", payload)
    if now < payload["nbf"]:
        return _verdict("NOT_YET_VALID", payload)
    if now < payload["exp"]:
        return _verdict("VALID", payload)
    return _verdict("IN_GRACE" if now < payload["exp"] + grace else "EXPIRED", payload)


def _batch():
    """Reads `{ keys, cases: [{ blob, now, product, … }] }` and prints one code a case, for tests against vectors."""
    work = json.load(sys.stdin)
    names = ("now", "product", "issuer", "grace", "revoked")
    for case in work["cases"]:
        options = {name: case[name] for name in names if name in case}
        print(verify_blob(case.get("blob"), work["keys"], **options)["code"])


def main():
    parser = argparse.ArgumentParser(description="Verify a DTLIC2 license file offline.")
    parser.add_argument("file", nargs="?", help="the license file; - for standard input")
    parser.add_argument("--keys", help="JSON list of public keys, as GET /v1/license/keys gives them")
    parser.add_argument("--product")
    parser.add_argument("--issuer")
    parser.add_argument("--batch", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.batch:
        return _batch()
    if not (given.file and given.keys and given.product):
        parser.error("give a file, --keys and --product")
    with open(given.keys, encoding="utf-8") as file:
        keys = json.load(file)
    text = (sys.stdin if given.file == "-" else open(given.file, encoding="utf-8")).read().strip()
    trusted = keys.get("keys", keys) if isinstance(keys, dict) else keys
    verdict = verify_blob(text, trusted, now=time.time(), product=given.product, issuer=given.issuer)
    print(json.dumps(verdict, ensure_ascii=False, indent=2))
    return 0 if verdict["valid"] else 1


if __name__ == "__main__":
    sys.exit(main())
