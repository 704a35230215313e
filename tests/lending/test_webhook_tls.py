"""The connection goes to the judged address, the certificate is checked against the name."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from factories.hooks import Receiver

from backend.kit import posting as sending
from backend.kit.clock import now
from backend.lending.webhooks.values import Failure, Sent

NAME = "hooks.bank.example"


def certified(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of the bank's name and its key; return their files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


async def test_a_name_is_proved_although_its_address_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, private = certified(tmp_path)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, private)
    trusted = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(sending.ssl, "create_default_context", lambda: trusted)
    door, calls = Receiver(), set[asyncio.Task[None]]()

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.add(asyncio.get_running_loop().create_task(door.serve(reader, writer)))

    server = await asyncio.start_server(called, "127.0.0.1", 0, ssl=served)
    port = server.sockets[0].getsockname()[1]
    try:
        async with sending.sender(5) as client:
            sent = await sending.send(client, f"https://{NAME}:{port}/hook", "127.0.0.1", {}, b"{}", 5)
            assert sent == Sent(204, None)
        async with sending.sender(5) as client:
            other = await sending.send(client, f"https://other.example:{port}/hook", "127.0.0.1", {}, b"{}", 5)
            assert other == Sent(None, Failure.CONNECTION)
    finally:
        server.close()
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await server.wait_closed()
    (got,) = door.got
    assert (got.path, got.headers["host"]) == ("/hook", f"{NAME}:{port}")
