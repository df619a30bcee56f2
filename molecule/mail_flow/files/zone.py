"""Write the zone of all names that there are here, from a line of JSON for each host.

A host that has an address to send from has reverse DNS for that one, and none for its other IPv6 address.
"""

import ipaddress
import json
import sys


def name(owner, address, reverse=True):
    """Let a name lead to an address, and the address back to it."""
    parsed = ipaddress.ip_address(address)
    print(f"{owner} {'A' if parsed.version == 4 else 'AAAA'} {parsed}")
    if reverse:
        print(f"{parsed.reverse_pointer}. PTR {owner}")


print("$TTL 60\n. SOA dns.example.net. hostmaster.example.net. 1 3600 600 86400 60\n. NS dns.example.net.")
for host in map(json.loads, sys.stdin):
    main = host["domains"][0]
    for domain in host["domains"]:
        print(f"{domain}. MX 10 mx.{main}.")
    for address in host["addresses"]:
        name(f"mx.{main}.", address, reverse=not host["bound"] or ":" not in address)
    if host["bound"]:
        name(f"out.{main}.", host["bound"])
    for owner in (main, f"mx.{main}"):
        print(f'{owner}. TXT "v=spf1 mx:{main} a:out.{main} -all"')
