"""What somebody who prescribes wants at hand: a shelf of exercises of one's own."""

from prescription.commands import MarkFavourite
from prescription.events import ExerciseFavoured, ExerciseUnfavoured
from shared.commands import identify
from shared.stream import Kind

Shelf = tuple[str, ...]


def evolve(shelf: Shelf, event: object) -> Shelf:
    """Return the shelf after an event, what came last at its end."""
    if isinstance(event, ExerciseFavoured | ExerciseUnfavoured):
        shelf = tuple(one for one in shelf if one != event.exercise)
    return (*shelf, event.exercise) if isinstance(event, ExerciseFavoured) else shelf


KIND: Kind[Shelf] = Kind("shelf", (), evolve)


def whose(tenant: str, subject: str) -> str:
    """Return the id of somebody's shelf, which names nobody."""
    return identify(tenant, "shelf", subject)


def mark(command: MarkFavourite) -> list[object]:
    """Decide that an exercise comes onto the shelf, or leaves it."""
    made = ExerciseFavoured if command.favourite else ExerciseUnfavoured
    return [made(command.exercise)]
