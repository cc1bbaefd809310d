"""The JSON API of the library: exercises are found, put in, changed, shared and retired."""

from typing import Any

from marshmallow import fields, validate

from prescription import answers, commands, favourites, schemas, search, shelves
from prescription.demonstrations import has_figure
from prescription.projections import LISTS
from prescription.routes import changed, done, routes
from prescription.rules import rules
from shared.web import api
from shared.web.identity import allow, asker, service


def _code(facet: str) -> fields.String:
    """Return a field that takes one of a facet's codes, or nothing."""
    codes = rules().facets[facet]
    known = validate.OneOf(["", *codes], error="Use one of: " + ", ".join(codes) + ".")
    return fields.String(load_default="", validate=known)


class ExercisesQuery(api.PageQuery):
    """Query of the library."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=schemas.LINE),
        metadata={"description": "words, whole or from their third letter on, in any language"},
    )
    kind = _code("kind")
    region = _code("region")
    equipment = _code("equipment")
    position = _code("position")
    favourite = fields.Boolean(
        load_default=False, metadata={"description": "only the asker's favourites"}
    )
    offered = fields.Boolean(
        load_default=False,
        metadata={"description": "only those that wait to be taken in for all sites"},
    )
    retired = fields.Boolean(
        load_default=False, metadata={"description": "those that are prescribed no more"}
    )


@routes.route("/exercises", methods=["POST"])
@allow("exercise.publish")
@routes.arguments(schemas.ExerciseRequest)
@routes.response(201, answers.Created)
def publish_exercise(body: dict[str, Any]) -> Any:
    """Put an exercise into the library, of one site or of all."""
    shelves.check_site(body["site"], asker())
    cause = api.cause(body)
    exercise = api.new_id(cause)
    commit = api.execute(commands.PublishExercise(exercise=exercise, **body), cause)
    return done(exercise, commit, f"exercises/{exercise}")


@routes.route("/exercises", methods=["GET"])
@allow("exercise.read")
@api.reads(LISTS)
@routes.arguments(ExercisesQuery, location="query")
@routes.response(200, answers.page(answers.ListedExercise))
def list_exercises(query: dict[str, Any]) -> Any:
    """Return exercises by name; `q` and codes narrow them down."""
    after, limit = api.after(query["cursor"]), query["limit"]
    asked = search.Asked(
        text=query["q"],
        codes={name: query[name] for name in search.FACETS},
        favourite=query["favourite"],
        offered=query["offered"],
        retired=query["retired"],
    )
    found = shelves.exercises(asked, asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", dict)


@routes.route("/exercises/<exercise>", methods=["GET"])
@allow("exercise.read")
@routes.response(200, answers.Exercise)
def read_exercise(exercise: str) -> Any:
    """Return an exercise with all its parts."""
    found, version = shelves.show(exercise, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/exercises/<exercise>/revisions", methods=["POST"])
@allow("exercise.revise")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.ExerciseChange)
@routes.response(201, answers.Created)
def revise_exercise(body: dict[str, Any], exercise: str) -> Any:
    """Say what an exercise of the practice's own is like, all of it; If-Match names the version."""
    shelves.load_own(exercise, asker(), service())
    return changed(commands.ReviseExercise, exercise, "exercises", body)


@routes.route("/exercises/<exercise>/retirement", methods=["POST"])
@allow("exercise.retire")
@routes.doc(parameters=[api.IF_MATCH])
@routes.response(201, answers.Created)
def retire_exercise(exercise: str) -> Any:
    """Have an exercise prescribed no more; programs that have it go on."""
    shelves.load_own(exercise, asker(), service())
    return changed(commands.RetireExercise, exercise, "exercises", {})


@routes.route("/exercises/<exercise>/restoration", methods=["POST"])
@allow("exercise.restore")
@routes.doc(parameters=[api.IF_MATCH])
@routes.response(201, answers.Created)
def restore_exercise(exercise: str) -> Any:
    """Have a retired exercise prescribed again."""
    shelves.load_own(exercise, asker(), service())
    return changed(commands.RestoreExercise, exercise, "exercises", {})


@routes.route("/exercises/<exercise>/offer", methods=["POST"])
@allow("exercise.offer")
@routes.doc(parameters=[api.IF_MATCH])
@routes.response(201, answers.Created)
def offer_exercise(exercise: str) -> Any:
    """Offer an exercise of one site to all sites of the practice."""
    shelves.load(exercise, asker(), service())
    return changed(commands.OfferExercise, exercise, "exercises", {})


@routes.route("/exercises/<exercise>/answer", methods=["POST"])
@allow("exercise.answer")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.AnswerRequest)
@routes.response(201, answers.Created)
def answer_offer(body: dict[str, Any], exercise: str) -> Any:
    """Take an offered exercise in for all sites, or leave it with its own."""
    shelves.load(exercise, asker(), service())
    shelves.check_answering(asker())
    return changed(commands.AnswerOffer, exercise, "exercises", body)


@routes.route("/exercises/<exercise>/favourite", methods=["POST"])
@allow("exercise.favour")
@routes.arguments(schemas.FavouriteRequest)
@routes.response(201, answers.Created)
def mark_favourite(body: dict[str, Any], exercise: str) -> Any:
    """Want an exercise at hand, or no longer; favourites are the asker's own."""
    shelves.load(exercise, asker(), service())
    cause = api.cause(body)
    shelf = favourites.whose(cause.tenant, cause.actor)
    command = commands.MarkFavourite(shelf=shelf, exercise=exercise, **body)
    commit = api.execute(command, cause)
    return done(exercise, commit, f"exercises/{exercise}")


@routes.route("/demonstrations", methods=["GET"])
@allow("demonstration.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, answers.Demonstrations)
def read_demonstrations(query: dict[str, Any]) -> Any:
    """Return which exercises a figure shows, for the other services to lead to it."""
    found = shelves.words(query["ids"], asker().tenant, service())
    shown = {one: word if has_figure(word) else None for one, word in found.items()}
    return {"items": shown}
