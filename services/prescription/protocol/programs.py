"""The published programs that HEP brings as templates, one file each in `programs/`.

What a source leaves open stays open, and what was not seen in a source says so. A file that lacks a
part, or names an exercise that the catalogue lacks, is refused as a whole.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from cattrs import ClassValidationError, transform_error
from cattrs.preconf.json import make_converter

from prescription.catalogue import Broken, Entry, catalogue
from prescription.catalogue import identity as exercise_id
from prescription.events import Dose
from prescription.protocol.commands import PublishTemplate
from prescription.protocol.events import Basis, Item, Stage
from prescription.protocol.template import stage_faults
from prescription.rules import Rules, rules
from shared.commands import identify

HOME = Path(__file__).with_name("programs")
# What of a row is no amount.
BESIDE = ("exercise", "name", "kind", "side", "priority", "note", "unseen")
AFFECTED = "affected"

_converter = make_converter(forbid_extra_keys=True)


def identity(tenant: str, word: str) -> str:
    """Return the id of one of HEP's templates in a practice's library."""
    return identify(tenant, "template", word)


@cache
def programs() -> Mapping[str, dict[str, Any]]:
    """Return what each file holds, by its word.

    Raises:
        Broken: one of them has a fault.
    """
    texts = {path.stem: path.read_text() for path in sorted(HOME.glob("*.toml"))}
    return read(texts, catalogue().entries, rules())


def publication(tenant: str, word: str) -> PublishTemplate:
    """Return the command that puts one of HEP's templates into a practice's library."""
    return _command(tenant, word, programs()[word])


def read(
    texts: Mapping[str, str], entries: Mapping[str, Entry], rules: Rules
) -> dict[str, dict[str, Any]]:
    """Return what these files hold, by word.

    Raises:
        Broken: a part is missing or cannot be; the text names each with its file.
    """
    found, wrong = {}, []
    for word, text in texts.items():
        try:
            found[word] = tomllib.loads(text)
            command = _command("", word, found[word])
        except (KeyError, TypeError, tomllib.TOMLDecodeError) as fault:
            wrong.append(f"{word}: {fault!r}")
        except ClassValidationError as fault:
            wrong += [f"{word}: {told}" for told in transform_error(fault)]
        else:
            wrong += [f"{word}: {told}" for told in _faults(command, entries, rules)]
    if wrong:
        raise Broken("\n".join(wrong))
    return found


def _command(tenant: str, word: str, document: Mapping[str, Any]) -> PublishTemplate:
    told = {field.name: document.get(field.name) for field in fields(Basis)}
    spanish = document["es"]
    given = {
        "template": identity(tenant, word),
        "name": document["name"],
        "condition": document["condition"],
        "region": document["region"],
        "title": document["title"],
        "titles": [{"language": "es", **spanish}],
        "diagnosis": document["diagnosis"],
        "weeks": document.get("weeks", []),
        "source": document["source"],
        "basis": told,
        "stages": [_stage(tenant, phase) for phase in document["phases"]],
        "owner": None,
        "word": word,
        "edition": rules().versions["catalogue"],
    }
    return _converter.structure(given, PublishTemplate)


def _stage(tenant: str, phase: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": phase["name"],
        "entry": [_criterion(one) for one in phase.get("entry", ())],
        "exit": [_criterion(one) for one in phase["exit"]],
        "exercises": [_item(tenant, row) for row in phase["exercises"]],
    }


def _criterion(told: Mapping[str, Any]) -> dict[str, Any]:
    names = ("at_least", "at_most", "exercise", "unit", "score")
    return dict.fromkeys(names) | dict(told)


def _item(tenant: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as an exercise of a phase: of a range the least, the most beside it."""
    amounts = {name: value for name, value in row.items() if name not in BESIDE}
    ranges = {name: value for name, value in amounts.items() if isinstance(value, list)}
    least = {name: ranges.get(name, [value])[0] for name, value in amounts.items()}
    side = row.get("side")
    dose: dict[str, Any] = {field.name: None for field in fields(Dose)} | {"weekdays": []} | least
    word = row.get("exercise")
    return {
        "exercise": word and exercise_id(tenant, word),
        "name": row["name"],
        "kind": row.get("kind"),
        "dose": dose | {"side": None if side == AFFECTED else side},
        "affected": side == AFFECTED,
        "ranges": [{"name": name, "most": value[1]} for name, value in ranges.items()],
        "unseen": row.get("unseen", []),
        "priority": row.get("priority", 1),
        "note": row.get("note"),
    }


def _faults(command: PublishTemplate, entries: Mapping[str, Entry], rules: Rules) -> Iterator[str]:
    kinds = {exercise_id("", word): entry.kind for word, entry in entries.items()}

    def kind_of(item: Item) -> str | None:
        return kinds.get(item.exercise or "", item.kind)

    for number, stage in enumerate(command.stages):
        pointer = f"/phases/{number}"
        for fault in stage_faults(stage, pointer, rules, kind_of):
            yield f"{fault.pointer} {fault.reason}"
        yield from (f"{pointer} {told}" for told in _unknown(stage, kinds))
    if command.region not in rules.guide["regions"]:
        yield f"/region {command.region} is not known"


def _unknown(stage: Stage, kinds: Iterable[str]) -> Iterator[str]:
    named = [item.exercise for item in stage.exercises if item.exercise]
    yield from (
        f"{item.name}: not in the catalogue" for item in stage.exercises if _lost(item, kinds)
    )
    if len(set(named)) < len(named):
        yield "an exercise stands here twice"


def _lost(item: Item, kinds: Iterable[str]) -> bool:
    return item.kind is None if item.exercise is None else item.exercise not in kinds
