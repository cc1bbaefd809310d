"""What is refused at a field of a form is said in Spanish too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import prescription
from shared.language import CATALOGUES, catalogue


def sentences(folder: Path) -> Iterator[str]:
    """Yield what the code of a service says at fields."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "fault":
                yield from _texts(node.args[1])


def _texts(said: ast.expr) -> Iterator[str]:
    """Yield the texts of a sentence; one that a name holds is not seen here."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value


def test_what_is_said_at_a_field_is_said_in_spanish() -> None:
    folder = Path(prescription.__file__).parent
    spanish = {**catalogue("es", CATALOGUES), **catalogue("es", folder / "words")}
    said = set(sentences(folder))

    assert len(said) > 40
    assert sorted(said - spanish.keys()) == []
