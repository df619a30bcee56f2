"""Certificates for hosts of the lab, signed by themselves: python -m lab.certificate NAME."""

from __future__ import annotations

import datetime
import sys
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
"""With DAYS, long over: what a certificate says is looked at, and not proven."""
DAYS = 90


def pem(name: str, *addresses: str) -> str:
    """A key, and the certificate of a host with this name, as Postfix's smtpd_tls_chain_files has them."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    others = [x509.IPAddress(ip_address(address)) for address in addresses]
    certificate = (
        x509.CertificateBuilder(own, own, key.public_key(), x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), *others]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return (key.private_bytes(serialization.Encoding.PEM, *form)
            + certificate.public_bytes(serialization.Encoding.PEM)).decode()


if __name__ == "__main__":
    print(pem(*sys.argv[1:]), end="")
