"""A real Postfix on loopback that delivers to Maildirs, without being installed.

`script/bootstrap test` unpacks Debian's package into the environment of the tests. It is started in
a mount namespace of its own, in which the unpacked files lie over `/usr`, and its users, queue and
state exist, and in a namespace of processes, which end with it; outside nothing changes. That takes
root.
"""

import base64
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme

from tests.postoffice import PASSWORD, USER

TREE = Path(sys.prefix) / "postfix"
_USERS = (("postfix", 4240), ("postdrop", 4241), ("boxes", 4242))

_MAIN = """\
compatibility_level = 3.6
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
meta_directory = {tree}/etc/postfix
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination =
alias_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_mailbox_base = {folder}/maildir
virtual_uid_maps = static:4242
virtual_gid_maps = static:4242
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{login}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_START = """\
set -e
mount -t overlay overlay -o lowerdir={tree}/usr:/usr /usr
mount -t tmpfs none /var/spool
mount -t tmpfs none /var/lib
mkdir /var/spool/postfix /var/lib/postfix
chown 4240 /var/lib/postfix
mount --bind {folder}/passwd /etc/passwd
mount --bind {folder}/group /etc/group
chown 4242:4242 {folder}/maildir
exec postfix -c {folder} start-fg
"""


def missing() -> str:
    """Why it cannot be started here; nothing, if it can."""
    if os.geteuid() != 0:
        return "Postfix is started in a mount namespace, which takes root"
    if not (TREE / "usr/sbin/postfix").exists():
        return "Postfix is not unpacked (script/bootstrap does that on Debian and Ubuntu)"
    tried = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"mount -t overlay o -o lowerdir={TREE}/usr:/usr /usr"],
        capture_output=True, check=False,
    )  # fmt: skip
    return "" if tried.returncode == 0 else f"nothing can be mounted here: {tried.stderr!r}"


class _Login(socketserver.StreamRequestHandler):
    """The other side of Dovecot's protocol for logins, version 1.1, with which Postfix asks."""

    def handle(self) -> None:
        self.wfile.write(
            b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n"
        )
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] != "AUTH":
                continue
            (response,) = (word[5:] for word in words if word.startswith("resp="))
            _, user, password = base64.b64decode(response).decode().split("\0")
            verdict = "OK" if (user, password) == (USER, PASSWORD) else "FAIL"
            self.wfile.write(f"{verdict}\t{words[1]}\tuser={user}\n".encode())


class _Logins(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def postfix(folder: Path, authority: trustme.CA, boxes: Iterable[str]) -> Iterator[int]:
    """Its port. What is delivered lies in ``folder/maildir/<local part>/new``."""
    (folder / "maildir").mkdir(parents=True)
    for above in (folder, *folder.parents):  # its delivery agent is nobody special
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o011)
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "cert.pem").write_bytes(b"".join(c.bytes() for c in certificate.cert_chain_pems))
    lines = "".join(f"{box} {box.partition('@')[0]}/\n" for box in boxes)
    (folder / "boxes").write_text(lines)
    for name in ("passwd", "group"):
        shutil.copy(f"/etc/{name}", folder / name)
    with (folder / "passwd").open("a") as passwd, (folder / "group").open("a") as group:
        for name, number in _USERS:
            passwd.write(f"{name}:x:{number}:{number}::/:/bin/false\n")
            group.write(f"{name}:x:{number}:\n")
    with _Logins(("127.0.0.1", 0), _Login) as logins:
        threading.Thread(target=logins.serve_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        names: dict[str, Any] = {"tree": TREE, "folder": folder, "port": port}
        (folder / "main.cf").write_text(_MAIN.format(login=logins.server_address[1], **names))
        (folder / "master.cf").write_text(_MASTER.format(**names))
        process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
             _START.format(**names)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            _wait_for(port, process)
            yield port
        finally:
            # The first process of the namespace takes all others with it.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            for child in children.split():
                os.kill(int(child), signal.SIGKILL)
            process.communicate(timeout=20)
            logins.shutdown()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        assert process.poll() is None, process.communicate()[1]
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("Postfix does not answer")
