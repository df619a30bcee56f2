# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The verdict on a set of values, without a host: what module validate gives."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    ERROR,
    FATAL,
    OTHER_MEANING,
    Fault,
    Problem,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    for_release,
    judge,
    judge_versions,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import release_of
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import examine


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

    Raises:
        Rejected: the release is none.
    """
    normalised: Dict[str, str] = {}
    problems: List[Problem] = []
    for values, found in (
        _examine_text(content or '', trust),
        examine(parameters or {}, {}, trust),
    ):
        normalised.update(values)
        problems += found
    if postfix_version:
        release = release_of(postfix_version)
        if len(release) < 2:
            fault = Fault('bad-release', OTHER_MEANING, 'is no release of Postfix', 'write it as in 3.7.11')
            raise Rejected([fault.of('postfix_version', postfix_version, reference='module validate')])
        problems = [*for_release(problems, release), *judge_versions(normalised, release)]
    errors = [problem for problem in problems if problem.severity == ERROR]
    return {
        'valid': not errors,
        'normalised': normalised,
        'problems': [problem._asdict() for problem in problems],
        'message': '\n'.join(str(problem) for problem in errors),
    }


def _examine_text(text: str, trust: Trust) -> Tuple[Dict[str, str], List[Problem]]:
    """Judge a whole main.cf, as it stands; give the text of each parameter, and every problem."""
    main_cf = MainCf(text)
    malformed = Fault('malformed-line', FATAL, 'is not of the form name = value, every Postfix program would die',
                      'mend the line, or take it out')
    problems = [malformed.of('main.cf', f'line {number}', reference='postconf(5)') for number in main_cf.malformed]
    return main_cf.values(), problems + list(judge(main_cf.values(), trust))
