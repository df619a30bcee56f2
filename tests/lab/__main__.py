"""The lab's command line: python -m lab ready | image | clean."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from lab import engine, image, network
from lab.process import LabError, output, succeeds


def main() -> int:
    """Do what the command line asks; a failure is one clear sentence."""
    parser = argparse.ArgumentParser(prog="lab", description="Hosts in Docker with systemd, Postfix and IPv6.")
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("ready", help="make sure of the engine, the network and the images")
    command.add_argument("release", nargs="*", help=f"default: {' '.join(image.RELEASES)}, and sid if it can be built")
    command.set_defaults(run=lambda args: images(args.release) if args.release else everything())

    command = commands.add_parser("image", help="the same, and print the image of each release, one a line")
    command.add_argument("release", nargs="+")
    command.set_defaults(run=lambda args: print(*images(args.release), sep="\n"))

    command = commands.add_parser("clean", help="remove all hosts of the lab and its network")
    command.add_argument("--images", action="store_true", help="the images too")
    command.set_defaults(run=lambda args: clean(images=args.images))

    args = parser.parse_args()
    try:
        args.run(args)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


def images(releases: Iterable[str]) -> list[str]:
    """Make sure that hosts of these releases can be started; their images."""
    engine.ensure()
    network.ensure()
    with ThreadPoolExecutor(max_workers=2) as pool:  # half of a build is waiting for the network and the disk
        return list(pool.map(image.ensure, releases))


def everything() -> None:
    """Make sure of all releases. Sid changes daily and some days cannot be installed: then it is left out."""
    images(image.RELEASES)
    try:
        images([image.UNSTABLE])
    except LabError as error:
        print(f"lab: going on without {image.UNSTABLE}: {error}", file=sys.stderr)


def clean(*, images: bool) -> None:
    """Remove what the lab has started, and on request what it has built."""
    if not engine.answers():
        return  # without an engine there is nothing to remove
    if hosts := output("docker", "ps", "--all", "--quiet", f"--filter=label={network.LABEL}").split():
        output("docker", "rm", "--force", "--volumes", *hosts)
    if network.exists():
        output("docker", "network", "rm", network.NAME)
    if images:
        for repository in (image.HOST, image.BASE):
            for name in output("docker", "image", "ls", "--format={{.Repository}}:{{.Tag}}", repository).split():
                succeeds("docker", "image", "rm", name)


if __name__ == "__main__":
    sys.exit(main())
