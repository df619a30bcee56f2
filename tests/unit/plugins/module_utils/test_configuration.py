from ansible_collections.inet6.postfix.plugins.module_utils._configuration import documents
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST

NOTHING = dict.fromkeys(
    ('restore', 'content', 'absent', 'services', 'outbound', 'destinations', 'mx_hosts', 'listeners'))


def test_domains_whose_mail_ends_on_the_host(machine):
    """Postfix tells its default of mydestination; tables are not looked into."""
    host = machine.host(mydestination='mail.example.org, localhost, hash:/etc/postfix/domains')
    (machine.config / 'main.cf').write_text('virtual_mailbox_domains = shop.example.org other.example\n')
    (machine.config / 'master.cf').write_text('smtp unix - - y - - smtp\n')
    table = documents(host, {**NOTHING, 'destinations': {'example.org': 'ipv4'}}, USUAL_TRUST)[0]
    assert table.plan('').values == {
        'inet6-postfix.transport: example.org': 'inet6-ipv4:', 'inet6-postfix.transport: .example.org': 'inet6-ipv4:',
        'inet6-postfix.transport: mail.example.org': ':', 'inet6-postfix.transport: shop.example.org': ':'}
