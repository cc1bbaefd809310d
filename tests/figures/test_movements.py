"""Every figure does what its data promise: angles, contacts, measures, sides."""

from itertools import pairwise
from math import dist

import pytest

from prescription.figure import movement as movements
from prescription.figure import picture
from prescription.figure.drawing import View, hull, parts
from prescription.figure.movement import Movement, MovementImpossible, movement, read, words
from prescription.figure.posture import body
from prescription.figure.skeleton import skeleton
from tests.figures.measure import frames, gap, measured, sunk, touching

WORDS = words()
every = pytest.mark.parametrize("word", WORDS)
# Metres. What touches is nearer than this, what slides does so by less, what sinks by less.
NEAR, SLIDE, DEEP = 0.02, 0.002, 0.025
BONES = {
    ("hip", "knee"): "thigh",
    ("knee", "ankle"): "shank",
    ("shoulder", "elbow"): "upper_arm",
    ("elbow", "wrist"): "forearm",
}


def touches(figure: Movement, contact: dict[str, object], at: float) -> bool:
    """Whether a contact holds at a moment: between two key poses where it does in both."""
    names = [key.name for key in figure.keys]
    on = contact.get("keys", names)
    assert isinstance(on, list)
    assert set(on) <= set(names)
    start, end = names[int(at) % len(names)], names[(int(at) + 1) % len(names)]
    return start in on and (at == int(at) or end in on)


@every
def test_joints_are_as_bent_as_the_data_say(word: str) -> None:
    figure = movement(word)
    names = {key.name for key in figure.keys}

    for check in figure.checks:
        assert check.get("key") in {None, *names}
        for key in figure.keys:
            if check.get("key") in (None, key.name):
                found = measured(body(key.pose), check["angle"])
                assert all(check["least"] <= one <= check["most"] for one in found), (check, found)


@every
def test_at_least_two_things_about_it_are_checked(word: str) -> None:
    assert len(movement(word).checks) >= 2


@every
def test_what_touches_neither_slides_nor_leaves(word: str) -> None:
    figure = movement(word)
    assert figure.contacts

    for contact in figure.contacts:
        on = [(at, now) for at, now in frames(figure) if touches(figure, dict(contact), at)]
        assert on
        for point in touching(contact["part"]):
            gaps = [gap(now, point, contact["thing"], figure) for _, now in on]
            assert max(map(abs, gaps)) < NEAR, (point, contact)
            if contact.get("slides"):
                continue
            for (at, one), (then, other) in pairwise(on):
                if then - at < 1:
                    assert dist(one.points[point], other.points[point]) < SLIDE, (point, at)


@every
def test_nothing_sinks_into_anything(word: str) -> None:
    figure = movement(word)

    for at, now in frames(figure):
        assert [(part, at) for part, out in sunk(now, figure) if out < -DEEP] == []


@every
def test_bones_are_equally_long_in_every_frame(word: str) -> None:
    for at, now in frames(movement(word)):
        for (start, end), bone in BONES.items():
            for side in "lr":
                found = dist(now.points[f"{start}_{side}"], now.points[f"{end}_{side}"])
                assert found == pytest.approx(skeleton().lengths[bone], abs=1e-6), (bone, at)


@every
def test_left_is_left(word: str) -> None:
    for _, now in frames(movement(word)):
        for joint, frame in (("hip", "pelvis"), ("shoulder", "chest")):
            left, right = (now.points[f"{joint}_{side}"] for side in "lr")
            across = [row[1] for row in now.frames[frame]]
            assert (
                sum(a * (one - other) for a, one, other in zip(across, left, right, strict=True))
                > 0
            )


@every
def test_knees_and_elbows_bend_one_way(word: str) -> None:
    for at, now in frames(movement(word)):
        for joint in ("knee", "elbow"):
            assert all(-1 <= one <= 155 for one in measured(now, joint)), (joint, at)


@every
def test_no_limb_jumps(word: str) -> None:
    for (_, one), (at, other) in pairwise(frames(movement(word))):
        for name, point in one.points.items():
            assert dist(point, other.points[name]) < 0.2, (name, at)


@every
def test_no_part_leaves_the_picture(word: str) -> None:
    figure = movement(word)
    left, top, wide, high = picture.frame(figure)
    view = View(figure.turn, figure.tilt)

    for _, now in frames(figure):
        for part in parts(now):
            if part.name not in figure.window.get("parts", [part.name]):
                continue
            for balls in part.hulls:
                for x, y in hull(balls, view):
                    assert left <= x <= left + wide
                    assert top <= y <= top + high


@every
def test_words_are_short_and_in_both_languages(word: str) -> None:
    figure = movement(word)

    for said in (figure.name, figure.text, *(key.words for key in figure.keys)):
        assert all(0 < len(said[language]) <= 130 for language in movements.LANGUAGES)
        assert said["en"] != said["es"]


@every
def test_a_movement_takes_its_time(word: str) -> None:
    figure = movement(word)

    assert all(key.seconds >= 0.4 for key in figure.keys[1:])
    assert figure.back >= 0.4 or not figure.moves


def test_no_exercise_is_both_shown_and_told() -> None:
    assert not set(WORDS) & set(movements.told())


def test_the_body_is_as_tall_as_its_parts() -> None:
    bones = skeleton().lengths
    standing = body({"foot_l.x": 0, "foot_r.x": 0, "pelvis.z": 0.9})

    hip = bones["ankle"] + bones["shank"] + bones["thigh"]

    assert hip == pytest.approx(0.53 * 1.70)
    assert hip + bones["trunk"] == pytest.approx(0.818 * 1.70)
    assert standing.points["crown"][2] == pytest.approx(1.70, abs=0.03)


def test_a_pose_that_begins_nowhere_is_refused() -> None:
    said = {"en": "a", "es": "b"}
    keys = [
        {"name": "one", "words": said, "pose": {"pelvis": {"z": 1}}},
        {"name": "two", "words": said, "pose": {"foot": {"x": 9}}},
    ]

    with pytest.raises(MovementImpossible, match=r"lacks foot_l\.x"):
        read("x", {"key": keys})


def test_a_missing_language_is_refused() -> None:
    with pytest.raises(MovementImpossible, match="en, es"):
        read("x", {"key": [{"name": "one", "words": {"en": "a"}}]})
