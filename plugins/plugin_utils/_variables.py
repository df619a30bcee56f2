# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The options of a module from variables, on the controller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._arguments import VARIABLE_ARGUMENTS, WANTED_ARGUMENTS


def options(
    given: Mapping[str, Any],
    names: Iterable[str],
    variables: Mapping[str, Any],
    template: Callable[[Any], Any],
    rendered: Callable[[str], str],
) -> dict[str, Any]:
    """Put options in the place of VARIABLE_ARGUMENTS.

    Args:
        given: the arguments of a task.
        names: of the options for which there may be variables.
        variables: of the host, not templated yet.
        template: gives what such values stand for.
        rendered: gives the text that comes of a file with a template.
    """
    found = dict(given)
    said = _said(names, found.pop('variable_prefix', None), variables, template)
    if 'restore' in {**said, **found}:  # then nothing else is wanted
        said = {name: value for name, value in said.items() if name not in WANTED_ARGUMENTS}
        found.pop('template', None)
    if 'template' in found and 'content' not in found:  # of both, the module says that it takes one only
        found['content'] = rendered(found.pop('template'))
    return {**said, **found}


def _said(
    names: Iterable[str], prefix: str | None, variables: Mapping[str, Any], template: Callable[[Any], Any],
) -> dict[str, Any]:
    """Give what the variables say whose names begin so."""
    if prefix is None:
        return {}
    values = template({name: variables[prefix + name] for name in names
                       if name not in VARIABLE_ARGUMENTS and prefix + name in variables})
    nothing = None, '', variables.get('omit')  # the last one is a text before ansible-core 2.19
    return {name: value for name, value in values.items()
            if (value.strip() if isinstance(value, str) else value) not in nothing}
