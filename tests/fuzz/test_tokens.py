"""Whatever is sent as a token, it is refused as one that does not hold, and soon."""

import base64
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from shared.tokens import Signer, Unauthorized, Verifier
from tests.fuzz.judged import JSON, judged

KEY = RSAKey.generate_key(2048, {"kid": "one"})
CLAIMS = {"iss": "us", "aud": "hep", "sub": "bo", "exp": 4_000_000_000, "tenant": "north"}
HEADER = {"alg": "RS256", "typ": "at+jwt", "kid": "one"}


def verifier() -> Verifier:
    """A verifier that knows the key and asks nobody."""
    return Verifier(Signer("us", lambda: KeySet([KEY]).as_dict(private=False)))


def part(value: Any) -> str:
    raw = json.dumps(value).encode(errors="surrogatepass")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@given(st.text() | st.lists(st.text(), min_size=3, max_size=5).map(".".join))
@example("." * 100_000)
@example("A" * 1_000_000)
@example(f"{'[' * 100_000}.a.b")
@example(f"{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.e30.e30")
def test_a_token_of_any_text_is_refused(text: str) -> None:
    assert judged(verifier().verify, text, Unauthorized) is None


@given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jku", "zip"]), JSON))
@example({"alg": "none"})
@example({"alg": "HS256"})
@example({"kid": ["one"]})
@example({"crit": None})
@example({"kid": "../../../../etc/passwd"})
@example({"kid": "http://169.254.169.254/latest"})
@example({"jku": "http://127.0.0.1/keys", "kid": "two"})
def test_a_forged_token_with_any_header_is_refused(changes: dict[str, Any]) -> None:
    signature = jwt.encode(HEADER, CLAIMS, KEY).split(".")[2]
    token = f"{part(HEADER | changes)}.{part(CLAIMS | {'tenant': 'south'})}.{signature}"

    assert judged(verifier().verify, token, Unauthorized) is None
