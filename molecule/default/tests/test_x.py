import socket
def test_postfix(host, lab_host):
    assert host.file("/etc/lab").content_string == "x\n"
    with socket.create_connection((lab_host.ipv6, 25), 5) as s:
        assert s.recv(99).startswith(b"220 ")
    print(lab_host)
def test_units(host, lab_host):
    units = host.run("systemctl list-units --plain --no-legend 'postfix*'; systemctl show -p Type postfix; postconf mail_version").stdout
    print(units)
def test_peers(host, lab_hosts):
    for h in lab_hosts.values():
        host.check_output(f"ping -6 -c1 -W2 {h.ipv6}")
        assert "220" in host.check_output(f"python3 -c \"import socket; print(socket.create_connection(('{h.ipv6}', 25), 5).recv(99))\"")
