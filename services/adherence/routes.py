"""The JSON API under /adherence/v1: schema in, command out."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint

from adherence import admission, diary, queries, reception, schemas
from adherence.commands import ANSWERS, AmendSession, LogSession, RevokeInvitation, Told
from adherence.projections import PROGRAMS
from shared.errors import Fault, Invalid
from shared.store import Commit
from shared.web import accesses, api
from shared.web.accesses import AccessesSchema
from shared.web.identity import allow, asker, service

PREFIX = "/adherence/v1"

routes = Blueprint("adherence", __name__, url_prefix=PREFIX)


@routes.route("/programs/<program>/sessions", methods=["POST"])
@allow("session.log")
@routes.arguments(schemas.LogRequest)
@routes.response(201, schemas.LoggedAnswer)
def log_session(body: dict[str, Any], program: str) -> Any:
    """Log what was done on a date; a second log of the date adds to it."""
    api.require_position(PROGRAMS)
    queries.in_reach(service(), asker(), program)
    cause = api.cause(_without_now(body))
    revision, day = body.pop("revision"), body.pop("local_date")
    commit = api.execute(LogSession(program, revision, day, Told(**body)), cause)
    return _logged(program, commit)


@routes.route("/programs/<program>/sessions/<session>/amendments", methods=["POST"])
@allow("session.log")
@routes.arguments(schemas.AmendRequest)
@routes.response(201, schemas.LoggedAnswer)
def amend_session(body: dict[str, Any], program: str, session: str) -> Any:
    """Add to the session of a date, or correct it."""
    api.require_position(PROGRAMS)
    queries.in_reach(service(), asker(), program)
    cause = api.cause(_without_now(body))
    _check_date(body.pop("local_date"), session)
    reason, revision = body.pop("reason"), body.pop("revision")
    kept = ANSWERS - body.keys()
    unanswered: dict[str, Any] = dict.fromkeys(ANSWERS)
    told = Told(**unanswered | body)
    command = AmendSession(program, session, reason, told, revision, kept)
    commit = api.execute(command, cause)
    return _logged(program, commit)


@routes.route("/programs/<program>/sessions", methods=["GET"])
@allow("session.read")
@api.reads(PROGRAMS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, schemas.SessionsAnswer)
def list_sessions(query: dict[str, Any], program: str) -> Any:
    """Return a program's sessions in the order of their dates."""
    queries.in_reach(service(), asker(), program)
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.sessions(service(), asker().tenant, program, after=after, limit=limit)
    return api.listing(found, limit, "local_date", queries.as_session)


@routes.route("/programs/<program>/sessions/<session>", methods=["GET"])
@allow("session.read")
@routes.response(200, schemas.SessionAnswer)
def read_session(program: str, session: str) -> Any:
    """Return one session as it is now."""
    queries.in_reach(service(), asker(), program)
    tenant = asker().tenant
    loaded = queries.loaded(service(), tenant, program)
    found = diary.find(loaded.state, session)
    return queries.opened(service(), tenant, found), 200, {"ETag": f'"{loaded.version}"'}


@routes.route("/programs/<program>/milestones", methods=["GET"])
@allow("session.read")
@api.reads(PROGRAMS)
@routes.response(200, schemas.MilestonesAnswer)
def list_milestones(program: str) -> Any:
    """Return what a program's sessions have reached."""
    queries.in_reach(service(), asker(), program)
    return {"items": queries.milestones(service(), asker().tenant, program)}


@routes.route("/patients/<patient>/accesses", methods=["GET"])
@allow("accesses.read")
@routes.response(200, AccessesSchema)
def list_accesses(patient: str) -> Any:
    """Return who looked at a patient's record lately or changed it, in all services."""
    queries.patient_in_reach(service(), asker(), patient)
    found, away = accesses.gathered(asker().identity, patient)
    return {"items": found, "away": away}


@routes.route("/patients/<patient>/invitations", methods=["POST"])
@allow("invitation.issue")
@routes.arguments(admission.InvitationRequest)
@routes.response(201, admission.InvitationAnswer)
def issue_invitation(body: dict[str, Any], patient: str) -> Any:
    """Invite a patient to sign in, by a link that is sent or a code that is printed.

    It takes the place of one that is still open.
    """
    queries.patient_in_reach(service(), asker(), patient)
    cause = api.cause(body)
    commit = api.execute(reception.invites(patient, body["way"], cause), cause)
    identity = api.new_id(cause)
    found = queries.invited(service(), cause.tenant, patient)
    location = f"{PREFIX}/patients/{patient}/invitations"
    return next(one for one in found if one.id == identity), 201, api.headers(commit, location)


@routes.route("/patients/<patient>/invitations", methods=["GET"])
@allow("invitation.read")
@routes.response(200, admission.InvitationsAnswer)
def list_invitations(patient: str) -> Any:
    """Return how a patient was invited, and whether it was used."""
    queries.patient_in_reach(service(), asker(), patient)
    return {"items": queries.invited(service(), asker().tenant, patient)}


@routes.route("/patients/<patient>/invitations/<invitation>/revocation", methods=["POST"])
@allow("invitation.revoke")
@routes.response(204)
def revoke_invitation(patient: str, invitation: str) -> Any:
    """Take an invitation back that was not used yet."""
    queries.patient_in_reach(service(), asker(), patient)
    commit = api.execute(RevokeInvitation(invitation, patient), api.cause({}))
    return "", 204, api.headers(commit)


@routes.route("/patients/<patient>/invitations/<invitation>/letter", methods=["GET"])
@allow("letter.read")
@routes.response(200, admission.LetterAnswer)
def read_letter(patient: str, invitation: str) -> Any:
    """Return what is sent to the invited person, for the service that sends it, once it does."""
    queries.patient_in_reach(service(), asker(), patient)
    return queries.letter(service(), asker().tenant, patient, invitation)


@routes.route("/texts", methods=["GET"])
@allow("text.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, schemas.HeldAnswer)
def read_texts(query: dict[str, Any]) -> Any:
    """Return people's words, for the other services."""
    return {"items": queries.texts(service(), asker().tenant, query["ids"])}


def _without_now(body: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a request the same when it is sent again, with the clock gone on."""
    return {name: value for name, value in body.items() if name != "device_now"}


def _check_date(told: date | None, session: str) -> None:
    if told is not None and told.isoformat() != session:
        raise Invalid(
            "An amendment is about the session's own date.",
            faults=[Fault("/local_date", f"It is not {session}: leave it out, or log a session.")],
        )


def _logged(program: str, commit: Commit) -> Any:
    told = queries.told(service(), commit)
    names = ("session", "local_date", "completion", "partial")
    answer = {name: getattr(told, name) for name in names}
    location = f"{PREFIX}/programs/{program}/sessions/{answer['session']}"
    answer["milestones"] = queries.reached(service(), commit)
    return answer, 201, api.headers(commit, location)
