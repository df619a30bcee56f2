# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The options of a module, and the settings of main.cf, from variables, on the controller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import VARIABLE_ARGUMENTS, WANTED_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Fault, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import read_values

OWNED = [name for name, row in PARAMETERS.items() if row.has_variable]
OF_MAIN_CF = *OWNED, 'extra_parameters', 'enabled'
"""Variables that are no options: they make the text of main.cf."""


def options(
    given: Mapping[str, Any],
    names: Iterable[str],
    variables: Mapping[str, Any],
    template: Callable[[Any], Any],
    rendered: Callable[[str, Mapping[str, str]], str],
) -> dict[str, Any]:
    """Put options in the place of VARIABLE_ARGUMENTS.

    Args:
        given: the arguments of a task.
        names: of the options for which there may be variables.
        variables: of the host, not templated yet.
        template: gives what such values stand for.
        rendered: gives the text that comes of a file with a template, by the text of each parameter of main.cf.

    Raises:
        Rejected: Postfix would misread one of these.
    """
    found = dict(given)
    prefix = found.pop('variable_prefix', None)
    said = _said([name for name in names if name not in VARIABLE_ARGUMENTS], prefix, variables, template)
    if 'restore' in {**said, **found}:  # then nothing else is wanted
        said = {name: value for name, value in said.items() if name not in WANTED_ARGUMENTS}
        found.pop('template', None)
    if 'template' in found and 'content' not in found:  # of both, the module says that it takes one only
        main_cf = _main_cf(prefix, {**said, **found, **_said(OF_MAIN_CF, prefix, variables, template)})
        found['content'] = rendered(found.pop('template'), main_cf)
    return {**said, **found}


def _said(
    names: Iterable[str], prefix: str | None, variables: Mapping[str, Any], template: Callable[[Any], Any],
) -> dict[str, Any]:
    """Give what the variables say whose names begin so."""
    if prefix is None:
        return {}
    values = template({name: variables[prefix + name] for name in names if prefix + name in variables})
    nothing = None, '', variables.get('omit')  # the last one is a text before ansible-core 2.19
    return {name: value for name, value in values.items()
            if (value.strip() if isinstance(value, str) else value) not in nothing}


def _main_cf(prefix: str | None, said: Mapping[str, Any]) -> dict[str, str]:
    """Give the text of each parameter of which the variables say something."""
    enabled = said.get('enabled', True)
    try:
        enabled = boolean(enabled)
    except TypeError:
        fault = Fault('no-boolean', OTHER_MEANING, 'is neither true nor false', 'write one of the two')
        raise Rejected([fault.of(f'{prefix}enabled', str(enabled), reference='role postfix_ipv6')]) from None
    return read_values(
        {name: said[name] for name in OWNED if name in said}, said.get('extra_parameters', {}),
        read_trust(said.get('allowed_networks'), said.get('widest_networks')), enabled)
