# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The files of a report in their directory, beside the reports before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.inet6.postfix.plugins.plugin_utils._report import SCHEMA
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_page import to_html
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_tables import to_csv, to_json

NAME = 'report'
FORMS = {'html': to_html, 'csv': to_csv, 'json': to_json}
"""What the files are written by."""
NOT_DIGITS = re.compile('[^0-9]+')


def earlier(directory: Path) -> dict[str, Any] | None:
    """Read the last report in a directory; None where there is none, or none that can be compared with.

    Raises:
        OSError: it cannot be read.
    """
    try:
        data = json.loads((directory / f'{NAME}.json').read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return data if isinstance(data, dict) and data.get('schema') == SCHEMA else None


def write(directory: Path, data: Mapping[str, Any], keep: int) -> dict[str, str]:
    """Write a report, each file in one step.

    Args:
        directory: is made where it is missing.
        data: of the report.
        keep: how many earlier reports stay beside it, as JSON with the time in their names.

    Returns:
        The paths, by the ending of the name.

    Raises:
        OSError: this user may not do it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = {ending: directory / f'{NAME}.{ending}' for ending in FORMS}
    drafts = {ending: directory / f'.{NAME}.{ending}.new' for ending in FORMS}
    for ending, form in FORMS.items():
        drafts[ending].write_bytes(form(data).encode('utf-8', 'replace'))
    last = earlier(directory)
    if last and keep:
        digits = ''.join(NOT_DIGITS.split(str(last['made'])[:19]))
        paths['json'].replace(directory / f'{NAME}-{digits}.json')
    for old in sorted(directory.glob(f'{NAME}-*.json'), reverse=True)[keep:]:
        old.unlink()
    for ending, path in paths.items():
        drafts[ending].replace(path)
    return {ending: str(path) for ending, path in paths.items()}
