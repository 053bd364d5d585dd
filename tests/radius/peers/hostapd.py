"""hostapd as the NAS on a wire (802.1X), with FreeRADIUS doing its EAP, and wpa_supplicant as the phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.radius.peers import freeradius, program
from tests.radius.peers.namespaces import Wire
from tests.radius.peers.program import Program
from tests.radius.running import SECRET

EAP_PORT = 18120
DAS_PORT = 3799
ADDRESS = "127.0.0.1"  # hostapd answers a Disconnect from the first address of its interface
_EAP_SECRET = b"between hostapd and FreeRADIUS"

_HOSTAPD = f"""
interface={{interface}}
driver=wired
logger_stdout=-1
logger_stdout_level=0
ieee8021x=1
use_pae_group_addr=1
eap_reauth_period=0
own_ip_addr={ADDRESS}
nas_identifier=belzyce-urzad-1
radius_client_addr={ADDRESS}
auth_server_addr=127.0.0.1
auth_server_port={EAP_PORT}
auth_server_shared_secret={_EAP_SECRET.decode()}
acct_server_addr=127.0.0.1
acct_server_port={{acct_port}}
acct_server_shared_secret={SECRET.decode()}
radius_acct_interim_interval=2
radius_das_port={DAS_PORT}
radius_das_client=127.0.0.1 {SECRET.decode()}
radius_das_require_event_timestamp=1
radius_das_require_message_authenticator=1
"""

_PHONE = """
ap_scan=0
network={{
	key_mgmt=IEEE8021X
	eap=TTLS
	identity="{name}"
	anonymous_identity="somebody"
	password="{password}"
	phase2="auth=PAP"
	ca_cert="{certificate}"
	eapol_flags=0
}}
"""

# The name and password inside the tunnel are handed on to us; our Class comes out of it again.
_EAP = """
	eap {{
		default_eap_type = ttls
		tls-config ours {{
			private_key_file = "{key}"
			certificate_file = "{certificate}"
			ca_file = "{certificate}"
			tls_min_version = "1.2"
			tls_max_version = "1.2"
		}}
		ttls {{
			tls = ours
			default_eap_type = md5
			copy_request_to_tunnel = yes
			use_tunneled_reply = yes
			virtual_server = inner
		}}
	}}
"""
_SERVERS = """
server default {{
{listener}
	authorize {{
		eap
	}}
	authenticate {{
		Auth-Type EAP {{
			eap
		}}
	}}
	pre-proxy {{
		update proxy-request {{
			&Message-Authenticator := 0x00
		}}
	}}
	post-proxy {{
		eap
	}}
}}
server inner {{
	authorize {{
		update control {{
			&Proxy-To-Realm := "ours"
		}}
	}}
}}
"""


@contextmanager
def eap_server(folder: Path, auth_port: int, before: tuple[str, ...] = ()) -> Iterator[Program]:
    """FreeRADIUS, which ends the tunnel of EAP-TTLS and asks us on ``auth_port`` for what was inside."""
    certificate, key = make_certificate(folder)
    with freeradius.running(
        folder / "raddb",
        clients=freeradius.client(ADDRESS, _EAP_SECRET),
        proxy=freeradius.proxy_to({"auth": auth_port}, SECRET, ADDRESS),
        modules=_EAP.format(certificate=certificate, key=key),
        servers=_SERVERS.format(listener=freeradius.listener("auth", EAP_PORT)),
        before=before,
    ) as server:
        yield server


@contextmanager
def nas(folder: Path, wire: Wire, acct_port: int) -> Iterator[Program]:
    """hostapd, which reports to us on ``acct_port`` and takes Disconnects from us."""
    configuration = folder / "hostapd.conf"
    configuration.write_text(_HOSTAPD.format(interface=wire.interface, acct_port=acct_port))
    command = ["hostapd", "-d", str(configuration)]
    with program.running("hostapd", command, folder / "hostapd.log", "AP-ENABLED", wire.at_the_nas) as running:
        yield running


@contextmanager
def phone(folder: Path, wire: Wire, name: str, password: str) -> Iterator[Program]:
    """wpa_supplicant, once it is let in."""
    configuration = folder / "phone.conf"
    certificate = folder / "certificate.pem"
    configuration.write_text(_PHONE.format(name=name, password=password, certificate=certificate))
    command = ["wpa_supplicant", "-D", "wired", "-i", wire.interface, "-c", str(configuration)]
    log = folder / "phone.log"
    with program.running("wpasupplicant", command, log, "CTRL-EVENT-CONNECTED", wire.at_the_phone) as running:
        yield running


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, good for an hour, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eap.example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate_file, key_file
