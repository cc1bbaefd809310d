"""What a service asks another server: the address that it was given, and none that it is led to."""

import pytest
from flask import Flask, redirect
from werkzeug.wrappers import Response

from shared import http
from tests.given import served


def test_a_redirect_is_not_followed() -> None:
    app, followed = Flask("elsewhere"), []

    @app.get("/here")
    def here() -> Response:
        return redirect("/inside")

    @app.get("/inside")
    def inside() -> dict[str, str]:
        followed.append(1)
        return {"secret": "x"}

    with served(app) as address, pytest.raises(http.Unanswered):
        http.ask(http.pool(), "GET", f"{address}/here")

    assert followed == []
