# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The verdict on a set of values, without a host: what module validate gives."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    examine,
    examine_text,
    for_release,
    judge_versions,
)


def validate(
    parameters: Optional[Mapping[str, Any]] = None,
    content: Optional[str] = None,
    trust: Trust = USUAL_TRUST,
    postfix_version: Optional[str] = None,
) -> Dict[str, Any]:
    """Judge values, a whole main.cf, or both.

    Args:
        parameters: values of any type by parameter.
        content: the text of a main.cf.
        trust: which networks may be trusted.
        postfix_version: a release, such as 3.7.11, to find parameters that it does not know yet.

    Returns:
        ``valid``, ``normalised`` (text by parameter), ``problems`` (as dictionaries), ``message`` (the errors, a line
        each).
    """
    normalised: Dict[str, str] = {}
    problems: List[Problem] = []
    for values, found in (
        examine_text(content or '', trust),
        examine(parameters or {}, {}, trust),
    ):
        normalised.update(values)
        problems += found
    if postfix_version:
        problems = [*for_release(problems, postfix_version), *judge_versions(normalised, postfix_version)]
    errors = [problem for problem in problems if problem.severity == ERROR]
    return {
        'valid': not errors,
        'normalised': normalised,
        'problems': [problem._asdict() for problem in problems],
        'message': '\n'.join(str(problem) for problem in errors),
    }
