"""Play the script: send what it says at the platform's time that it says, and say what is there.

The clock is moved from moment to moment. Where something falls due it stands still until the
platform is at rest, so that reminders and celebrations come when they would have come.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from deploy.local import clock, quiet
from deploy.local.demo import report
from deploy.local.demo.caller import Caller
from deploy.local.demo.people import cast
from deploy.local.demo.published import CATALOGUE
from deploy.local.demo.script import PRESCRIPTION, Step, resolve, steps, stops
from deploy.local.demo.show import Shown, showing
from deploy.local.stack import Stack, StackError


def play(stack: Stack) -> None:
    """Load the demonstration, or what is missing of it.

    Raises:
        StackError: it was broken off, or a part does not answer, or refuses.
    """
    try:
        _play(stack)
    except KeyboardInterrupt:
        raise StackError(
            "Broken off: `hep demo` goes on from here. Until then the platform's clock is that of "
            "the demonstration; `hep demo --now` puts it back to today."
        ) from None


def _play(stack: Stack) -> None:
    script, player = steps(), Player(stack, Caller(stack))
    kept = Kept.read(stack)
    if kept.accepted:
        many = f"{kept.accepted} of {len(script)}"
        report.say(f"{many} commands were accepted before: sending them again.")
    with showing(len(script)) as shown:
        for step in script[: kept.accepted]:
            player.send(step)
            shown(step.moment)
        if not kept.finished:
            _go_on(player, script, kept.accepted, shown)
    report.tell(stack, player.caller, player.ids, changed=player.fresh)


def _go_on(player: "Player", script: Sequence[Step], accepted: int, shown: Shown) -> None:
    """Play what was not accepted yet."""
    with quiet.watching(player.stack) as watch:
        for moment, step in ahead(script, accepted):
            if step is None:
                # What was told in time must have come everywhere before anything falls due.
                watch.settle()
                player.move(moment)
                watch.settle()
            else:
                player.move(moment)
                player.send(step)
                accepted += 1
                Kept(accepted).write(player.stack)
                shown(moment)
    Kept(accepted, finished=True).write(player.stack)


def back_to_now(stack: Stack) -> None:
    """Let the platform go by the real time again."""
    clock.reset(stack)
    report.say("The platform goes by today's time again; what fell due meanwhile is decided now.")


@dataclass(frozen=True, slots=True)
class Kept:
    """How many commands earlier runs got through, and whether the last of them came to its end."""

    accepted: int = 0
    finished: bool = False

    @classmethod
    def read(cls, stack: Stack) -> "Kept":
        """Return what is kept in the data directory."""
        file = stack.data / "demo.json"
        return cls(**json.loads(file.read_text())) if file.exists() else cls()

    def write(self, stack: Stack) -> None:
        """Keep it, never half."""
        draft = stack.data / "demo.json.new"
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(stack.data / "demo.json")


@dataclass(slots=True)
class Player:
    """Sends steps and moves the clock.

    Attributes:
        stack: where.
        caller: by which it speaks.
        ids: by name, of what was made.
        fresh: how many commands were not accepted before.
        moved: whether the clock is this player's already.
        shelved: whether the ids of the catalogue's exercises are among `ids`.
    """

    stack: Stack
    caller: Caller
    ids: dict[str, str] = field(default_factory=dict)
    fresh: int = 0
    moved: bool = False
    shelved: bool = False

    def move(self, moment: datetime) -> None:
        """Move the clock: never back, but to where an earlier player left off."""
        now = clock.now(self.stack)
        if not self.moved or moment > now:
            clock.move(self.stack, moment)
        self.moved = True

    def send(self, step: Step) -> None:
        """Send one command and remember what it made.

        Raises:
            StackError: it was refused.
        """
        if CATALOGUE in str(step.body) and not self.shelved:
            self._shelve(step.actor)
        version = ""
        if step.read:
            read = resolve(step.read, self.ids)
            version = self.caller.get(step.actor, read).headers["ETag"]
        answer = self.caller.post(
            step.actor,
            resolve(step.path, self.ids),
            resolve(step.body, self.ids),
            f"demo:{step.name}",
            version,
        )
        self.fresh += "Idempotent-Replay" not in answer.headers
        self.ids[step.name] = answer.json().get("id", "")
        if step.person:
            patient = self.ids[step.name] if "patient" in step.person.roles else None
            self.caller.enroll(replace(step.person, patient=patient))

    def _shelve(self, actor: str) -> None:
        """Learn under which ids the practice has the exercises of the catalogue."""
        cursor = ""
        while True:
            path = f"{PRESCRIPTION}/exercises?limit=200&cursor={cursor}"
            found = self.caller.get(actor, path).json()
            shelf = {one["word"]: one["id"] for one in found["items"] if one["word"]}
            self.ids |= {f"{CATALOGUE[1:]}{word}": identity for word, identity in shelf.items()}
            cursor = found["next"]
            if not cursor:
                break
        self.shelved = True


def ahead(script: Sequence[Step], accepted: int) -> Iterator[tuple[datetime, Step | None]]:
    """Yield what is still to be sent, and when to stand still: after all of the same moment."""
    since = script[accepted - 1].moment if accepted else script[0].moment
    found: list[tuple[datetime, Step | None]] = [(step.moment, step) for step in script[accepted:]]
    found += [(moment, None) for moment in (*stops(), cast().then) if moment >= since]
    yield from sorted(found, key=lambda one: (one[0], one[1] is None))
