import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import CONFIG_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.plugin_utils._variables import options

OMIT = 'the text that stands for omit before ansible-core 2.19'
ROLE = {'template': 'main.cf.j2', 'variable_prefix': 'p_'}
CONTENT = 'what comes of main.cf.j2'


def given(arguments, variables):
    return options(arguments, CONFIG_ARGUMENTS, {'omit': OMIT, **variables}, dict, 'what comes of {}'.format)


@pytest.mark.parametrize(('arguments', 'variables', 'found'), [
    # What a task says is left as it is, and variables count only where there is a prefix.
    ({}, {'p_backups': 9}, {}),
    ({'content': 'inet_protocols = all', 'backups': 2}, {'p_backups': 9},
     {'content': 'inet_protocols = all', 'backups': 2}),
    ({'template': 'main.cf.j2'}, {'p_backups': 9}, {'content': CONTENT}),
    # Those of the options, and no others.
    (ROLE, {}, {'content': CONTENT}),
    (ROLE, {'p_backups': 9, 'p_absent': [], 'p_start_stopped': False, 'p_timeout': 30, 'backups': 1},
     {'content': CONTENT, 'backups': 9, 'absent': [], 'start_stopped': False}),
    (ROLE, {'p_template': 'other.j2', 'p_variable_prefix': 'q_', 'q_backups': 1}, {'content': CONTENT}),
    # What says nothing.
    (ROLE, {'p_backups': None, 'p_outbound': '', 'p_instances': ' ', 'p_absent': OMIT}, {'content': CONTENT}),
    (ROLE, {'p_destinations': {}, 'p_backups': 0}, {'content': CONTENT, 'destinations': {}, 'backups': 0}),
    # The task comes before the variables.
    ({**ROLE, 'backups': 2}, {'p_backups': 9}, {'content': CONTENT, 'backups': 2}),
    # A way back, together with which nothing else is wanted; what the task itself wants, the module refuses then.
    (ROLE, {'p_restore': 'newest', 'p_absent': ['relayhost'], 'p_outbound': 'ipv4', 'p_backups': 9},
     {'restore': 'newest', 'backups': 9}),
    ({**ROLE, 'restore': 'newest'}, {'p_services': [{}]}, {'restore': 'newest'}),
    ({'restore': 'newest', 'content': ''}, {}, {'restore': 'newest', 'content': ''}),
    # Both say the same thing, which the module refuses.
    ({'template': 'main.cf.j2', 'content': 'x = y'}, {}, {'template': 'main.cf.j2', 'content': 'x = y'}),
])
def test_options(arguments, variables, found):
    before = dict(arguments)
    assert given(arguments, variables) == found
    assert arguments == before


def test_only_what_stands_for_an_option_is_templated():
    seen = []

    def template(values):
        seen.append(values)
        return {name: f'templated {value}' for name, value in values.items()}

    found = options({'variable_prefix': 'p_'}, CONFIG_ARGUMENTS, {'p_backups': 9, 'p_other': 1, 'x': 2}, template, str)
    assert seen == [{'backups': 9}]
    assert found == {'backups': 'templated 9'}
