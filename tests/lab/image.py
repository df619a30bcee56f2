"""The image of a Debian release with systemd and Postfix: found by a hash of its recipe, or built."""

from __future__ import annotations

import hashlib
import os
import select
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from lab.engine import find, require
from lab.network import LABEL
from lab.process import BUILD, LabError, lock, logged, new_log, output, step, succeeds

RELEASES = ("bullseye", "bookworm", "trixie")
UNSTABLE = "sid"
HOST = "inet6-postfix/host"
BASE = "inet6-postfix/base"
RECIPE = Path(__file__).with_name("recipe")
GIVEN = os.environ.get("LAB_IMAGE", "")
"""An image with systemd that takes the place of all of these."""

CREATE = (f"--label={LABEL}", "--network=host", "--hostname=mail.example.org", "--stop-signal=SIGRTMIN+3")
"""Options of the container to be provisioned. The image keeps its stop signal, the one that shuts systemd down."""

COMMAND = 'CMD ["/usr/local/sbin/lab-init"]'
"""What the image starts."""

UNSHIPPED = ("dev/*", "usr/share/doc/*", "usr/share/man/*", "usr/share/locale/*", "var/cache/apt/*")
"""What a bootstrapped system has and a host of the lab never reads: half of its bytes."""

REGISTRY_SECONDS = 5
"""How long a registry may take to say its first word."""


def ensure(release: str) -> str:
    """The tag of a release's image, which is built when this recipe has not been built yet; or of the one given."""
    if GIVEN:
        if not exists(GIVEN):
            with lock("image-given"), step(f"Pulling {GIVEN}"):
                logged(new_log("image-given"), "docker", "pull", GIVEN)
        return GIVEN
    if release not in (*RELEASES, UNSTABLE):
        raise LabError(f"'{release}' is no release of the lab: it has {', '.join(RELEASES)} and {UNSTABLE}.")
    wanted = tag(release)
    if not exists(wanted):
        with lock(f"image-{release}"):
            if not exists(wanted):
                build(release, wanted)
    return wanted


def tag(release: str) -> str:
    """The name of a release's image: another recipe is another image."""
    digest = hashlib.sha256(repr((release, CREATE, COMMAND, UNSHIPPED)).encode())
    for file in sorted(path for path in RECIPE.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(RECIPE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{HOST}:{release}-{digest.hexdigest()[:12]}"


def exists(name: str) -> bool:
    """Whether the engine has an image."""
    return succeeds("docker", "image", "inspect", name)


def build(release: str, wanted: str) -> None:
    """Build a release's image; the tag appears with the last command, so a failure leaves nothing under it."""
    log = new_log(f"image-{release}")
    base = f"{BASE}:{release}"
    if not exists(base):
        make_base(release, base, log)
    with step(f"Building the image of {release}: systemd and Postfix"):
        provision(base, wanted, log)
    for old in output("docker", "image", "ls", "--format={{.Repository}}:{{.Tag}}", HOST).splitlines():
        if old.startswith(f"{HOST}:{release}-") and old != wanted:
            succeeds("docker", "image", "rm", old)  # one that a container still uses stays until the next build


def make_base(release: str, base: str, log: Path) -> None:
    """A bare Debian: pulled where a registry is in reach, else bootstrapped from Debian's packages."""
    upstream = f"debian:{release}-slim"
    with lock("registry"):  # asked once, also when several images are built
        pull = registry_answers()
    if pull:
        with suppress(LabError), step(f"Pulling {upstream}"):
            logged(log, "docker", "pull", upstream)
            logged(log, "docker", "tag", upstream, base)
            return
    if os.geteuid() != 0:
        raise LabError(f"No registry has {upstream}, and only root can bootstrap {release}: run this as root.")
    debootstrap = require("debootstrap", "debootstrap", "debian-archive-keyring")
    scratch = tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True)
    with step(f"Bootstrapping {release} with debootstrap"), scratch as directory:
        root, archive = f"{directory}/root", f"{directory}/root.tar"
        logged(log, debootstrap, "--variant=minbase", release, root, *script_for(release))
        logged(log, "tar", "-C", root, "-cf", archive, *(f"--exclude=./{path}" for path in UNSHIPPED), ".")
        logged(log, "docker", "import", archive, base)


@cache
def registry_answers() -> bool:
    """Whether a registry is in reach, decided within seconds and once.

    A pull announces itself as soon as the registry has named the image; where packets are dropped it would hang
    for minutes.
    """
    with step("Asking for a container registry"):
        pull = subprocess.Popen(
            ["docker", "pull", "debian:stable-slim"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        with pull:
            assert pull.stdout is not None
            readable = select.select([pull.stdout], [], [], REGISTRY_SECONDS)[0]
            answered = bool(readable and b"Pulling from" in pull.stdout.readline())
            pull.kill()
    return answered


def script_for(release: str) -> tuple[str, ...]:
    """The mirror and script to give to a debootstrap that is older than the release: its default, and sid's."""
    known = Path("/usr/share/debootstrap/scripts", release).exists()
    return () if known else ("", "sid")


def provision(base: str, wanted: str, log: Path) -> None:
    """Run the recipe in a container of the base, and commit the result."""
    name = wanted.replace("/", "-").replace(":", "-")
    succeeds("docker", "rm", "--force", name)  # what a killed build left
    try:
        logged(log, "docker", "create", f"--name={name}", *CREATE, base, "sh", "/tmp/recipe/provision.sh")
        logged(log, "docker", "cp", str(RECIPE), f"{name}:/tmp/recipe")
        with tempfile.NamedTemporaryFile("w", dir=BUILD, suffix=".conf") as settings:
            settings.write(apt_settings())
            settings.flush()
            logged(log, "docker", "cp", settings.name, f"{name}:/etc/apt/apt.conf.d/99lab")
        logged(log, "docker", "start", "--attach", name)
        logged(log, "docker", "commit", f"--change={COMMAND}", name, wanted)
    finally:
        succeeds("docker", "rm", "--force", name)


def apt_settings() -> str:
    """How this machine reaches Debian's mirror (proxies, what it checks of dates): the build must go the same way."""
    proxies = {scheme: os.environ.get(f"{scheme}_proxy") for scheme in ("http", "https")}
    lines = [f'Acquire::{scheme}::Proxy "{proxy}";' for scheme, proxy in proxies.items() if proxy]
    if apt_config := find("apt-config"):
        wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-Valid-Until")
        lines.append(output(apt_config, "dump", "--no-empty", *wanted))
    return "\n".join([*lines, ""])
