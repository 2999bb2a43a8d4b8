"""What somebody was told, and what may therefore be on the disk."""

import itertools
import random
from typing import Any, Final

DOMAIN = "application_credentials"
INTEGRATION = "shop"

# Is in every client secret, and nowhere else.
MARK = "s3cret"

_FIELDS = ("name", "client_id", "client_secret")

_ENOUGH: Final = 10

type Record = dict[str, Any]
type Records = dict[str, Record]


class Ledger:
    """The credentials of one person, who alone changes them, one change at a time."""

    def __init__(self, name: str, seed: object, first: int = 0) -> None:
        """Take a name, which is in the client IDs; `first` is the number of the first of them."""
        self.acknowledged: Records = {}
        self._asked: Records = {}
        self._name = name
        self._random = random.Random(f"{seed} {name}")
        self._numbers = itertools.count(first)

    def next_change(self) -> tuple[str, Record]:
        """Return a command with its fields, and remember what it would come to."""
        change = "create"
        if self.acknowledged:
            # As many are added as are deleted, when there are enough.
            more = "create" if len(self.acknowledged) < _ENOUGH else "delete"
            change = self._random.choice((more, more, "update", "update", "delete"))
        if change == "create":
            record = self._new()
            fields = {key: record[key] for key in record if key != "id"}
        else:
            before = self._random.choice(list(self.acknowledged.values()))
            new = self._new() if change == "update" else {}
            fields = {key: new[key] for key in _FIELDS if new}
            record = before | fields
            fields[f"{DOMAIN}_id"] = record["id"]
        self._asked = {
            item_id: other
            for item_id, other in self.acknowledged.items()
            if item_id != record["id"]
        }
        if change != "delete":
            self._asked[record["id"]] = record
        return change, fields

    def granted(self) -> None:
        """Have been told that the change was made."""
        self.acknowledged = self._asked

    def refused(self) -> None:
        """Have been told that nothing was changed."""
        self._asked = self.acknowledged

    def faults(self, stored: Records) -> list[str]:
        """Return the ids of records that are neither as they were nor as was asked for last."""
        own = self._own(stored)
        return sorted(
            item_id
            for item_id in own.keys() | self.acknowledged.keys() | self._asked.keys()
            if own.get(item_id)
            not in (self.acknowledged.get(item_id), self._asked.get(item_id))
        )

    def look_at(self, stored: Records) -> None:
        """Take over what has become of a change that was not answered."""
        self.acknowledged = self._asked = self._own(stored)

    def _own(self, stored: Records) -> Records:
        return {
            item_id: record
            for item_id, record in stored.items()
            if item_id.startswith(f"{INTEGRATION}_{self._name}_")
        }

    def _new(self) -> Record:
        client_id = f"{self._name}_{next(self._numbers)}"
        return {
            "id": f"{INTEGRATION}_{client_id}",
            "domain": INTEGRATION,
            "client_id": client_id,
            # Of different lengths, so that a file that was only overwritten would not parse.
            "client_secret": MARK * self._random.randint(1, 200),
            "name": f"Name of {client_id}",
        }
