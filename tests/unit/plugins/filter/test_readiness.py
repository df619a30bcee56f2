from ansible_collections.inet6.postfix.plugins.filter.readiness import FilterModule


def test_hosts_by_what_tasks_have_found_of_them():
    finding = {'code': 'not-running', 'severity': 'warning', 'message': 'start it'}
    problem = {'code': 'no-ptr', 'severity': 'error', 'message': '2001:db8::25 has no PTR record; publish one'}
    hostvars = {
        'a': {'__postfix_ipv6_info': {'verdict': 'ready', 'findings': []}, '__postfix_ipv6_dns': {'skipped': True}},
        'b': {'__postfix_ipv6_info': {'verdict': 'ready with warnings', 'findings': [finding]}},
        'c': {'__postfix_ipv6_info': {'verdict': 'ready', 'findings': []},
              '__postfix_ipv6_dns': {'addresses': [{'address': '2001:db8::25', 'problems': [problem]}]}},
        'd': {'__postfix_ipv6_info': {'unreachable': True, 'msg': 'no route to host'}},
        'e': {},
        'f': {},
        'g': {'__postfix_ipv6_info': {'instances': {
            '-': {'verdict': 'ready', 'findings': []},
            'postfix-out': {'verdict': 'ready with warnings', 'findings': [finding]}}}},
    }
    readiness = FilterModule().filters()['readiness']
    assert readiness(hostvars, ['a', 'b', 'c', 'd', 'e', 'g']) == {
        'not ready': {'c': ['2001:db8::25 has no PTR record; publish one'], 'd': ['no route to host'],
                      'e': ['no result']},
        'ready with warnings': {'b': ['start it'], 'g': ['instance postfix-out: start it']},
        'ready': ['a'],
    }
