"""The page of operators at every service: what is parked, and what to do about it.

A form does what the API does. That a record was looked at is written down.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from marshmallow import Schema, ValidationError

from shared.park import paused
from shared.web import parking
from shared.web.identity import page, service

PAGE = 50


def create_pages(name: str) -> Blueprint:
    """Return the operators' pages of a service."""
    pages = Blueprint("operations", __name__, url_prefix=f"/{name}/operations")

    @pages.get("/")
    @page("parked.read")
    def show_keys() -> Any:
        return _keys(name, {})

    @pages.get("/keys")
    @page("parked.read")
    def show_key() -> Any:
        return _key(name, request.args.get("key", ""), {})

    @pages.post("/drain")
    @page("parked.mend")
    def drain() -> Any:
        key = request.form.get("parked", "")
        body, errors = _load(
            parking.DrainSchema(), {"rate": _whole(request.form.get("rate") or "0")}
        )
        if errors:
            return _keys(name, errors)
        parking.drained(key, body["rate"])
        return redirect(f"/{name}/operations/?did=drained", 303)

    @pages.post("/discard")
    @page("parked.mend")
    def discard() -> Any:
        key = request.form.get("parked", "")
        sequence, reason = (request.form.get(name, "") for name in ("sequence", "reason"))
        typed = {"sequence": _whole(sequence), "reason": reason}
        body, errors = _load(parking.DiscardSchema(), typed)
        if errors:
            return _key(name, key, errors)
        parking.discarded(key, **body)
        return redirect(f"/{name}/operations/?did=discarded", 303)

    return pages


def _whole(text: str) -> int | str:
    """Return the number that was typed; text that is none is for the schema to refuse."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _load(schema: Schema, typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body that a form stands for, or what is wrong with each control."""
    try:
        body: dict[str, Any] = schema.load(typed)
    except ValidationError as refusal:
        return {}, {field: texts[0] for field, texts in refusal.messages_dict.items()}
    return body, {}


def _keys(name: str, errors: dict[str, str]) -> Any:
    shown = parking.page(request.args.get("cursor", ""), PAGE)
    answer = render_template(
        "operations/keys.html",
        service=name,
        paused=paused(service().database),
        did=request.args.get("did", ""),
        rate=request.form.get("rate", ""),
        errors=errors,
        **shown,
    )
    return answer, 422 if errors else 200


def _key(name: str, key: str, errors: dict[str, str]) -> Any:
    answer = render_template(
        "operations/key.html",
        service=name,
        found=parking.shown(key),
        reason=request.form.get("reason", ""),
        errors=errors,
    )
    return answer, 422 if errors else 200
