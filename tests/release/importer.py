"""What galaxy-importer says of the tarball, by which Galaxy and Automation Hub take it in: python -m release.importer.

It takes in what it has warned of; here, a warning is a failure.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from lab.process import ROOT, LabError, logged, new_log, step

from release.tarball import build

PACKAGE = "galaxy-importer==0.4.44"
PLACE = ROOT / ".build" / "galaxy-importer"
"""An environment of its own: what it needs is at odds with what the tests need."""


def main() -> int:
    """Run it; a failure is what it complains of."""
    installation, log = new_log("importer-installation"), new_log("importer")
    try:
        with step(f"Installing {PACKAGE}"):
            logged(installation, sys.executable, "-m", "venv", str(PLACE))
            logged(installation, str(PLACE / "bin" / "python"), "-m", "pip", "install", PACKAGE)
        with step("Importing the tarball"), tempfile.TemporaryDirectory() as directory:
            tarball = build(Path(directory))
            os.chdir(directory)  # where it writes its result
            os.environ.update(PATH=f"{PLACE}/bin:{os.environ['PATH']}", GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP=directory,
                              GALAXY_IMPORTER_CONFIG=str(Path(__file__).with_name("galaxy-importer.cfg")))
            logged(log, "python", "-m", "galaxy_importer.main", str(tarball))
    except LabError as error:
        print(f"importer: {error}", file=sys.stderr)
        return 1
    lines = log.read_text(encoding="utf-8").splitlines()
    complaints = [line for line in lines if line.startswith(("WARNING: ", "ERROR: "))]
    print("\n".join(complaints) or f"nothing to complain of; all of its words are in {log.relative_to(ROOT)}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
