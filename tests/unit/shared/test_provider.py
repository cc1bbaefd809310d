"""What a provider's claims say in our words."""

from pathlib import Path
from typing import Any

import pytest

from shared import provider
from shared.provider import Names, Provider, ProviderError
from shared.tokens import Unauthorized

OTHER = """
version = "2026-11"
client = "home-exercise"
token = "id"

[claims]
tenant = "organisation.alias"
region = "department"
roles = "realm_access.roles"
sites = "https://hep.example/sites"

[tenants]
"Riverside GmbH" = "riverside"

[roles]
"/physio" = "therapist"
"/physio/heads" = "lead"

[regions]
north = ["s1", "s2"]
"""


@pytest.fixture
def other(tmp_path: Path) -> Provider:
    return loaded(tmp_path, OTHER)


def loaded(folder: Path, text: str) -> Provider:
    (folder / "provider.toml").write_text(text)
    return provider.load(folder / "provider.toml")


def claims(**more: Any) -> dict[str, Any]:
    return {
        "sub": "7c1f",
        "organisation": {"alias": "Riverside GmbH"},
        "realm_access": {"roles": ["/physio", "offline_access"]},
    } | more


def test_without_a_file_claims_are_our_own() -> None:
    said = {
        "sub": "bo",
        "tenant": "north",
        "roles": ["therapist"],
        "sites": ["s1"],
        "exp": 5,
        "scope": "a b",
    }

    found = provider.load(None).read(said)

    assert (found.subject, found.tenant, found.roles) == ("bo", "north", ("therapist",))
    assert (found.sites, found.expires, found.scopes) == (("s1",), 5, ("a", "b"))


def test_groups_and_practices_are_told_in_our_words(other: Provider) -> None:
    found = other.read(claims())

    assert (found.subject, found.tenant, found.roles) == ("7c1f", "riverside", ("therapist",))


def test_a_region_stands_for_its_sites(other: Provider) -> None:
    found = other.read(claims(department="north", **{"https://hep.example/sites": ["s9"]}))

    assert found.sites == ("s9", "s1", "s2")


def test_a_region_that_is_not_known_never_stands_for_all_sites(other: Provider) -> None:
    with pytest.raises(Unauthorized, match="region"):
        other.read(claims(department="south"))


@pytest.mark.parametrize("word", ["Elsewhere", "../", "riverside", None])
def test_a_practice_that_is_not_known_is_none(other: Provider, word: str | None) -> None:
    assert other.read(claims(organisation={"alias": word})).tenant == ""


@pytest.mark.parametrize("word", ["../", "a|b", "$gt", "a" * 65, "r\u0456verside"])
def test_a_practice_that_cannot_be_is_refused(word: str) -> None:
    with pytest.raises(Unauthorized, match="practice group"):
        Provider().read({"sub": "bo", "tenant": word})


@pytest.mark.parametrize(
    "roles", [["offline_access"], ["therapist"], [], None, ["/PHYSIO"], ["/physio/"]]
)
def test_a_group_that_is_not_known_gives_no_role(other: Provider, roles: Any) -> None:
    assert other.read(claims(realm_access={"roles": roles})).roles == ()


@pytest.mark.parametrize("roles", [{"a": 1}, [1], 5, [["therapist"]]])
def test_a_claim_of_another_shape_is_refused(roles: Any) -> None:
    with pytest.raises(Unauthorized, match="list of words"):
        Provider().read({"sub": "bo", "roles": roles})


def test_one_practice_needs_no_claim() -> None:
    assert Provider(tenant="riverside").read({"sub": "bo"}).tenant == "riverside"


@pytest.mark.parametrize(
    ("verified", "told"), [(True, "bo@example.org"), (False, ""), ("true", "")]
)
def test_only_an_address_that_was_verified_counts(verified: object, told: str) -> None:
    said = {"sub": "bo", "email": "bo@example.org", "email_verified": verified}

    assert Provider(claims=Names()).email(said) == told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colour = 1", "colour: there is no such field"),
        ("[claims]\ncolour = 'x'", r"claims\.colour: there is no such field"),
        ("token = 'refresh'", "token: access or id"),
        ("[roles]\nall = 'god'", "roles: god is none of"),
        ("tenant = '../'", r"\.\./: letters"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_the_field(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(ProviderError, match=reason):
        loaded(tmp_path, text)
