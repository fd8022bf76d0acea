"""A private Dovecot: a real IMAP server with TLS, passwords and bearer tokens."""

import os
import pwd
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imap_tools.mailbox import MailBoxUnencrypted

from config import processes
from config.processes import Child
from tests.services import find_dovecot, free_port, wait

CONFIG = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
{users}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.ext
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/home/%u
}}
"""
OAUTH2 = """
introspection_mode = auth
introspection_url = http://127.0.0.1:{port}/introspect
username_attribute = email
active_attribute = active
active_value = true
"""
PASSWORD = "pass/@:word"


@dataclass
class Dovecot:
    """Any user name has a mailbox, which opens to ``PASSWORD``.

    ``tokens_port`` is where a bearer token is asked about.
    """

    tokens_port: int = 0
    plain: int = field(default_factory=free_port)
    tls: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()))
    child: Child | None = None

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def start(self) -> None:
        self.folder.chmod(0o755)
        owner = _owner()
        make_certificate(self.folder)
        (self.folder / "mail").mkdir(exist_ok=True)
        os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        (self.folder / "oauth2.ext").write_text(OAUTH2.format(port=self.tokens_port))
        config = self.folder / "dovecot.conf"
        config.write_text(self._config(owner))
        with (self.folder / "out").open("wb") as out:
            command = [find_dovecot(), "-F", "-c", str(config)]
            self.child = processes.start(command, stdout=out, stderr=out)
        if not wait(self._answers, 20):
            raise RuntimeError((self.folder / "log").read_text()[-2_000:])

    def _config(self, owner: pwd.struct_passwd) -> str:
        """As root it keeps the users of its package, else it runs as whoever we are."""
        name = owner.pw_name
        own = f"default_internal_user = {name}\ndefault_login_user = {name}"
        return CONFIG.format(
            folder=self.folder,
            password=PASSWORD,
            plain=self.plain,
            tls=self.tls,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            users="" if os.geteuid() == 0 else own,
        )

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.plain), 1):
            return True
        return False

    def look(self, user: str) -> MailBoxUnencrypted:
        """Somebody else who looks into the mailbox."""
        box = MailBoxUnencrypted("127.0.0.1", self.plain, timeout=10)
        return box.login_utf8(user, PASSWORD)

    def stop(self) -> None:
        if self.child is not None:
            processes.end([self.child])
        self.child = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd:
    """Whose the mail is; Dovecot gives none to root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def make_certificate(folder: Path) -> None:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
