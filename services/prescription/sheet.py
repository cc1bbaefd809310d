"""Files of rows, as other systems give them out: CSV in the encodings that are met in practice.

A row is {line, values {field: text}, faults [(field, sentence, values)]}. What is wrong with one
row stops no other; what is wrong with the file as a whole is refused with what to do.
"""

import csv
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prescription.fault import fault
from prescription.rules import rules
from shared.errors import Invalid

Row = dict[str, Any]
# What spreadsheets take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@")
PHONE = re.compile(r"\+[\d ()/.-]+")
# Alphabets whose letters look alike.
ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
TWIN = "Another line has this name and year of birth: look whether it is the same person."
# A quoted cell may hold a few line ends; one that goes on for longer was never closed.
TALLEST = 5

csv.field_size_limit(sys.maxsize)


class FileImpossible(Invalid):
    """The file cannot be read as a whole."""

    slug = "file-impossible"
    title = "This file cannot be imported"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read.

    Attributes:
        encoding: utf-8 or windows-1252.
        rows: one a line that holds anything.
        ignored: columns that nothing is known about.
    """

    encoding: str
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def refuse(sentence: str, **values: object) -> FileImpossible:
    """Return the refusal of a whole file."""
    return FileImpossible("Look at the file.", faults=[fault("/file", sentence, **values)])


def read(data: bytes, needed: Sequence[str], fields: Sequence[str]) -> Sheet:
    """Read a file of rows.

    Args:
        data: its bytes.
        needed: fields without which no row can be taken.
        fields: all that are taken.

    Raises:
        FileImpossible: it is no table of text, lacks a column, or is larger than the limits.
    """
    text, encoding = decode(data)
    lines = re.split(r"\r\n|\n|\r", text)
    mark = ";" if lines[0].count(";") >= lines[0].count(",") else ","
    titles = next(csv.reader([lines[0]], delimiter=mark), [])
    known = {title: name for name in fields for title in rules().intake["columns"][name]}
    columns = [known.get(title.strip().casefold(), "") for title in titles]
    if missing := [name for name in needed if name not in columns]:
        raise refuse("The first line lacks a column: %(columns)s.", columns=", ".join(missing))
    rows = tuple(_rows(lines, mark, columns))
    check_number(len(rows))
    ignored = [title for title, name in zip(titles, columns, strict=True) if not name]
    return Sheet(encoding, rows, tuple(title[:40] for title in ignored[:20] if title.strip()))


def compared(rows: Sequence[Row], key: str) -> tuple[Row, ...]:
    """Return the rows, those refused whose key stood on a line before; twins with a warning."""
    keys: dict[str, int] = {}
    twins: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        values, line = row["values"], row["line"]
        text = values.get(key, "")
        first = keys.setdefault(text.casefold() if key == "email" else text, line)
        twin = (values.get("name", "").casefold(), values.get("birth", "")[:4])
        earlier = twins.setdefault(twin, line)
        if text and first != line:
            found.append(wrong(line, key, "This stands on line %(line)s already.", line=first))
        elif key == "number" and all(twin) and earlier != line:
            found.append(row | {"warnings": [("name", TWIN)]})
        else:
            found.append(row)
    return tuple(found)


def check_number(rows: int) -> None:
    """Refuse a file without rows, or with more than the limit.

    Raises:
        FileImpossible: it is so.
    """
    if not rows:
        raise refuse("There is no row in it.")
    if rows > (most := rules().intake["rows"]):
        raise refuse("It has more than %(most)s rows: give it in parts.", most=most)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding.

    Raises:
        FileImpossible: it is no text.
    """
    if b"\x00" in data:
        raise refuse("This is no text. Save it as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        raise refuse("Its letters cannot be read. Save it as CSV in UTF-8.") from None


def _rows(lines: Sequence[str], mark: str, columns: Sequence[str]) -> Iterator[Row]:
    number = 1
    while number < len(lines):
        first, height = number, 1
        while _is_open(lines[first : first + height]) and height < TALLEST:
            height += 1
        if _is_open(lines[first : first + height]):
            height = 1
            yield wrong(first + 1, "", "A quotation mark is never closed.")
        elif any(line.strip() for line in lines[first : first + height]):
            text = "\n".join(lines[first : first + height])
            yield _row(first + 1, next(csv.reader([text], delimiter=mark)), columns)
        number = first + height


def _is_open(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    if len(cells) > len(columns):
        return wrong(line, "", "It has more cells than the first line.")
    return checked(line, {name: cell for name, cell in zip(columns, cells, strict=False) if name})


def wrong(line: int, field: str, sentence: str, /, **values: object) -> Row:
    """Return a row that is refused whatever it holds."""
    told = [(name, str(value)) for name, value in values.items()]
    return {"line": line, "values": {}, "faults": [(field, sentence, told)], "warnings": []}


def checked(line: int, cells: Mapping[str, str]) -> Row:
    """Return a row, refused where a cell holds what no cell should."""
    most = rules().intake["cell"]
    for name, cell in cells.items():
        text = cell.strip()
        if len(text) > most:
            return wrong(line, name, "It is longer than %(most)s letters.", most=most)
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in text):
            return wrong(line, name, "It holds a character that cannot be seen.")
        if text.startswith(FORMULA) and not (name == "phone" and PHONE.fullmatch(text)):
            return wrong(line, name, "It begins like a formula.")
        if name == "name" and is_mixed(text):
            return wrong(line, name, "A word mixes letters of alphabets that look alike.")
    values = {name: unicodedata.normalize("NFC", cell.strip()) for name, cell in cells.items()}
    return {"line": line, "values": values, "faults": [], "warnings": []}


def is_mixed(text: str) -> bool:
    """Tell whether a word is written in several alphabets whose letters look alike."""
    return any(
        len({unicodedata.name(letter, " ").split(" ")[0] for letter in word} & ALIKE) > 1
        for word in text.split()
    )


def neutral(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith((*FORMULA, "\t", "\r")) else text
