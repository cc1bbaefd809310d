"""Write the contact sheets, eight moments of each figure: `python -m tests.figures`."""

from prescription.figure import picture
from prescription.figure.movement import movement, words
from tests.figures.sheets import FOLDER


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.svg"):
        path.unlink()
    for word in words():
        (FOLDER / f"{word}.svg").write_text(picture.sheet(movement(word)))


if __name__ == "__main__":
    main()
