"""Take the pictures of docs/report.md: python -m browser."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ansible_collections.inet6.postfix.plugins.plugin_utils._report import report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_page import to_html
from lab.process import ROOT, LabError

from browser.chromium import chromium
from browser.fleet import BEFORE, MADE, fleet

DEMO = ROOT / "build" / "report" / "report.html"
"""Of the hosts that `make demo-report` has made."""
TITLE = "Mail hosts of example.org"


def main() -> int:
    """Take them; a failure is one clear sentence."""
    data = report(fleet(240), TITLE, MADE, report(fleet(240, week=0), TITLE, BEFORE))
    try:
        with tempfile.TemporaryDirectory() as directory, chromium() as page:
            file = Path(directory) / "report.html"
            file.write_text(to_html(data), encoding="utf-8")
            page.size(1280, 1000)
            page.scheme("light")
            page.open(file)
            (ROOT / "docs" / "report.png").write_bytes(page.picture())
            page.open(DEMO)
            (ROOT / "docs" / "report-demo.png").write_bytes(page.picture())
            page.size(360, 740, 1.5)
            page.scheme("dark")
            page.open(file, "#code=no-ptr")
            page.click("#table .name")
            page.run('document.querySelector("#table tbody").scrollIntoView()')
            (ROOT / "docs" / "report-phone.png").write_bytes(page.picture())
    except LabError as error:
        print(f"browser: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
