import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import CONFIG_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.plugin_utils._variables import options

OMIT = 'the text that stands for omit before ansible-core 2.19'
ROLE = {'template': 'main.cf.j2', 'variable_prefix': 'p_'}
CONTENT = 'what comes of main.cf.j2'


def given(arguments, variables):
    return options(arguments, CONFIG_ARGUMENTS, {'omit': OMIT, **variables}, dict,
                   lambda name, main_cf: f'what comes of {name}{main_cf or ""}')


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
    # What main.cf.j2 is given.
    (ROLE, {'p_mynetworks': ['::1'], 'p_relayhost': 'x', 'p_extra_parameters': {'relayhost': '[2001:db8::1]'}},
     {'content': CONTENT + "{'mynetworks': '[::1]', 'relayhost': '[2001:db8::1]'}"}),
    (ROLE, {'p_inet_interfaces': OMIT, 'p_mynetworks': None, 'p_extra_parameters': None, 'p_enabled': ''},
     {'content': CONTENT}),
    (ROLE, {'p_mynetworks': '2000::/3', 'p_allowed_networks': '2000::/3'},
     {'content': CONTENT + "{'mynetworks': '[2000::]/3'}", 'allowed_networks': '2000::/3'}),
    (ROLE, {'p_mynetworks': '10.0.0.0/7', 'p_widest_networks': {'ipv4': 7}},
     {'content': CONTENT + "{'mynetworks': '10.0.0.0/7'}", 'widest_networks': {'ipv4': 7}}),
    *[(ROLE, {'p_enabled': off, 'p_smtp_bind_address6': '::1'},
       {'content': CONTENT + "{'smtp_bind_address6': '', 'inet_protocols': 'ipv4'}"}) for off in (False, 'no', '0')],
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

    variables = {'p_backups': 9, 'p_other': 1, 'p_mynetworks': '::1', 'x': 2}
    found = options({'variable_prefix': 'p_'}, CONFIG_ARGUMENTS, variables, template, None)
    assert seen == [{'backups': 9}]
    assert found == {'backups': 'templated 9'}


@pytest.mark.parametrize(('variables', 'words'), [
    ({'p_mynetworks': '2001:db8::1/64', 'p_inet_protocols': 'ipv5'}, ['mynetworks', 'host bits', 'ipv5']),
    ({'p_enabled': 'perhaps'}, ['p_enabled', 'perhaps', 'is neither true nor false']),
    ({'p_allowed_networks': {}}, ['allowed_networks']),
    ({'p_extra_parameters': 'relayhost'}, ['is no dictionary']),
])
def test_what_postfix_would_misread(variables, words):
    with pytest.raises(Rejected) as caught:
        given(ROLE, variables)
    for word in words:
        assert word in str(caught.value)
