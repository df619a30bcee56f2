"""Whatever a parameter needs beside its row in the table is there, and nothing else is."""

from pathlib import Path

import jinja2
import pytest
import yaml
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import (
    CONFIG_ARGUMENTS,
    INFO_ARGUMENTS,
    VARIABLE_ARGUMENTS,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS as TABLE_ROWS
from ansible_collections.inet6.postfix.plugins.plugin_utils._variables import options
from oracle.subjects import SUBJECTS

ROLE = Path(__file__).parents[3] / 'roles' / 'postfix_ipv6'
PREFIX = 'postfix_ipv6_'
PARAMETERS = [row.name for row in TABLE_ROWS.values() if row.has_variable]
TABLE = 'PARAMETERS in plugins/module_utils/_parameters.py'
SPEC = 'roles/postfix_ipv6/meta/argument_specs.yml'
TEMPLATE = 'roles/postfix_ipv6/templates/main.cf.j2'
DEFAULTS = 'roles/postfix_ipv6/defaults/main.yml'
README = 'roles/postfix_ipv6/README.md'

# Variables of the role itself, which are no parameters of Postfix.
OF_THE_ROLE = {PREFIX + name for name in (
    'enabled', 'extra_parameters', 'allowed_networks', 'widest_networks', 'absent', 'backups', 'restore', 'rollback',
    'start_stopped', 'wait_at_boot', 'timeout', 'instances', 'config_directory', 'outbound', 'destinations', 'mx_hosts',
    'listeners', 'services', 'resolvers', 'probe_from', 'probe_hosts', 'test_recipient', 'verify')}
FOR_MODULES = {'template': 'main.cf.j2', 'variable_prefix': PREFIX}
"""What the role gives modules config and info, which read all the rest from its variables."""

EXAMPLES = {  # of each parameter: a value, and its line in main.cf
    'inet_protocols': (['ipv4', 'ipv6'], 'ipv4, ipv6'),
    'inet_interfaces': (['127.0.0.1', '::1'], '127.0.0.1, ::1'),
    'proxy_interfaces': ('2001:db8::80', '2001:db8::80'),
    'mynetworks': (['127.0.0.0/8', '::1/128'], '127.0.0.0/8, [::1]/128'),
    'mynetworks_style': ('host', 'host'),
    'smtp_bind_address': ('192.0.2.25', '192.0.2.25'),
    'smtp_bind_address6': ('[2001:db8::25]', '2001:db8::25'),
    'smtp_bind_address_enforce': (True, 'yes'),
    'smtp_address_preference': ('any', 'any'),
    'smtp_balance_inet_protocols': (False, 'no'),
    'smtp_mx_address_limit': (10, '10'),
    'lmtp_bind_address': ('192.0.2.25', '192.0.2.25'),
    'lmtp_bind_address6': ('2001:db8::25', '2001:db8::25'),
    'lmtp_bind_address_enforce': (True, 'yes'),
    'lmtp_address_preference': ('any', 'any'),
    'lmtp_balance_inet_protocols': (False, 'no'),
    'lmtp_mx_address_limit': (10, '10'),
    'smtpd_client_ipv4_prefix_length': (32, '32'),
    'smtpd_client_ipv6_prefix_length': (64, '64'),
    'debug_peer_list': ('2001:db8::99', '[2001:db8::99]'),
}


def load(name):
    return yaml.safe_load((ROLE / name).read_text())


OPTIONS = load('meta/argument_specs.yml')['argument_specs']['main']['options']
SOURCE = (ROLE / 'templates' / 'main.cf.j2').read_text()
JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)


def rendered(variables, **given):
    """Give what main.cf.j2 makes of variables and options of a task, as module config reads it."""
    found = options({**FOR_MODULES, **given}, CONFIG_ARGUMENTS, variables, dict,
                    lambda name, main_cf: JINJA.from_string(SOURCE).render(main_cf=main_cf))
    return MainCf(found['content']).values()


@pytest.mark.parametrize('name', PARAMETERS)
def test_parameter_has_an_option(name):
    option = OPTIONS.get(PREFIX + name)
    assert option, f'{SPEC} lacks the option {PREFIX}{name}, which {TABLE} has'
    assert option.get('type') == 'raw', f'{SPEC}: {PREFIX}{name} is not of type raw, so a list or a text fails'
    assert option.get('description'), f'{SPEC}: {PREFIX}{name} lacks its description'


@pytest.mark.parametrize('name', PARAMETERS)
def test_template_makes_the_text_of_a_parameter(name):
    assert name in EXAMPLES, f'EXAMPLES in {Path(__file__).name} lacks {name}, which {TABLE} has'
    value, text = EXAMPLES[name]
    assert rendered({PREFIX + name: value}) == {name: text}, f'{TEMPLATE} makes another text of {PREFIX}{name}'


def test_the_oracle_tries_each_parameter():
    missing = sorted(set(TABLE_ROWS) - set(SUBJECTS))
    assert not missing, f'SUBJECTS in tests/oracle/subjects.py lacks {missing}, which {TABLE} has'


def test_option_has_a_parameter():
    extra = sorted(set(OPTIONS) - OF_THE_ROLE - {PREFIX + name for name in PARAMETERS})
    assert not extra, f'{SPEC} has {extra}, which {TABLE} lacks'


def test_variables_of_the_role_are_options():
    missing = sorted(OF_THE_ROLE - set(OPTIONS))
    assert not missing, f'{SPEC} lacks {missing}'


def test_options_have_a_line_for_users():
    """Those for LMTP have one for all: they are the same as for SMTP."""
    text = (ROLE / 'README.md').read_text()
    missing = sorted(name for name in OPTIONS if f"`{name.replace('_lmtp_', '_smtp_')}`" not in text)
    assert missing == [PREFIX + 'restore'], f'{README} lacks one of these; restore is no variable of an inventory'


def test_template_sets_nothing_that_is_undefined_or_null():
    assert rendered({}) == {}
    assert rendered({PREFIX + name: None for name in PARAMETERS}) == {}


def test_template_begins_with_a_comment_so_that_ansible_takes_it_for_text():
    assert SOURCE.startswith('#'), f'{TEMPLATE} does not begin with a comment'


def test_template_hands_extra_parameters_on():
    assert rendered({PREFIX + 'extra_parameters': {'smtpd_banner': '$myhostname'}}) == {'smtpd_banner': '$myhostname'}


def test_defaults_are_those_of_the_options():
    documented = {name: option['default'] for name, option in OPTIONS.items() if 'default' in option}
    defaults = load('defaults/main.yml')
    for name in sorted(set(documented) | set(defaults)):
        assert name in documented, f'{SPEC} has no default of {name}, which {DEFAULTS} has'
        assert name in defaults, f'{DEFAULTS} lacks {name}, of which {SPEC} has a default'
        assert defaults[name] == documented[name], (
            f'{name} is {defaults[name]!r} in {DEFAULTS} and {documented[name]!r} in {SPEC}')


def test_defaults_are_sound():
    assert rendered(load('defaults/main.yml')) == {'inet_protocols': 'all'}


def test_template_hands_the_policy_on():
    assert rendered({PREFIX + 'mynetworks': '10.0.0.0/8'}) == {'mynetworks': '10.0.0.0/8'}
    with pytest.raises(Rejected, match='is wider than /16'):
        rendered({PREFIX + 'mynetworks': '10.0.0.0/8', PREFIX + 'widest_networks': {'ipv4': 16}})


@pytest.mark.parametrize(('tasks', 'arguments'), [('main', CONFIG_ARGUMENTS), ('preflight', INFO_ARGUMENTS)])
def test_variables_stand_for_the_options_of_the_module(tasks, arguments):
    given = next(task[module] for task in load(f'tasks/{tasks}.yml')
                 for module in ('inet6.postfix.config', 'inet6.postfix.info') if module in task)
    assert given == FOR_MODULES
    missing = sorted({PREFIX + name for name in arguments} - set(OPTIONS)
                     - {PREFIX + name for name in ('content', *VARIABLE_ARGUMENTS)})
    assert not missing, f'{SPEC} lacks {missing}, which the module has'


def test_template_hands_allowed_networks_on():
    wide = {PREFIX + 'mynetworks': '2000::/3', PREFIX + 'allowed_networks': '2000::/3'}
    assert rendered(wide) == {'mynetworks': '[2000::]/3'}


def test_an_option_of_the_task_goes_before_the_variable():
    variables = {PREFIX + 'mynetworks': '2000::/3', PREFIX + 'allowed_networks': '4000::/3'}
    assert rendered(variables, allowed_networks='2000::/3') == {'mynetworks': '[2000::]/3'}
    with pytest.raises(Rejected, match='is wider than'):
        rendered(variables)


def test_template_leaves_no_ipv6_where_it_is_not_enabled():
    variables = {PREFIX + name: value for name, (value, text) in EXAMPLES.items()}
    before, after = rendered(variables), rendered({**variables, PREFIX + 'enabled': False})
    assert {name: text for name, text in after.items() if text != before[name]} == {
        'inet_protocols': 'ipv4', 'inet_interfaces': '127.0.0.1', 'proxy_interfaces': '', 'smtp_bind_address6': '',
        'lmtp_bind_address6': ''}
    assert rendered({PREFIX + 'enabled': False}) == {'inet_protocols': 'ipv4'}
