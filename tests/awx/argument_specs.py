"""The collection awx.awx from PyPI, Galaxy is not needed; and the argument specs of its modules.

The package ansible has the collection up to release 13; later ones do not. The wheel is fetched once, into .build.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from lab.process import ROOT

PINNED = "ansible==11.13.0"
COLLECTIONS = ROOT / ".build" / "awx.awx" / f"{PINNED}.whl"
"""Where Ansible finds it."""
INSIDE = "ansible_collections/awx/awx/"
UNREACHABLE = ("connection", "resolve", "timed out", "proxy")
"""One of these is in what pip says where it cannot reach its index."""


class UnreachableError(Exception):
    """PyPI cannot be reached; the text says what pip said."""


def fetch() -> Path:
    """Give the directory of the collection, which is filled at the first time (57 MB, most of which is thrown away).

    Raises:
        UnreachableError: PyPI cannot be reached.
        RuntimeError: pip has failed for any other reason.
    """
    if COLLECTIONS.is_dir():
        return COLLECTIONS / INSIDE
    build = ROOT / ".build" / "awx.awx"
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as place:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
             "--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=15", f"--dest={place}", PINNED],
            check=False, capture_output=True, text=True)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            reached = not any(word in done.stderr.lower() for word in UNREACHABLE)
            raise (RuntimeError if reached else UnreachableError)(f"pip download {PINNED}: {last}")
        (wheel,) = Path(place).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(Path(place, "all"), [name for name in archive.namelist() if name.startswith(INSIDE)])
        os.rename(Path(place, "all"), COLLECTIONS)  # all of it or nothing
    return COLLECTIONS / INSIDE


def specification(module: str) -> dict[str, Any]:
    """Give the argument spec of a module, read from its source.

    Args:
        module: its short name, such as ``job_template``.
    """
    tree = ast.parse((fetch() / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["argument_spec"]:
            found: dict[str, Any] = literal(node.value)
            return found
    raise ValueError(f"{module} has no argument_spec")


def literal(node: ast.expr) -> Any:
    """Give the value of ``dict(a=1, b=dict())``, which is no literal to Python."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return {str(keyword.arg): literal(keyword.value) for keyword in node.keywords}
    return ast.literal_eval(node)
