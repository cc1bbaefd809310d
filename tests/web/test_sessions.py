"""Sessions of pages, on a service where staff sign in and one that only verifies, real store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask
import pytest
from flask import redirect, request
from flask.testing import FlaskClient
from flask_smorest import Blueprint
from joserfc import jwt
from joserfc.jwk import ECKey

from shared import session as sessions
from shared import tokens
from shared.mongo import Database
from shared.service import Definition, Front, verifier
from shared.session import STAFF, Sessions, sign_for
from shared.tokens import Identity, Unauthorized, Verifier
from shared.vault import Vault
from shared.web import session
from shared.web.app import create_app
from shared.web.identity import asker, csrf_token, page
from tests.given import RING, build

ISSUER = "http://localhost/prescription"
BO = Identity("bo", "north", ("therapist",), ("s1",), "", 0)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def start() -> datetime:
    """Return the moment of a test's beginning: tokens are read by the real clock."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Time:
    now: datetime = field(default_factory=start)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **spent: float) -> None:
        self.now += timedelta(**spent)


@dataclass
class Desk:
    """A browser, and what prescription says of the person now."""

    client: FlaskClient
    time: Time
    known: dict[str, Identity]

    def open(self, path: str = "/prescription/desk", **sent: Any) -> Any:
        return self.client.get(path, **sent)

    @property
    def audit(self) -> list[tuple[str, str, str]]:
        database = self.client.application.extensions["hep"].database
        names = ("actor", "action", "outcome")
        return [tuple(one[name] for name in names) for one in database["audit"].find().sort("at")]


def front() -> Front:
    pages = flask.Blueprint("pages", __name__, url_prefix="/prescription")

    @pages.route("/desk", methods=["GET", "POST"])
    @page("exercise.read")
    def desk() -> Any:
        return f"{asker().identity.subject} {request.form.get('word', '')} {csrf_token()}"

    @pages.get("/come-in")
    def come_in() -> Any:
        answer = redirect("/prescription/desk")
        session.begin(answer, BO, STAFF)
        return answer

    return Front(Blueprint("api", __name__, url_prefix="/prescription/v1"), pages)


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    time, known = Time(), {"bo": BO}
    monkeypatch.setattr("shared.service.system", time)
    definition = Definition(
        name="prescription",
        events=[],
        published={},
        handlers={},
        projections=[],
        front=front,
        signs_in=True,
        now=lambda who, _: known.get(who.subject),
        within=lambda regions, *_: [f"{region}-1" for region in regions],
    )
    service = build(definition, database)
    service = replace(service, verifier=verifier(service.settings, service.vault))
    templates = Path(__file__).parents[2] / "services" / "prescription" / "templates"
    app = create_app(definition, service, templates)
    with app.test_client() as client:
        yield Desk(client, time, known)


def signed_in(desk: Desk) -> Desk:
    desk.client.get("/prescription/come-in", headers={"User-Agent": FIREFOX})
    return desk


def cookies(answer: Any) -> dict[str, str]:
    found = [tuple(one.split("=", 1)) for one in answer.headers.getlist("Set-Cookie")]
    return dict(found)


def held(desk: Desk) -> list[Any]:
    service = desk.client.application.extensions["hep"]
    return list(service.sessions.listed("north", "bo"))


def over(desk: Desk) -> Desk:
    """Let the page's token be over, as it is after ten minutes, and the session not."""
    database = desk.client.application.extensions["hep"].database
    past = sign_for(
        database, Vault(database, RING), ISSUER, lambda: start() - timedelta(minutes=11)
    )
    desk.client.set_cookie("hep", past.token(held(desk)[0]))
    return desk


def test_who_signed_in_is_known(desk: Desk) -> None:
    assert signed_in(desk).open().text.startswith("bo")


def test_the_cookies_are_for_this_host_alone_and_no_script(desk: Desk) -> None:
    given = cookies(desk.client.get("/prescription/come-in"))

    assert set(given) == {"hep", "hep-renew-prescription"}
    for rest in given.values():
        assert "HttpOnly" in rest
        assert "SameSite=Lax" in rest
        assert "Domain" not in rest
    assert "Path=/prescription/" in given["hep-renew-prescription"]


def test_over_https_no_other_host_can_set_them(desk: Desk) -> None:
    service = desk.client.application.extensions["hep"]
    secure = replace(service, settings=replace(service.settings, origin="https://hep.example"))
    desk.client.application.extensions["hep"] = secure

    given = cookies(desk.client.get("/prescription/come-in"))

    assert set(given) == {"__Host-hep", "__Host-hep-renew-prescription"}
    assert all("Secure" in rest and "Path=/;" in f"{rest};" for rest in given.values())


def test_a_page_whose_token_is_over_renews_it_and_comes_back(desk: Desk) -> None:
    over(signed_in(desk))

    answer = desk.open("/prescription/desk?of=today&at=home", follow_redirects=True)

    assert [one.status_code for one in answer.history] == [302, 302]
    assert answer.request.path == "/prescription/desk"
    assert answer.request.args["at"] == "home"
    assert answer.text.startswith("bo")


def test_a_form_that_was_sent_meanwhile_is_not_lost(desk: Desk) -> None:
    mark = signed_in(desk).open().text.split()[-1]
    over(desk)

    answer = desk.client.post(
        "/prescription/desk", data={"word": "kept", "csrf": mark}, follow_redirects=True
    )

    assert [one.status_code for one in answer.history] == [307, 307]
    assert answer.text.startswith("bo kept")


def test_who_has_no_session_is_led_to_sign_in(desk: Desk) -> None:
    answer = desk.open()

    assert answer.headers["Location"] == "/prescription/session?next=/prescription/desk"
    answer = desk.open(answer.headers["Location"])
    assert answer.headers["Location"] == "/prescription/sign-in?next=/prescription/desk"


@pytest.mark.parametrize(
    ("spent", "renewals", "holds"),
    [({"minutes": 29}, 1, True), ({"minutes": 31}, 1, False), ({"minutes": 29}, 25, False)],
)
def test_a_session_ends_idle_or_after_twelve_hours(
    desk: Desk, spent: dict[str, float], renewals: int, holds: bool
) -> None:
    signed_in(desk)

    for _ in range(renewals):
        desk.time.passes(**spent)
        answer = desk.open("/prescription/session?next=/prescription/desk")

    led = "/prescription/desk" if holds else "/prescription/sign-in?next=/prescription/desk"
    assert answer.headers["Location"] == led


def test_a_role_that_was_taken_away_is_gone_at_renewal(desk: Desk) -> None:
    signed_in(desk)
    desk.known["bo"] = replace(BO, roles=("biller",))

    desk.open("/prescription/session?next=/prescription/desk")

    assert desk.open().status_code == 403


def test_who_is_no_longer_there_is_signed_out_at_renewal(desk: Desk) -> None:
    signed_in(desk)
    del desk.known["bo"]

    answer = desk.open("/prescription/session?next=/prescription/desk")

    assert answer.headers["Location"].startswith("/prescription/sign-in")
    assert ("bo", "sign_in.end", "let_through") in desk.audit


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(desk: Desk) -> None:
    signed_in(desk)
    kept = desk.client.get_cookie("hep-renew-prescription", path="/prescription/")
    assert kept

    desk.client.post("/prescription/sign-out")
    desk.client.set_cookie(kept.key, kept.value, path=kept.path)
    answer = desk.open("/prescription/session?next=/prescription/desk")

    assert answer.headers["Location"].startswith("/prescription/sign-in")
    assert desk.open().status_code == 302


def test_after_signing_out_the_provider_is_to_ask_again_who_it_is(desk: Desk) -> None:
    signed_in(desk).client.post("/prescription/sign-out")

    with desk.client.session_transaction() as pending:
        assert pending["again"]


def test_one_sees_where_one_is_signed_in(desk: Desk) -> None:
    signed_in(desk)

    shown = desk.open("/prescription/sessions").text

    assert "Firefox · this device" in shown
    assert "Gecko" not in shown


def other_browser(desk: Desk) -> FlaskClient:
    other = desk.client.application.test_client()
    other.get("/prescription/come-in")
    return other


def test_one_ends_one_session_or_all(desk: Desk) -> None:
    mark = signed_in(desk).open().text.split()[-1]
    other_browser(desk)
    other_browser(desk)
    others = [one.id for one in held(desk) if one.device != "Firefox"]

    desk.client.post("/prescription/sessions/end", data={"csrf": mark, "session": others[0]})
    assert len(held(desk)) == 2

    desk.client.post("/prescription/sessions/end", data={"csrf": mark})
    assert held(desk) == []


def test_nobody_ends_the_session_of_another(desk: Desk) -> None:
    service = desk.client.application.extensions["hep"]
    _, cys = service.sessions.begin(replace(BO, subject="cy"), STAFF, "")
    mark = signed_in(desk).open().text.split()[-1]

    desk.client.post("/prescription/sessions/end", data={"csrf": mark, "session": cys.id})

    assert len(service.sessions.listed("north", "cy")) == 1


def test_every_begin_and_end_is_written_down(desk: Desk) -> None:
    signed_in(desk)

    desk.client.post("/prescription/sign-out")

    assert desk.audit == [
        ("bo", "sign_in.begin", "let_through"),
        ("bo", "sign_in.end", "let_through"),
    ]


def test_the_store_holds_no_secret_and_no_more_of_the_device_than_its_family(desk: Desk) -> None:
    signed_in(desk)
    secret = desk.client.get_cookie("hep-renew-prescription", path="/prescription/")

    kept = str(list(desk.client.application.extensions["hep"].database["sessions_web"].find()))

    assert secret
    assert secret.value not in kept
    assert "Gecko" not in kept


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        "\x00/x",
        "/ /x",
        "",
        "%2F%2Fevil.example",
        "/" + "x" * 3000,
    ],
)
@pytest.mark.parametrize("encoded", [True, False])
def test_nobody_is_led_elsewhere(desk: Desk, target: str, encoded: bool) -> None:
    signed_in(desk)
    if encoded:
        answer = desk.open("/prescription/session", query_string={"next": target})
    else:
        answer = desk.open(f"/prescription/session?next={target}")

    assert answer.headers["Location"] == "/prescription/"


# Keys


def keys(database: Database, time: Callable[[], datetime] = start) -> Sessions:
    sessions.prepare(database)
    return sign_for(database, Vault(database, RING), ISSUER, time)


def trusting(found: Sessions) -> Verifier:
    door = tokens.door(ISSUER, "prescription", found.signing.published)
    return Verifier(door, [door])


def test_keys_are_open_and_hold_nothing_secret(desk: Desk) -> None:
    found = desk.client.get("/prescription/v1/keys").json["keys"]

    assert len(found) == 2
    assert all(key["use"] == "sig" and not {"d", "p", "q", "k"} & set(key) for key in found)


def test_a_key_is_published_long_before_it_signs_and_until_its_tokens_are_over(
    database: Database,
) -> None:
    time = Time(datetime.fromtimestamp(2_592_000 * 700, UTC) - timedelta(minutes=1))
    found = keys(database, time)
    before = {one["kid"] for one in found.signing.published()["keys"]}
    old = found.signing.sign({})

    time.passes(minutes=2)
    fresh = found.signing.sign({})
    just_after = {one["kid"] for one in found.signing.published()["keys"]}
    time.passes(minutes=15)
    later = {one["kid"] for one in found.signing.published()["keys"]}

    old_kid, new_kid = (tokens.peek(token)[0]["kid"] for token in (old, fresh))
    assert old_kid != new_kid
    assert {old_kid, new_kid} <= before & just_after
    assert old_kid not in later


def test_the_store_holds_no_key_that_can_be_read(database: Database) -> None:
    found = keys(database)
    found.signing.sign({})

    kept = database["signing"].find_one({})

    assert kept
    assert "d" not in kept["public"]
    assert b'"d"' not in bytes(kept["sealed"])


def test_two_processes_sign_with_one_key(database: Database) -> None:
    kids = {tokens.peek(keys(database).signing.sign({}))[0]["kid"] for _ in range(3)}

    assert len(kids) == 1


def test_a_session_of_a_patient_is_remembered_for_ninety_days(database: Database) -> None:
    time = Time()
    found = keys(database, time)
    secret, _ = found.begin(Identity("ana", "north", ("patient",), (), "p1", 0), "patient", "")

    time.passes(days=89)
    assert found.renew(secret, lambda who: who)
    time.passes(days=91)
    assert found.renew(secret, lambda who: who) is None


def test_a_patient_who_is_forgotten_has_no_sessions_left_and_others_do(database: Database) -> None:
    found = keys(database)
    for subject, patient in (("ana", "p1"), ("her son", "p1"), ("eva", "p2")):
        found.begin(Identity(subject, "north", ("patient",), (), patient, 0), "patient", "")

    sessions.forget(database, "north", "p1")

    left = [one["subject"] for one in database["sessions_web"].find()]
    assert left == ["eva"]


def test_a_token_says_who_it_is_and_of_which_session(database: Database) -> None:
    found = keys(database)
    _, held = found.begin(BO, STAFF, "")

    said = trusting(found).verify(found.token(held), page=True)

    assert (said.subject, said.tenant, said.roles, said.sites) == ("bo", "north", BO.roles, ("s1",))
    assert said.session == held.id


def test_a_token_signed_by_another_key_of_the_same_name_is_refused(database: Database) -> None:
    found = keys(database)
    _, held = found.begin(BO, STAFF, "")
    header = tokens.peek(found.token(held))[0]
    forged = jwt.encode(
        dict(header), dict(tokens.peek(found.token(held))[1]), ECKey.generate_key("P-256")
    )

    with pytest.raises(Unauthorized, match="signature"):
        trusting(found).verify(forged)


def test_a_token_names_the_sites_of_a_region_and_the_session_only_the_region(desk: Desk) -> None:
    desk.known["bo"] = replace(BO, sites=(), regions=("coast",))
    over(signed_in(desk))

    answer = desk.client.get("/prescription/session?next=/prescription/desk")

    token = cookies(answer)["hep"].split(";")[0]
    service = desk.client.application.extensions["hep"]
    assert service.verifier.verify(token, page=True).sites == ("coast-1",)
    assert held(desk)[0].who.sites == ()
