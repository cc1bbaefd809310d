"""The one door to documents: whoever reads goes through it, and it always asks for the tenant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.mongo import Database, Document
from shared.views import Projection

LIMIT = 200


def qualify(tenant: str, identity: str) -> str:
    """Return the `_id` of a tenant's document."""
    return f"{tenant}|{identity}"


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one collection of a projection, one tenant's at a time."""

    database: Database
    projection: Projection
    name: str

    def get(self, tenant: str, identity: str) -> Document | None:
        """Return one document by its id within the tenant."""
        wanted = {"_id": qualify(tenant, identity), "tenant": tenant}
        found: Document | None = self._collection().find_one(wanted)
        return found

    def many(self, tenant: str, identities: Iterable[str]) -> dict[str, Document]:
        """Return documents by their ids within the tenant."""
        wanted = [qualify(tenant, identity) for identity in identities]
        found = self._collection().find({"_id": {"$in": wanted}, "tenant": tenant})
        return {document["_id"].split("|", 1)[1]: document for document in found}

    def page(
        self,
        tenant: str,
        equal: Mapping[str, Any],
        *,
        order: str,
        after: str = "",
        limit: int = 50,
    ) -> list[Document]:
        """Return documents in the order of a unique text field, beginning after a value.

        Args:
            tenant: whose.
            equal: fields that must equal these values.
            order: the field; it needs an index of (tenant, ..., order).
            after: the last value of the page before.
            limit: at most 200; one more than asked is returned where there is a further page.
        """
        chosen = {"tenant": tenant, **equal, order: {"$gt": after, "$lt": "\U0010ffff"}}
        return list(self._collection().find(chosen).sort(order, 1).limit(min(limit, LIMIT) + 1))

    def every(
        self, tenant: str, equal: Mapping[str, Any], *, order: str, after: str = ""
    ) -> Iterator[Document]:
        """Yield all documents that `page` would give, page by page."""
        while True:
            page = self.page(tenant, equal, order=order, after=after, limit=LIMIT)
            yield from page[:LIMIT]
            if len(page) <= LIMIT:
                return
            after = page[LIMIT - 1][order]

    def everywhere(self, chosen: Mapping[str, Any]) -> Iterator[Document]:
        """Yield documents of all tenants: for the platform's own work, never for an asker."""
        yield from self._collection().find(dict(chosen))

    def prepare(self, fields: Sequence[str]) -> None:
        """Create the index that `page` reads by: tenant, then these fields."""
        keys = [("tenant", 1), *((name, 1) for name in fields)]
        self._collection().create_index(keys, name="_".join(["tenant", *fields]))

    def _collection(self) -> Any:
        return self.database[self.projection.collection(self.name)]
