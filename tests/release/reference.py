"""Make docs/reference: a page for each module, filter and test, and for the role."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from lab.process import ROOT, output

from release.tarball import build, install

PAGES = ROOT / "docs" / "reference"
BUILTIN = "https://docs.ansible.com/ansible/latest/collections/ansible/builtin/"
LINKS = (
    (r"'\.\./\.\./inet6/postfix/(\w+)\.html'", r"'\1.rst'"),
    (r"'\.\./\.\./ansible/builtin/(\w+\.html)'", rf"'{BUILTIN}\1'"),
    (r"(`ansible\.builtin\.\w+) <(\w+)\.rst>", rf"\1 <{BUILTIN}\2.html>"),
)
"""What antsibull-docs makes of links from one module to another in this form leads nowhere."""


def write(place: Path) -> None:
    """Write the pages into a directory, in the form that forges show, and remove those of what is gone."""
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        install(build(Path(directory)), Path(directory))
        output("env", f"ANSIBLE_COLLECTIONS_PATH={directory}",
               "antsibull-docs", "collection-plugins", "--use-current", "--output-format=simplified-rst",
               "--no-add-antsibull-docs-version", "--fail-on-error", "--cleanup=everything", f"--dest-dir={place}",
               "inet6.postfix")
    for page in place.iterdir():
        text = page.read_text(encoding="utf-8")
        for wrong, right in LINKS:
            text = re.sub(wrong, right, text)
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(PAGES)
