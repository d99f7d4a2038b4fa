"""One-time links: shown or mailed, used once."""

import re
import ssl
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.review.conftest import Worker, free_port
from tests.integration.review.test_people import id_of, make_administrator, members_of, new_name

PASSWORD = "nine patient turtles"


@pytest.fixture
def administrator(service):
    return make_administrator(service)


def new_email():
    return f"new-{uuid.uuid4().hex[:8]}@example.com"


def link_in(text):
    found = re.search(r"http://[^\s\"]+/portal/invitation\?token=[\w-]+", text)
    return found[0] if found else None


def invitation_id(service, email):
    return service.reads("SELECT id FROM invitations WHERE email = :e ORDER BY id DESC", e=email)[0][0]


def accepts(service, link, **fields):
    person = Worker(service, "", "")
    page = person.opens(link.removeprefix(service.url))
    if page.status_code != 200:
        return person, page
    fields = {"token": link.partition("token=")[2], "name": "New Person", "password": PASSWORD} | fields
    return person, person.sends("/portal/invitation", **fields)


def test_an_invited_person_sets_a_password_and_is_in_his_team(service, administrator):
    team, email = new_name(), new_email()
    administrator.sends("/portal/admin/teams", name=team, description="")
    page = administrator.sends(
        "/portal/admin/invitations", email=email.upper(), role="worker", **{f"team:{team}": "on"}
    )
    link = link_in(page.text)
    token = link.partition("token=")[2]
    assert token not in str(service.reads("SELECT * FROM invitations WHERE email = :e", e=email)), "a digest only"
    assert link_in(administrator.opens("/portal/admin/teams").text) is None, "shown once"
    person, home = accepts(service, link)
    assert home.url.path == "/portal/"
    assert "New Person" in home.text
    (public_id,) = service.reads("SELECT public_id FROM workers WHERE email = :e", e=email)[0]
    assert members_of(administrator.opens("/portal/admin/teams").text, team) == [public_id]
    assert person.opens("/portal/admin/teams").status_code == 403
    again, page = accepts(service, link)
    assert page.status_code == 410
    assert "already used" in page.text
    assert again.signs_in().status_code == 401
    assert Worker(service, email, PASSWORD).signs_in().url.path == "/portal/"
    assert token not in service.log


def test_a_link_that_is_over_replaced_or_withdrawn_is_refused(service, administrator):
    email = new_email()
    old = link_in(administrator.sends("/portal/admin/invitations", email=email, role="worker").text)
    row = invitation_id(service, email)
    service.changes("UPDATE invitations SET expires_at = :t WHERE id = :id", t="2020-01-01 00:00:00.000000", id=row)
    assert "This link has expired" in accepts(service, old)[1].text
    assert "Expired" in administrator.opens("/portal/admin/teams").text
    new = link_in(administrator.sends(f"/portal/admin/invitations/{row}/resend").text)
    assert accepts(service, old)[1].status_code == 404
    assert Worker(service, "", "").opens(new.removeprefix(service.url)).status_code == 200
    administrator.sends(f"/portal/admin/invitations/{row}/revoke")
    refused = accepts(service, new)[1]
    assert refused.status_code == 410
    assert "withdrawn" in refused.text
    assert administrator.sends(f"/portal/admin/invitations/{row}/resend").status_code == 404
    assert service.reads("SELECT id FROM workers WHERE email = :e", e=email) == []


def test_a_refused_password_leaves_the_link_working(service, administrator):
    email = new_email()
    link = link_in(administrator.sends("/portal/admin/invitations", email=email, role="administrator").text)
    for fields in ({"password": "short"}, {"password": email}, {"password": "password1234"}, {"name": " "}):
        assert accepts(service, link, **fields)[1].status_code == 400
    person, home = accepts(service, link)
    assert home.url.path == "/portal/"
    assert person.opens("/portal/admin/teams").status_code == 200


@pytest.mark.parametrize(
    "email", ["", "ann", "a@b@c", "a b@example.com", "ann@example.com\nBcc: x@example.com", "a,b@x.com"]
)
def test_what_is_no_address_is_refused(administrator, email):
    assert administrator.sends("/portal/admin/invitations", email=email, role="worker").status_code == 400


def test_who_has_an_account_or_an_invitation_is_not_invited(service, administrator, worker):
    there = administrator.sends("/portal/admin/invitations", email=worker.email, role="worker")
    assert there.status_code == 409
    email = new_email()
    administrator.sends("/portal/admin/invitations", email=email, role="worker")
    assert administrator.sends("/portal/admin/invitations", email=email, role="worker").status_code == 409
    unknown = {"email": new_email(), "role": "worker", "team:no-such-team": "on"}
    assert administrator.sends("/portal/admin/invitations", **unknown).status_code == 404


def test_a_link_to_a_new_password(service, administrator, worker):
    path = f"/portal/admin/people/{id_of(service, worker)}/new-password"
    first = link_in(administrator.sends(path).text)
    link = link_in(administrator.sends(path).text)
    assert accepts(service, first)[1].status_code == 410, "the newer one withdrew it"
    assert worker.opens("/portal/").url.path == "/portal/", "nothing happens before it is used"
    person, home = accepts(service, link)
    assert home.url.path == "/portal/"
    assert worker.opens("/portal/").url.path == "/portal/sign-in"
    assert worker.signs_in().status_code == 401
    assert worker.signs_in(PASSWORD).url.path == "/portal/"
    assert accepts(service, link)[1].status_code == 410
    last = link_in(administrator.sends(path).text)
    person.opens("/portal/account")
    person.sends("/portal/account/password", password=PASSWORD, new_password="twelve loud magpies")
    assert accepts(service, last)[1].status_code == 410, "a new password withdraws links to one"


class Mailbox:
    """What a real SMTP server received."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if any("refused" in address for address in envelope.rcpt_tos):
            return "550 no such mailbox"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def certificate(folder):
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def mail_server(tmp_path):
    """An SMTP server with STARTTLS that asks for user and password."""
    file, box = certificate(tmp_path), Mailbox()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"user", b"p@ss:word"))

    controller = Controller(
        box,
        hostname="localhost",
        port=0,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.port = free_port()
    controller.start()
    yield box, controller.port, file
    controller.stop()


def test_invitations_go_by_mail_where_a_server_is_set(new_service, mail_server, monkeypatch):
    box, port, file = mail_server
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    service = new_service()
    service.settings = {
        "SMTP_URL": f"smtp://user:p%40ss%3Aword@localhost:{port}?starttls",
        "MAIL_FROM": "Reviews <reviews@example.com>",
    }
    service.starts()
    administrator, email = make_administrator(service), new_email()
    page = administrator.sends("/portal/admin/invitations", email=email, name="Ann", role="worker")
    assert link_in(page.text) is None, "who was mailed is not shown as well"
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == (email, "Reviews <reviews@example.com>")
    assert "Chief invites you" in mail.get_content()
    _, home = accepts(service, link_in(mail.get_content()))
    assert home.url.path == "/portal/"
    failed = administrator.sends("/portal/admin/invitations", email="refused@example.com", role="worker")
    assert "The mail was not sent." in failed.text
    assert link_in(failed.text), "it can still be handed on"
    assert "p@ss" not in service.log


def test_a_mail_server_that_is_not_there_is_said(new_service):
    service = new_service()
    service.settings = {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "reviews@example.com"}
    service.starts()
    page = make_administrator(service).sends("/portal/admin/invitations", email=new_email(), role="worker")
    assert "ConnectionRefusedError" in page.text
    assert link_in(page.text)
