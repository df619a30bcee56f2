import contextlib
import datetime
import ssl
from ipaddress import ip_address

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._certificate import Certificate, read_certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from lab.certificate import pem

YEAR = datetime.datetime(2026, 1, 1)
KEY = ec.generate_private_key(ec.SECP256R1())


def der(text):
    return ssl.PEM_cert_to_DER_cert(text[text.index('-----BEGIN CERTIFICATE'):])


def made(subject, begin, end, names=()):
    """Give a certificate that another library has made, in DER."""
    name = x509.Name([x509.NameAttribute(*one) for one in subject])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Example CA')])
    builder = x509.CertificateBuilder(issuer, name, KEY.public_key(), 1, begin, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


OWN = der(pem('mail.example.org', '192.0.2.25', '2001:db8::25'))


def test_of_the_lab():
    assert read_certificate(OWN) == Certificate(
        'CN=mail.example.org', 'CN=mail.example.org', ['mail.example.org', '192.0.2.25', '2001:db8::25'],
        '2025-01-01T00:00:00Z', '2025-04-01T00:00:00Z')


@pytest.mark.parametrize(('subject', 'text'), [
    ([], ''),
    ([(NameOID.COUNTRY_NAME, 'CH'), (NameOID.ORGANIZATION_NAME, 'Example, Inc.'), (NameOID.COMMON_NAME, 'x')],
     'C=CH, O=Example\\, Inc., CN=x'),
    ([(NameOID.COMMON_NAME, 'müller \U0001F4E7')], 'CN=müller \U0001F4E7'),
    ([(NameOID.COMMON_NAME, '\x1b[2J')], 'CN=?[2J'),
    ([(NameOID.EMAIL_ADDRESS, 'ca@example.org')], 'emailAddress=ca@example.org'),
    ([(NameOID.SURNAME, 'x')], '550404=x'),
])
def test_subjects(subject, text):
    found = read_certificate(made(subject, YEAR, YEAR))
    assert (found.subject, found.issuer, found.names) == (text, 'CN=Example CA', [])


@pytest.mark.parametrize('kind', ['PrintableString', 'IA5String', 'BMPString', 'UniversalString'])
def test_types_of_text(kind):
    attribute = x509.NameAttribute(NameOID.COMMON_NAME, 'mail', _type=getattr(x509.name._ASN1Type, kind))
    name = x509.Name([attribute])
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), 1, YEAR, YEAR)
    found = read_certificate(builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    assert (found.subject, found.issuer) == ('CN=mail', 'CN=mail')


@pytest.mark.parametrize('year', [1950, 1999, 2000, 2049, 2050, 9999])
def test_times(year):
    """To 2049 in two digits (RFC 5280, 4.1.2.5)."""
    time = datetime.datetime(year, 12, 31, 23, 59, 58)
    found = read_certificate(made([], time, time))
    assert (found.valid_from, found.valid_until) == (f'{year}-12-31T23:59:58Z',) * 2


def test_names():
    names = [x509.DNSName('*.example.org'), x509.RFC822Name('ca@example.org'), x509.IPAddress(ip_address('::1'))]
    assert read_certificate(made([], YEAR, YEAR, names)).names == ['*.example.org', '::1']


@pytest.mark.parametrize('data', [
    b'', b'\0', b'\x30\0', b'\x30\x80', b'\x30\xff', b'\x30\x84\xff\xff\xff\xff', OWN[:-1], OWN[:100]])
def test_not_a_certificate(data):
    with pytest.raises(ValueError, match=r'certificate|unpack'):
        read_certificate(data)


@given(st.binary(max_size=40) | st.tuples(st.integers(0, len(OWN) - 1), st.binary(min_size=1, max_size=3)))
def test_any_bytes(data):
    if isinstance(data, tuple):
        at, bytes_there = data
        data = OWN[:at] + bytes_there + OWN[at + len(bytes_there):]
    with contextlib.suppress(ValueError):
        read_certificate(data)
