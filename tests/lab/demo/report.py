"""`make demo-report`: a small fleet with a host of each verdict, and the report of it."""

from __future__ import annotations

import json
import os
import sys

from lab.__main__ import images
from lab.process import ROOT, LabError, logged, new_log, output, step

SCENARIO = "demo_report"
"""In the names of its hosts, so that the scenario whose inventory this is can run meanwhile."""
FILES = ROOT / "molecule" / "report"
DIRECTORY = ROOT / "build" / "report"


def main() -> int:
    """Write the report; a failure is one clear sentence."""
    os.environ["MOLECULE_SCENARIO_NAME"] = SCENARIO
    log = new_log(SCENARIO)
    inventory = [f"--inventory={ROOT}/molecule/shared/inventory.yml", f"--inventory={FILES}/inventory.yml"]
    try:
        images(["bullseye", "bookworm", "trixie"])
        for text, playbook in (
            ("Removing what an earlier demo left", ROOT / "molecule/shared/destroy.yml"),
            ("Starting a DNS server and five mail hosts", ROOT / "molecule/shared/create.yml"),
            ("Making them what they are", FILES / "prepare.yml"),
            ("Turning IPv6 on in two of them, and sending mail", FILES / "converge.yml"),
        ):
            with step(text):
                logged(log, "ansible-playbook", *inventory, str(playbook))
        address = "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        variables = {
            "postfix_ipv6_report_directory": str(DIRECTORY),
            "postfix_ipv6_report_title": "Mail hosts of example.org",
            "postfix_ipv6_resolvers": [output("docker", "inspect", address, f"inet6-postfix-{SCENARIO}-dns")],
        }
        with step("Writing the report"):
            logged(log, "ansible-playbook", *inventory, f"--inventory={FILES}/files/unreachable.yml", "--limit=mail",
                   f"--extra-vars={json.dumps(variables)}", "inet6.postfix.report")
        totals = json.loads((DIRECTORY / "report.json").read_text(encoding="utf-8"))["totals"]
    except LabError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    print(", ".join(f"{number} {verdict}" for verdict, number in totals["verdicts"].items()))
    for ending in ("html", "json", "csv"):
        print(f"  {DIRECTORY.relative_to(ROOT) / 'report'}.{ending}")
    print("The hosts stay up; to remove them: make clean")
    return 0


if __name__ == "__main__":
    sys.exit(main())
