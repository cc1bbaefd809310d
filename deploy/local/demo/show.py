"""Show how far the demonstration is: a bar on a terminal, else a line a week."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Shown = Callable[[datetime], None]


@contextmanager
def showing(total: int) -> Iterator[Shown]:
    """Yield what is called after each step with the moment that it was played at."""
    console = Console()
    if not console.is_terminal:
        yield _lines(console, total)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("Getting ready", total=total)
        yield lambda moment: progress.update(task, advance=1, description=f"{moment:%a %d %b %Y}")


def _lines(console: Console, total: int) -> Shown:
    week, count = date.min, 0

    def shown(moment: datetime) -> None:
        nonlocal week, count
        count += 1
        monday = moment.date() - timedelta(days=moment.weekday())
        if monday > week or count == total:
            week = monday
            console.print(f"{moment:%Y-%m-%d}: {count} of {total} commands", highlight=False)

    return shown
