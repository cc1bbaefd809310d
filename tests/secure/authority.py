"""An authority of the tests' own: vouches for an engine, and for who calls it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LOCAL = x509.SubjectAlternativeName(
    [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
)


@dataclass(frozen=True)
class Shown:
    """What somebody shows: a certificate and its key, in PEM, alone and in one file."""

    certificate: Path
    key: Path
    both: Path


class Authority:
    """Signs certificates; `ca` is the file by which it is known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name("Authority of the tests")
        signed = self._build("Authority of the tests", self.key.public_key(), is_ca=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(signed.public_bytes(Encoding.PEM))

    def vouch(self, name: str) -> Shown:
        """Return a certificate for somebody on this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._build(name, key.public_key(), is_ca=False).public_bytes(Encoding.PEM)
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        files = [self.folder / f"{name}.{part}" for part in ("crt", "key", "pem")]
        for file, content in zip(files, (signed, plain, signed + plain), strict=True):
            file.write_bytes(content)
        return Shown(*files)

    def _build(self, name: str, key: ec.EllipticCurvePublicKey, *, is_ca: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        if is_ca:
            usage = x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            )
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(LOCAL, critical=False)
        return builder.sign(self.key, SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
