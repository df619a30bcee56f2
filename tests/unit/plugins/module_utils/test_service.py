from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of


def test_another_instance_than_the_default_is_run_by_the_postfix_command(machine):
    for command in ('systemctl', 'service', 'rc-service'):
        machine.program(command, 'exit 1')
    host = machine.host()
    manager = manager_of(host)
    assert (manager.stop, manager.start) == ((host.control('stop'),), (host.control('start'),))
    assert not manager.failed
