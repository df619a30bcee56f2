"""A name server with a zone, over UDP and TCP: the other side of everything that asks DNS."""

import socket
import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.zone
import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._dns import Resolver, Server


class NameServer:
    """Answers from the text of a zone, on ::1 or another address of this machine, at a port of its own."""

    def __init__(self, text, address, recursive=True):
        """Begin to answer."""
        lines = '\n'.join(['$TTL 300', *(line.strip() for line in text.splitlines())])
        self.zone = dns.zone.from_text(lines, origin='.', relativize=False, check_origin=False)
        self.recursive = recursive
        self.ways = {}
        """How to answer for a name other than truly: the name of a response code, ``drop``, ``truncate``, or bytes."""
        self.asked = []
        """Name, type and transport of each question."""
        self.family = socket.AF_INET6 if ':' in address else socket.AF_INET
        while True:
            stream = self._server(socketserver.ThreadingTCPServer, (address, 0), self._over_tcp)
            self.port = stream.server_address[1]
            try:
                datagrams = self._server(socketserver.ThreadingUDPServer, (address, self.port), self._over_udp)
            except OSError:
                stream.server_close()
            else:
                break
        self.servers = stream, datagrams
        self.where = Server(address, self.port)
        for server in self.servers:
            threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()

    def _server(self, base, where, answer):
        handler = type('Handler', (socketserver.BaseRequestHandler,), {'handle': answer})
        return type('Server', (base,), {'address_family': self.family, 'daemon_threads': True})(where, handler)

    def stop(self):
        """Close the sockets."""
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def resolver(self, timeout=None, lifetime=30):
        """Give a resolver that asks this server alone, and waits long only for what will come."""
        return Resolver([self.where], timeout or (0.3 if 'drop' in self.ways.values() else 10), lifetime)

    @property
    def _over_udp(self):
        def handle(request):
            wire, sock = request.request
            reply = self._reply(wire, 'udp')
            if reply is not None:
                sock.sendto(reply, request.client_address)
        return handle

    @property
    def _over_tcp(self):
        def handle(request):
            stream = request.request.makefile('rb')
            length, = struct.unpack('!H', stream.read(2))
            reply = self._reply(stream.read(length), 'tcp')
            if reply is not None:
                request.request.sendall(struct.pack('!H', len(reply)) + reply)
        return handle

    def _reply(self, wire, transport):
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype), transport))
        way = self.ways.get(name, '')
        if way == 'drop':
            return None
        if isinstance(way, bytes):
            return wire[:2] + way
        response = dns.message.make_response(query, recursion_available=self.recursive)
        if way == 'truncate' and transport == 'udp':
            response.flags |= dns.flags.TC
        elif way not in ('', 'truncate'):
            response.set_rcode(dns.rcode.from_text(way))
        else:
            self._answer(response, question)
        try:
            return response.to_wire(max_size=query.payload if transport == 'udp' else 65535)
        except dns.exception.TooBig:
            response.answer.clear()
            response.flags |= dns.flags.TC
            return response.to_wire()

    def _answer(self, response, question):
        names = [question.name]
        response.flags |= dns.flags.AA
        while len(names) < 20:
            name = names[-1]
            if self.zone.get_node(name) is None:
                if not any(other.is_subdomain(name) for other in self.zone.nodes):
                    response.set_rcode(dns.rcode.NXDOMAIN)
                return
            alias = self.zone.get_rrset(name, 'CNAME')
            found = alias or self.zone.get_rrset(name, question.rdtype)
            if found:
                response.answer.append(found)
            if not alias or not self.recursive:
                return
            names.append(alias[0].target)


@pytest.fixture
def name_server():
    """Give a function that starts a name server with a zone; all are stopped in the end."""
    started = []

    def start(text='', address='::1', **options):
        started.append(NameServer(text, address, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()
