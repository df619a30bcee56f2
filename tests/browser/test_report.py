"""The page of the report does in a browser what it is for, with the mouse, the keyboard, a screen reader, on paper."""

from __future__ import annotations

import json
import time

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_page import to_html

from browser.fleet import MADE, fleet

ROWS = 100
CONTROLS = ("button", "link", "searchbox", "combobox")
NAMES = "#table .name"

CONTRAST = """[...document.querySelectorAll("body *")].flatMap(element => {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, .hidden, .skip, :disabled")) return [];
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    let ground = element;
    while (ground && parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const light = ([red, green, blue]) => [red, green, blue].map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const both = [parse(getComputedStyle(element).color), parse(getComputedStyle(ground).backgroundColor)].map(light);
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    return contrast < 4.5 ? [`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 100)}`] : [];
})"""
"""All text that is hard to read, by the formula of WCAG 2.2 (1.4.3)."""


def names(data, key=None, down=False):
    """Give the names of hosts as the page should sort them; those of which a thing is not known come last."""
    hosts = data["hosts"]
    if key:
        known = sorted((host for host in hosts if key(host) is not None), key=key, reverse=down)
        if down:  # the same for the same, in the order of names
            known = sorted(known, key=hosts.index)
            known = sorted(known, key=key, reverse=True)
        hosts = known + [host for host in hosts if key(host) is None]
    return [host["name"] for host in hosts]


def share(way):
    def key(host):
        counts = host["mail"] and host["mail"][way]
        return counts["ipv6"] / (counts["ipv4"] + counts["ipv6"]) if counts else None
    return key


def delay(family):
    return lambda host: host["mail"] and host["mail"]["delay"][family] and host["mail"]["delay"][family]["p90"]


def version(host):
    return host["version"] and [int(part) for part in host["version"].split(".")]


def listens(host):
    there = [family for family in ("ipv4", "ipv6") if host["listeners"] and host["listeners"][family]]
    return "unknown" if host["listeners"] is None else "IPv4 and IPv6" if len(there) == 2 else "IPv4 only"


COLUMNS = {
    "Verdict": (lambda host: ["not ready", "ready with warnings", "ready"].index(host["verdict"]), False),
    "Findings": (lambda host: len(host["findings"]), True),
    "Listens on": (listens, False),
    "IPv6 received": (share("received"), True),
    "IPv6 sent": (share("sent"), True),
    "p90 IPv4": (delay("ipv4"), True),
    "p90 IPv6": (delay("ipv6"), True),
    "Postfix": (version, False),
}


def status(page):
    return page.texts("#status")[0]


def test_begins_with_all_hosts_by_name(page, data):
    assert page.texts(NAMES) == names(data)[:ROWS]
    assert status(page) == "240 of 240 hosts, 1 to 100 shown"
    assert page.texts('#table [aria-sort="ascending"]') == ["Host"]
    assert page.run("document.title") == "A fleet"


@pytest.mark.parametrize("title", COLUMNS)
def test_sorts(page, data, title):
    key, down = COLUMNS[title]
    number = page.texts("#table thead th").index(title)
    for direction in (down, not down):
        page.click("#table thead button", number)
        assert page.texts(NAMES) == names(data, key, direction)[:ROWS]
        assert page.texts(f'#table [aria-sort="{"descending" if direction else "ascending"}"]') == [title]
        assert len(page.texts("#table [aria-sort]")) == 1


def test_sorts_by_keyboard(page, data):
    page.run('document.querySelector("#table thead button").focus()')
    page.press("Enter", "\r")
    assert page.texts(NAMES) == names(data)[::-1][:ROWS]
    page.press("Tab")
    page.press("Space", " ")
    assert page.texts('#table [aria-sort="ascending"]') == ["Verdict"]


def test_filters_by_words(page, data):
    page.click('[name="q"]')
    page.type("NO-PTR ams")
    expected = [host["name"] for host in data["hosts"] if ".ams." in host["name"]
                and any(finding["code"] == "no-ptr" for finding in host["findings"])]
    assert page.texts(NAMES) == expected
    assert status(page) == f"{len(expected)} of 240 hosts"
    assert page.run("location.hash") == "#q=NO-PTR+ams"
    page.click('[type="reset"]')
    assert status(page).startswith("240 of 240")
    assert page.run("document.activeElement.name") == "q"


def test_filters_by_verdicts(page, data):
    chips = {text.split("\n")[0].strip("✕!✓ ").rstrip("0123456789 "): index
             for index, text in enumerate(page.texts("#filter fieldset button"))}
    assert list(chips) == ["not ready", "ready with warnings", "ready"]
    for chosen in (["not ready"], ["not ready", "ready with warnings"]):
        page.click("#filter fieldset button", chips[chosen[-1]])
        expected = [host["name"] for host in data["hosts"] if host["verdict"] in chosen]
        assert page.texts(NAMES) == expected[:ROWS]
        assert page.run('[...document.querySelectorAll("#filter [aria-pressed=true]")].length') == len(chosen)
    page.click("#filter fieldset button", chips["not ready"])
    page.click("#filter fieldset button", chips["ready with warnings"])
    assert status(page).startswith("240 of 240")


@pytest.mark.parametrize(("shown", "belongs"), [
    ("ipv6", lambda host: host["listeners"] and host["listeners"]["ipv6"]),
    ("no-ipv6", lambda host: host["listeners"] and not host["listeners"]["ipv6"]),
    ("exposed", lambda host: host["exposure"]),
    ("mail", lambda host: host["mail"]),
    ("no-mail", lambda host: not host["mail"]),
])
def test_shows_some(page, data, shown, belongs):
    page.run(f"""(() => {{
        const select = document.querySelector("[name=show]");
        select.value = {json.dumps(shown)};
        select.dispatchEvent(new Event("change", {{bubbles: true}}));
    }})()""")
    expected = [host["name"] for host in data["hosts"] if belongs(host)]
    assert page.texts(NAMES) == expected[:ROWS]
    assert status(page).startswith(f"{len(expected)} of 240 hosts")


def test_numbers_lead_to_their_hosts(page, data):
    for number, tile in enumerate(page.texts(".tile strong")):
        page.click(".tile", number)
        count = int(status(page).split()[0])
        if "%" not in tile:
            assert count == int(tile), page.texts(".tile")[number]
    for number, (link, finding) in enumerate(zip(page.texts("#findings a"), data["findings"], strict=True)):
        page.click("#findings a", number)
        assert link == finding["code"]
        assert int(status(page).split()[0]) == finding["hosts"]
    page.click("#relay a")
    assert int(status(page).split()[0]) == data["exposure"][0]["hosts"]
    page.click("#changes a")
    here = {host["name"] for host in data["hosts"]}
    changed = [change["name"] for change in data["changes"]["hosts"] if change["name"] in here]
    assert int(status(page).split()[0]) == len(changed)


def test_opens_a_host(page, data):
    number, host = next((number, host) for number, host in enumerate(data["hosts"]) if host["exposure"])
    page.click(NAMES, number)
    (more,) = page.texts("#table .open")
    for text in (*(finding["message"] for finding in host["findings"]), *host["mynetworks"],
                 *host["listeners"]["ipv4"], host["mail"]["answers"][0]["example"]):
        assert text in more
    assert page.run(f'document.querySelectorAll("{NAMES}")[{number}].getAttribute("aria-expanded")') == "true"
    assert page.run("decodeURIComponent(location.hash)") == f"#host={host['name']}"
    page.click(NAMES, number)
    assert page.texts("#table .open") == []
    assert page.run(f'document.querySelectorAll("{NAMES}")[{number}].getAttribute("aria-expanded")') == "false"


def test_the_address_tells_what_is_shown(show, data):
    last = data["hosts"][-1]["name"]
    page = show(data, f"#host={last}")
    assert page.texts("#table tr:has([aria-expanded=true]) .name") == [last]
    assert page.run("document.activeElement.innerText") == last
    assert page.texts("#pages span") == ["Page 3 of 3"]
    page = show(data, "#verdict=not+ready&sort=-name&q=.ams.")
    expected = [host["name"] for host in data["hosts"] if host["verdict"] == "not ready" and ".ams." in host["name"]]
    assert page.texts(NAMES) == expected[::-1]
    senseless = "#sort=toString&page=-1&verdict=constructor&show=toString&host=nobody"
    for fragment in (senseless, "#hosts", "#%", "#page=99999"):
        assert len(show(data, fragment).texts(NAMES)) > 0


def test_turns_pages(page, data):
    assert page.texts("#pages button:disabled") == ["Previous"]
    page.click("#pages button", 1)
    page.click("#pages button", 1)
    assert page.texts(NAMES) == names(data)[2 * ROWS:]
    assert (status(page), page.texts("#pages button:disabled")) == ("240 of 240 hosts, 201 to 240 shown", ["Next"])
    page.click("#pages button")
    assert page.texts(NAMES) == names(data)[ROWS:2 * ROWS]


def test_copies(page, data):
    page.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    page.run("document.querySelector('[name=q]').focus()")
    page.type("trusts-everybody")
    page.click("#copy")
    chosen = [host for host in data["hosts"] if host["exposure"]]
    assert page.run("navigator.clipboard.readText()") == ",".join(host["name"] for host in chosen)
    assert status(page) == "Copied"
    page.click(NAMES)
    page.click("#table .findings button")
    assert page.run("navigator.clipboard.readText()") == chosen[0]["findings"][0]["message"]


def test_charts_have_their_numbers_as_text(page, data):
    mail = data["totals"]["mail"]
    labels = page.run('[...document.querySelectorAll("[role=img]")].map(one => one.getAttribute("aria-label"))')
    assert labels == [
        *(f"{title}: IPv4 {mail[way]['ipv4']:,}, IPv6 {mail[way]['ipv6']:,}"
          for way, title in (("received", "Received"), ("sent", "Sent"))),
        "; ".join(f"{title}: 50 % within {mail['delay'][family]['p50']:.2f} s, 90 % within "
                  f"{mail['delay'][family]['p90']:.1f} s, 99 % within {mail['delay'][family]['p99']:.0f} s"
                  for family, title in (("ipv4", "IPv4"), ("ipv6", "IPv6")))]
    widths = page.run("""[...document.querySelectorAll("#share rect.ipv6")].map(
        one => one.width.baseVal.valueInSpecifiedUnits)""")
    assert widths == pytest.approx([mail[way]["ipv6_percent"] for way in ("received", "sent")], abs=0.06)


@pytest.mark.parametrize(("ipv4", "ipv6", "said"), [(387, 13, "3.3 %"), (9985, 15, "0.2 %"), (0, 7, "100.0 %")])
def test_a_share_is_the_same_everywhere(show, ipv4, ipv6, said):
    host = dict(fleet(1)["mx1.ams.example.org"]._asdict())
    counts = {"ipv4": ipv4, "ipv6": ipv6, "loopback": {"ipv4": 0, "ipv6": 0}}
    host["mail"] = {**host["mail"], "received": counts, "sent": {**host["mail"]["sent"], **counts}}
    page = show(report({"mx1": Found(**host)}, "A share", MADE))
    assert page.run(f'document.body.textContent.split("{said}").length') > 4


def test_nothing_of_what_is_hostile_runs(show, hostile):
    page = show(hostile)
    shown = {host["name"] for host in hostile["hosts"]}
    assert set(page.run(f'[...document.querySelectorAll("{NAMES}")].map(one => one.textContent)')) == shown
    for number in range(len(shown)):
        page.click(NAMES, number)
    assert page.run('document.querySelectorAll("script, img, iframe, svg [onload], [onerror], [onfocus]").length') == 2
    assert page.run('document.querySelectorAll("#table .open").length') == len(shown)
    for number in range(len(page.texts("#findings a"))):
        page.click("#findings a", number)
        assert page.texts(NAMES)
    for host in hostile["hosts"]:
        page.run(f"location.hash = new URLSearchParams({{host: {json.dumps(host['name'])}}})")
        page.rest()
        assert page.run('document.querySelector("#table .name[aria-expanded=true]").textContent') == host["name"]


def test_the_policy_stops_what_would_run(browser, hostile, tmp_path):
    evil = "<script>window.ran = 1</script><img src='x.png' onerror='window.ran = 2'><p style='color: red' id='styled'>"
    file = tmp_path / "report.html"
    file.write_text(to_html(hostile).replace("<main>", f"<main>{evil}"), encoding="utf-8")
    browser.requests.clear()
    browser.open(file)
    assert browser.run("window.ran") is None
    assert browser.run("document.getElementById('styled').style.color") == ""
    assert browser.run("document.images[0].naturalWidth") == 0
    assert len([text for text in browser.complaints if "Content Security Policy" in text]) >= 3
    assert browser.texts("#status")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_can_be_read(page, scheme):
    page.scheme(scheme)
    page.click(NAMES, 5)
    page.click("details summary")
    assert page.run("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    assert page.run(CONTRAST) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_fits_the_screen(show, data, hostile, width):
    for one in (data, hostile):
        page = show(one)
        page.size(width, 740)
        page.click(NAMES, 5)
        page.click("details summary")
        assert page.run("document.documentElement.scrollWidth") == width


def test_what_a_screen_reader_is_told(page):
    for width in (1280, 360):  # as cards, it is a table still
        page.size(width, 740)
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        roles = [(node["role"]["value"], node.get("name", {}).get("value", ""))
                 for node in nodes if not node["ignored"]]
        assert [name for role, name in roles if role == "table" and name.startswith("Hosts.")]
        assert len([role for role, _name in roles if role == "columnheader"]) >= 9
        assert len([role for role, _name in roles if role == "row"]) > ROWS
        assert len([role for role, _name in roles if role == "status"]) == 1
        assert not [role for role, name in roles if role in CONTROLS and not name.strip()]
        assert [name for role, name in roles if role == "heading"][:2] == ["A fleet", "The fleet"]
    page.run("document.body.focus()")
    page.press("Tab")
    assert page.texts(":focus") == ["Skip to the hosts"]
    page.press("Enter", "\r")
    assert page.run("document.activeElement.id") == "hosts"


def test_prints_all_that_is_filtered(page, data):
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.texts(NAMES) == names(data)
    reasons = [host for host in data["hosts"] if host["findings"]]
    assert page.run('document.querySelectorAll("#table .open").length') == len(reasons)
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.texts(NAMES) == names(data)[:ROWS]
    assert page.printed().startswith(b"%PDF")


def test_without_javascript(browser, data, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(to_html(data), encoding="utf-8")
    browser.scripting(False)
    try:
        browser.open(file)
        text = browser.call("Accessibility.getFullAXTree")["nodes"]
    finally:
        browser.scripting(True)
    said = {node["name"]["value"] for node in text if not node["ignored"] and "name" in node}
    not_ready = [host for host in data["hosts"] if host["verdict"] == "not ready"]
    assert {host["name"] for host in not_ready} <= said
    assert {host["findings"][0]["message"] for host in not_ready} <= said
    assert str(data["totals"]["hosts"]) in said


def test_five_thousand_hosts(show, capsys):
    data = report(fleet(5000), "A large fleet", MADE)
    started = time.monotonic()
    page = show(data)
    waited = time.monotonic() - started
    interactive = page.run("performance.getEntriesByType('navigation')[0].domInteractive")
    took = page.run("""(() => {
        const took = {};
        const time = (name, work) => {
            const start = performance.now();
            work();
            document.body.offsetHeight; // with the layout
            took[name] = Math.round(performance.now() - start);
        };
        const search = document.querySelector("[name=q]");
        const heads = document.querySelectorAll("#table thead button");
        const type = text => () => { search.value = text; search.dispatchEvent(new Event("input")); };
        time("filter", type("no-ptr ams"));
        time("all again", type(""));
        time("sort by verdict", () => heads[1].click());
        time("sort by share", () => heads[4].click());
        return took;
    })()""")
    assert status(page).startswith("5,000 of 5,000 hosts")
    assert page.texts(NAMES) == names(data, share("received"), True)[:ROWS]
    with capsys.disabled():
        size = len(to_html(data)) / 1e6
        times = ", ".join(f"{name} {milliseconds} ms" for name, milliseconds in took.items())
        print(f"\n5,000 hosts, {size:.1f} MB: interactive after {interactive:.0f} ms (all {waited:.1f} s), {times}")
