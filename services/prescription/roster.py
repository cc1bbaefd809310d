"""Who of the staff signs in as whom: the subject at the provider, kept on the sealed card.

Somebody who was taken on with an e-mail address alone is linked at the first sign-in with an
address that the provider has verified. Found by blind index; what was found is compared letter by
letter, since the index overlooks accents.
"""

from collections.abc import Iterable
from typing import Any

from prescription.commands import RegisterStaff
from prescription.staff import KIND
from shared.service import Service
from shared.tokens import Identity

# With a blank inside, so that no word that is looked for as a name finds it.
SUBJECT, EMAIL = "subject {}", "email {}"
Card = dict[str, Any]


def card(command: RegisterStaff) -> Card:
    """Return what says who the staff member is."""
    names = ("name", "email", "subject")
    return {name: getattr(command, name) for name in names} | {"phone": None}


def findable(card: Card) -> set[str]:
    """Return what a staff member is found by."""
    return {
        form.format(card[name])
        for form, name in ((SUBJECT, "subject"), (EMAIL, "email"))
        if card.get(name)
    }


def seal(tenant: str, staff: str, card: Card, service: Service) -> None:
    """Seal a card."""
    service.vault.seal(tenant, staff, staff, card, findable(card))


def names(subjects: Iterable[str], tenant: str, service: Service) -> dict[str, str]:
    """Return names of staff by who signs in as them; who is not known is left out."""
    wanted = set(subjects)
    words = [SUBJECT.format(subject) for subject in wanted]
    found = _cards(words, tenant, service).values()
    return {one["subject"]: one["name"] for one in found if one.get("subject") in wanted}


def own(who: Identity, service: Service) -> list[str]:
    """Return as which members of the staff somebody signs in: one, or none that is known."""
    cards = _cards([SUBJECT.format(who.subject)], who.tenant, service)
    return sorted(staff for staff, one in cards.items() if one.get("subject") == who.subject)


def with_email(email: str, tenant: str, service: Service) -> dict[str, Card]:
    """Return the cards of staff with an address, by id."""
    cards = _cards([EMAIL.format(email)], tenant, service)
    return {
        staff: one for staff, one in cards.items() if one["email"].casefold() == email.casefold()
    }


def link(who: Identity, email: str, service: Service) -> None:
    """Link who signs in to the one staff member with this address, who is nobody's yet."""
    taken = names([who.subject], who.tenant, service)
    if taken or not email:
        return
    same = with_email(email, who.tenant, service)
    for staff, one in same.items():
        if len(same) == 1 and not one.get("subject"):
            seal(who.tenant, staff, one | {"subject": who.subject}, service)


def staff(subject: str, tenant: str, service: Service) -> str | None:
    """Return the staff member as whom somebody signs in; None where nobody is known as that."""
    cards = _cards([SUBJECT.format(subject)], tenant, service)
    return next((one for one, card in cards.items() if card.get("subject") == subject), None)


def now(who: Identity, service: Service) -> Identity | None:
    """Return who somebody is now who signs in or has signed in: nobody after the last day."""
    known = own(who, service)
    here = (service.streams.peek(KIND, who.tenant, identity).state for identity in known)
    today = service.clock().date()
    return who if all(member.works(today) for member in here) else None


def _cards(words: list[str], tenant: str, service: Service) -> dict[str, Card]:
    found: dict[str, Card] = service.vault.open(
        tenant, service.vault.find(tenant, words, every=False)
    )
    return found
