"""A service's stand-in behind the edge: answers with what it was asked."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size).decode()
        seen = {"method": self.command, "path": self.path, "body": body}
        content = json.dumps({**seen, "headers": dict(self.headers.items())}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Path=/")
        self.send_header("Keep-Alive", "timeout=5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
