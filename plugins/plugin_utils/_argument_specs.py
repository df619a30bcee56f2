# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Variables of the role against its argument_specs.yml, by Ansible's own rules and with messages like all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Fault, Problem

ROLE = 'postfix_ipv6'
SPECS = Path(__file__).parents[2] / 'roles' / ROLE / 'meta' / 'argument_specs.yml'
FAULTS = {
    'bool': ('is neither true nor false', 'write one of the two'),
    'int': ('is no whole number', 'write one, such as 5'),
    'list': ('is no list', 'write it as [one, another]'),
    'dict': ('is no dictionary', 'write it as {name: value}'),
    'list of dict': ('is no list of dictionaries', 'write it as [{name: value}]'),
}
"""What is wrong with a value that Ansible cannot make the type of its option of, and the cure."""


@cache
def specification() -> dict[str, Any]:
    """Give the options of the role, by the names of its variables.

    Without those within one: read_trust judges them, and ArgumentSpecValidator dies of a number in their place.
    """
    found = yaml.safe_load(SPECS.read_text(encoding='utf-8'))['argument_specs']['main']['options']
    return {name: {**option, 'options': None} for name, option in found.items()}


def misfits(variables: Mapping[str, Any]) -> Iterator[Problem]:
    """Find the variables of a host that Ansible itself would refuse before it runs the role."""
    for name, validator in _validators().items():
        if name in variables and validator.validate({name: variables[name]}).error_messages:
            yield _fault(specification()[name]).of(name, str(variables[name]), reference=f'role {ROLE}')


@cache
def _validators() -> dict[str, ArgumentSpecValidator]:
    return {name: ArgumentSpecValidator({name: option}) for name, option in specification().items()}


def _fault(option: Mapping[str, Any]) -> Fault:
    kind, choices = option['type'], [choice for choice in option.get('choices', ()) if choice]  # blank says nothing
    if choices:
        return Fault('no-choice', OTHER_MEANING, 'is none of its choices',
                     f'write {", ".join(choices[:-1])} or {choices[-1]}')
    return Fault('wrong-type', OTHER_MEANING, *FAULTS['list of dict' if option.get('elements') == 'dict' else kind])
