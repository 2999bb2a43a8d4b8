"""A certificate authority that vouches for every host of the played internet."""

from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import ssl
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# For the certificate of the authority.
_SIGNS = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """A certificate authority that vouches for every host."""

    def __init__(self, folder: Path) -> None:
        """Make its certificate, in a file of `folder`."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "Played internet")]
        )
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._certificate = self._certify(
            self._name,
            self._key.public_key(),
            x509.BasicConstraints(ca=True, path_length=None),
            _SIGNS,
        )
        self._file = folder / "authority.pem"
        self._file.write_bytes(
            self._certificate.public_bytes(serialization.Encoding.PEM)
        )

    def trust(self) -> None:
        """Have all clients of this process trust it, and nobody else.

        Many libraries read whom to trust when they are imported.
        """
        path = str(self._file)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS"):
            os.environ[name] = path
        certifi.where = lambda: path

    def server_context(self) -> ssl.SSLContext:
        """Return a context that has a certificate for whatever host is asked for."""
        context = self._context("localhost")

        def choose(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
            if name:
                connection.context = self._context(name)

        context.sni_callback = choose
        return context

    def _context(self, host: str) -> ssl.SSLContext:
        """Return a context with a certificate for a host."""
        if host not in self._contexts:
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = self._certify(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]),
                key.public_key(),
                x509.SubjectAlternativeName([x509.DNSName(host)]),
            )
            path = self._folder / "host.pem"
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
                + certificate.public_bytes(serialization.Encoding.PEM)
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            self._contexts[host] = context
        return self._contexts[host]

    def _certify(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *extensions: x509.ExtensionType,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=7))
        )
        # Those without which Python's strict verification refuses a certificate.
        issuer = self._key.public_key()
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False
        ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self._key, hashes.SHA256())
