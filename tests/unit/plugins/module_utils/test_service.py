import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _service
from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of


def test_another_instance_than_the_default_is_run_by_the_postfix_command(machine):
    for command in ('systemctl', 'service', 'rc-service'):
        machine.program(command, 'exit 1')
    host = machine.host()
    manager = manager_of(host)
    assert (manager.stop, manager.start) == ((host.control('stop'),), (host.control('start'),))
    assert not manager.failed


@pytest.mark.parametrize(('units', 'by_systemd'), [
    ('', True), ('postfix@-.service', True), ('postfix@-.service postfix@out.service', False),
])
def test_what_would_stop_other_instances_too_is_not_used(machine, monkeypatch, units, by_systemd):
    machine.program('systemctl', f"""cat <<'UNITS'
Id=postfix.service
LoadState=loaded
Type=forking
ActiveState=active
ConsistsOf={units}

Id=postfix@-.service
LoadState=loaded
ActiveState=inactive
UNITS
""")
    isdir = os.path.isdir
    monkeypatch.setattr(_service.os.path, 'isdir', lambda path: path == '/run/systemd/system' or isdir(path))
    host = machine.host()
    host.is_default_instance = True
    expected = ('systemctl', 'stop', 'postfix.service') if by_systemd else host.control('stop')
    assert manager_of(host).stop == (expected,)
