
'use strict';
// Shows the data of the report. Texts of hosts and strangers become text nodes and nothing else.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const ROWS = 100;
  const FAMILIES = {ipv4: 'IPv4', ipv6: 'IPv6'};
  const LOOKS = {'not ready': 'bad', 'ready with warnings': 'warned', 'ready': 'good'};
  const SIGNS = {bad: '✕', error: '✕', warned: '!', warning: '!', good: '✓'};
  const PERCENTILES = {p50: '50 %', p90: '90 %', p99: '99 %'};
  const WAYS = ['received', 'sent', 'refused', 'deferred', 'bounced'];
  const TICKS = [[0.01, '0.01 s'], [0.1, '0.1 s'], [1, '1 s'], [10, '10 s'], [60, '1 min'], [600, '10 min'],
    [3600, '1 h'], [36000, '10 h'], [432000, '5 d'], [4320000, '50 d']];
  const SHOWN = {
    '': ['all hosts', () => true],
    ipv6: ['that listen on IPv6', (host) => host.listeners && host.listeners.ipv6.length > 0],
    'no-ipv6': ['that do not listen on IPv6', (host) => host.listeners && !host.listeners.ipv6.length],
    exposed: ['that trust strangers', (host) => host.exposure.length > 0],
    mail: ['with a mail log', (host) => host.mail],
    'no-mail': ['without a mail log', (host) => !host.mail],
    changed: ['changed since the last report', (host) => changed.has(host.name)],
  };
  const COLUMNS = {
    name: {title: 'Host', key: (host, index) => index},
    verdict: {title: 'Verdict', key: (host) => Object.keys(LOOKS).indexOf(host.verdict)},
    findings: {title: 'Findings', key: (host) => host.findings.length, down: true},
    listens: {title: 'Listens on', key: listens},
    received: {title: 'IPv6 received', key: (host) => part(host, 'received'), down: true, shown: percent},
    sent: {title: 'IPv6 sent', key: (host) => part(host, 'sent'), down: true, shown: percent},
    ipv4: {title: 'p90 IPv4', key: (host) => delay(host, 'ipv4', 'p90'), down: true, shown: seconds},
    ipv6: {title: 'p90 IPv6', key: (host) => delay(host, 'ipv6', 'p90'), down: true, shown: seconds},
    version: {title: 'Postfix', key: (host) => host.version && comparable(host.version)},
  };
  const changed = new Map((data.changes ? data.changes.hosts : []).map((change) => [change.name, change]));
  const hosts = data.hosts.map((host, index) => ({
    ...host,
    index,
    codes: new Set(host.findings.map((finding) => finding.code)),
    text: [host.name, host.version, listens(host), ...host.mynetworks,
      ...host.findings.map((finding) => `${finding.code} ${finding.message}`)].join('\n').toLowerCase(),
    keys: Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, column.key(host, index)])),
  }));
  const number = new Intl.NumberFormat('en').format;
  const form = document.getElementById('filter');
  const table = document.getElementById('table');
  const status = document.getElementById('status');
  const pages = document.getElementById('pages');
  const chips = new Map();
  let state = read('');
  let found = [];

  // Elements

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) {
        element.addEventListener(name.slice(2), value);
      } else if (value !== null && value !== false) {
        element.setAttribute(name, value === true ? '' : value);
      }
    }
    element.append(...children.filter((child) => child !== null && child !== ''));
    return element;
  }

  function make(tag, attributes = {}, ...children) {
    return fill(document.createElement(tag), attributes, children);
  }

  function draw(tag, attributes = {}, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
  }

  function badge(look, text) {
    return make('span', {class: `badge ${look}`}, make('span', {'aria-hidden': 'true'}, `${SIGNS[look]} `), text);
  }

  function grid(titles, rows) {
    return make('table', {class: 'small'},
      make('thead', {}, make('tr', {}, ...titles.map((title, index) =>
        make('th', {scope: 'col', class: index ? 'number' : null}, title)))),
      make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, index) =>
        index ? make('td', {class: 'number'}, cell) : make('th', {scope: 'row'}, cell))))));
  }

  function asTable(titles, rows) {
    return make('details', {}, make('summary', {}, 'As a table'), grid(titles, rows));
  }

  function link(where, text) {
    return make('a', {href: `#${new URLSearchParams(where)}`}, text);
  }

  function copyButton(text, what) {
    return make('button', {type: 'button', 'aria-label': what, onclick: (event) => copy(text, event.target)}, 'Copy');
  }

  async function copy(text, button) {
    const area = make('textarea', {}, text);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      document.body.append(area); // where the browser gives files no clipboard
      area.select();
      document.execCommand('copy');
      area.remove();
      button.focus();
    }
    say('Copied');
  }

  // Numbers

  function share(counts) {
    const total = counts.ipv4 + counts.ipv6;
    return total ? 100 * counts.ipv6 / total : null;
  }

  function part(host, way) {
    return host.mail ? share(host.mail[way]) : null;
  }

  function percent(value) {
    return value === null ? '' : `${(Math.floor(value * 10 + 0.5) / 10).toFixed(1)} %`;
  }

  function delay(host, family, name) {
    return host.mail && host.mail.delay[family] ? host.mail.delay[family][name] : null;
  }

  function seconds(value) {
    if (value === null) return '';
    const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min']].find(([one]) => value >= one) || [1, 's'];
    const amount = value / size;
    return `${amount.toFixed(amount < 10 ? (amount < 1 ? 2 : 1) : 0)} ${unit}`;
  }

  function listens(host) {
    if (!host.listeners) return 'unknown';
    const there = Object.keys(FAMILIES).filter((family) => host.listeners[family].length);
    if (there.length === 1) return `${FAMILIES[there[0]]} only`;
    return there.map((family) => FAMILIES[family]).join(' and ') || 'nothing';
  }

  function comparable(version) {
    return version.replace(/\d+/g, (digits) => digits.padStart(5, '0'));
  }

  function plural(count, word) {
    return `${number(count)} ${word}${count === 1 ? '' : 's'}`;
  }

  // Charts

  function mark(family, x, y) {
    return family === 'ipv6' ? draw('circle', {class: family, cx: x, cy: y, r: 5}) :
      draw('rect', {class: family, x, y: y - 5, width: 10, height: 10, transform: 'translate(-5 0)'});
  }

  function legend() {
    return make('ul', {class: 'legend'}, ...Object.entries(FAMILIES).map(([family, name]) =>
      make('li', {}, draw('svg', {'aria-hidden': 'true'}, mark(family, 6, 6)), name)));
  }

  function bar(part, total, look) {
    return draw('svg', {height: 10, 'aria-hidden': 'true'},
      draw('rect', {class: `bar ${look}`, width: `${100 * part / total}%`, height: 10, rx: 2}));
  }

  function chartOfShares(section) {
    const ways = Object.entries({received: 'Received', sent: 'Sent'});
    const mail = data.totals.mail;
    section.append(legend());
    for (const [way, title] of ways) {
      const counts = mail[way];
      const ipv6 = share(counts);
      const words = Object.entries(FAMILIES).map(([family, name]) => `${name} ${number(counts[family])}`);
      section.append(make('div', {class: 'share', role: 'img', 'aria-label': `${title}: ${words.join(', ')}`},
        make('p', {}, make('strong', {}, title), make('span', {}, ipv6 === null ? 'none' : `${percent(ipv6)} IPv6`)),
        draw('svg', {height: 22, 'aria-hidden': 'true'},
          draw('rect', {class: 'empty', width: '100%', height: 22}),
          ipv6 === null ? null : draw('rect', {class: 'ipv6', width: `${ipv6}%`, height: 22}),
          ipv6 === null ? null : draw('rect', {class: 'ipv4', x: `${ipv6}%`, width: `${100 - ipv6}%`, height: 22})),
        make('p', {}, make('span', {}, words[1]), make('span', {}, words[0]))));
    }
    const rows = WAYS.map((way) =>
      [way, number(mail[way].ipv4), number(mail[way].ipv6), percent(share(mail[way]))]);
    section.append(asTable(['', 'IPv4', 'IPv6', 'IPv6 of both'], rows),
      make('p', {class: 'note'}, `From and to other hosts, by the logs of ${plural(mail.hosts, 'host')}.`));
  }

  function chartOfDelays(section) {
    const delays = data.totals.mail.delay;
    const known = Object.keys(FAMILIES).filter((family) => delays[family]);
    if (!known.length) {
      section.append(make('p', {class: 'note'}, 'No log tells of a delivery.'));
      return;
    }
    const all = known.flatMap((family) => Object.keys(PERCENTILES).map((name) => Math.max(delays[family][name], 0.01)));
    const low = TICKS.findLast(([tick]) => tick <= Math.min(...all));
    const high = TICKS.find(([tick]) => tick > Math.max(...all)) || TICKS.at(-1);
    const ticks = TICKS.slice(TICKS.indexOf(low), TICKS.indexOf(high) + 1);
    const [least, most] = [Math.log10(low[0]), Math.log10(high[0])];
    const at = (value) => `${(4 + 92 * (Math.log10(Math.max(value, 0.01)) - least) / (most - least)).toFixed(2)}%`;
    const words = known.map((family) => `${FAMILIES[family]}: ${Object.entries(PERCENTILES).map(([name, title]) =>
      `${title} within ${seconds(delays[family][name])}`).join(', ')}`);
    const plot = make('div', {class: 'plot', role: 'img', 'aria-label': words.join('; ')});
    for (const [name, title] of Object.entries(PERCENTILES)) {
      plot.append(make('span', {}, title), draw('svg', {height: 50, 'aria-hidden': 'true'},
        ...ticks.map(([tick]) => draw('line', {class: 'track', x1: at(tick), x2: at(tick), y1: 0, y2: 50})),
        draw('line', {class: 'track', x1: 0, x2: '100%', y1: 25, y2: 25}),
        ...known.flatMap((family) => [
          mark(family, at(delays[family][name]), 25),
          draw('text', {x: at(delays[family][name]), y: family === 'ipv4' ? 14 : 44, 'text-anchor': 'middle'},
            seconds(delays[family][name]))])));
    }
    plot.append(make('span'), draw('svg', {height: 16, 'aria-hidden': 'true'}, ...ticks.map(([tick, text]) =>
      draw('text', {class: 'quiet', x: at(tick), y: 12, 'text-anchor': 'middle'}, text))));
    section.append(legend(), plot,
      asTable(['', 'hosts', ...Object.values(PERCENTILES), 'longest'], known.map((family) => [FAMILIES[family],
        number(delays[family].hosts), ...Object.keys(PERCENTILES).map((name) => seconds(delays[family][name])),
        seconds(delays[family].max)])),
      make('p', {class: 'note'}, 'From arrival to delivery; so many percent took no longer. It is that of the host in '
        + 'the middle, on a logarithmic scale.'));
  }

  function tableOfFindings(section) {
    if (!data.findings.length) {
      section.append(make('p', {class: 'note'}, 'Nothing stops or worries any host.'));
      return;
    }
    const most = Math.max(...data.findings.map((finding) => finding.hosts));
    const rows = data.findings.map((finding) => make('tr', {},
      make('th', {scope: 'row'}, link({code: finding.code}, finding.code)),
      make('td', {}, badge(finding.severity, finding.severity)),
      make('td', {class: 'number'}, number(finding.hosts)),
      make('td', {class: 'bar-cell'}, bar(finding.hosts, most, finding.severity))));
    const body = (some) => make('table', {class: 'small'},
      make('thead', {}, make('tr', {}, ...['Finding', 'Severity', 'Hosts'].map((title, index) =>
        make('th', {scope: 'col', class: index === 2 ? 'number' : null}, title)), make('td'))),
      make('tbody', {}, ...some));
    section.append(body(rows.slice(0, 12)));
    if (rows.length > 12) {
      section.append(make('details', {}, make('summary', {}, `${rows.length - 12} more`), body(rows.slice(12))));
    }
  }

  function tableOfExposure(section) {
    if (!data.exposure.length) {
      section.append(make('p', {class: 'note'}, 'No mynetworks trusts a network that is wide enough to hold strangers. '
        + 'Tables and names in it are not judged.'));
      return;
    }
    section.append(make('ul', {class: 'findings'}, ...data.exposure.map((one) => make('li', {},
      make('p', {}, one.message),
      link({q: one.network, show: 'exposed'}, plural(one.hosts, 'host'))))));
  }

  function listOfChanges(section) {
    if (!data.changes) return;
    const counts = Object.entries(data.changes.kinds);
    const shares = Object.entries(data.changes.shares)
      .filter(([, [was, is]]) => was !== null && is !== null && was !== is)
      .map(([way, [was, is]]) => `IPv6 in mail ${way}: ${percent(was)} → ${percent(is)}`);
    const gone = data.changes.hosts.filter((change) => change.is === null).map((change) => change.name);
    section.hidden = false;
    section.append(
      make('p', {}, `It is of ${data.changes.since.slice(0, 16).replace('T', ' ')} UTC. `,
        counts.length ? link({show: 'changed'}, `${plural(data.changes.hosts.length, 'host')} changed`) :
          'No host has changed',
        counts.length ? `: ${counts.map(([kind, count]) => `${data.kinds[kind]} ${number(count)}`).join(', ')}.` : '.'),
      shares.length ? make('p', {class: 'note'}, `${shares.join(', ')}.`) : '',
      gone.length ? make('p', {class: 'note'},
        `No longer in the report: ${gone.slice(0, 20).join(', ')}${gone.length > 20 ? ' …' : ''}`) : '');
  }

  // What is looked for, and its form in the address

  function read(hash) {
    const wanted = new URLSearchParams(hash);
    const sort = wanted.get('sort') || 'name';
    const column = sort.replace(/^-/, '');
    return {
      q: wanted.get('q') || '',
      verdict: new Set(wanted.getAll('verdict').filter((verdict) => Object.hasOwn(LOOKS, verdict))),
      code: wanted.get('code') || '',
      show: Object.hasOwn(SHOWN, wanted.get('show')) ? wanted.get('show') : '',
      sort: Object.hasOwn(COLUMNS, column) ? column : 'name',
      down: sort.startsWith('-'),
      page: Math.max(1, parseInt(wanted.get('page'), 10) || 1),
      host: wanted.get('host'),
      open: new Set(wanted.has('host') ? [wanted.get('host')] : []),
    };
  }

  function written() {
    const told = new URLSearchParams();
    if (state.q) told.set('q', state.q);
    for (const verdict of state.verdict) told.append('verdict', verdict);
    if (state.code) told.set('code', state.code);
    if (state.show) told.set('show', state.show);
    if (state.sort !== 'name' || state.down) told.set('sort', (state.down ? '-' : '') + state.sort);
    if (state.page > 1) told.set('page', state.page);
    if (state.host) told.set('host', state.host);
    return `#${told}`;
  }

  function change(news) {
    state = {...state, page: 1, host: null, ...news};
    history.replaceState(null, '', written());
    show();
  }

  function say(text) {
    status.textContent = text;
  }

  // The table

  function compare(one, other) {
    const [a, b] = [one.keys[state.sort], other.keys[state.sort]];
    if (a === b || (a === null && b === null)) return one.index - other.index;
    if (a === null || b === null) return a === null ? 1 : -1; // what is not known comes last, up or down
    return (a < b) === state.down ? 1 : -1;
  }

  function search() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const [, belongs] = SHOWN[state.show];
    found = hosts.filter((host) => (!state.verdict.size || state.verdict.has(host.verdict)) &&
      (!state.code || host.codes.has(state.code)) && belongs(host) && words.every((word) => host.text.includes(word)));
    found.sort(compare);
  }

  function show() {
    search();
    const last = Math.max(1, Math.ceil(found.length / ROWS));
    if (state.host) {
      const place = found.findIndex((host) => host.name === state.host);
      state.page = place < 0 ? state.page : Math.floor(place / ROWS) + 1;
    }
    state.page = Math.min(state.page, last);
    form.elements.q.value = state.q;
    form.elements.code.value = state.code;
    form.elements.show.value = state.show;
    form.elements.sort.value = (state.down ? '-' : '') + state.sort;
    for (const [verdict, chip] of chips) chip.setAttribute('aria-pressed', state.verdict.has(verdict));
    for (const head of table.tHead.rows[0].cells) {
      const own = head.dataset.name === state.sort;
      if (own) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    put(found.slice((state.page - 1) * ROWS, state.page * ROWS), (host) => state.open.has(host.name));
    const first = (state.page - 1) * ROWS;
    say(count() + (last > 1 ? `, ${number(first + 1)} to ${number(Math.min(first + ROWS, found.length))} shown` : ''));
    pages.hidden = last === 1;
    pages.replaceChildren(
      make('button', {type: 'button', disabled: state.page === 1, onclick: () => turn(-1)}, 'Previous'),
      make('span', {}, `Page ${number(state.page)} of ${number(last)}`),
      make('button', {type: 'button', disabled: state.page === last, onclick: () => turn(1)}, 'Next'));
  }

  function count() {
    return `${number(found.length)} of ${plural(hosts.length, 'host')}`;
  }

  function turn(pagesOn) {
    change({page: state.page + pagesOn});
    document.getElementById('hosts').focus();
  }

  function put(some, isOpen) {
    table.tBodies[0].replaceChildren(...some.flatMap((host) =>
      isOpen(host) ? [row(host, true), more(host)] : [row(host, false)]));
  }

  function row(host, isOpen) {
    const first = host.findings[0];
    const others = host.findings.length - 1;
    const cells = Object.entries(COLUMNS).filter(([, column]) => column.shown).map(([name, column]) => {
      const text = column.shown(host.keys[name]);
      return make('td', {role: 'cell', class: text ? 'number' : 'number unknown', 'data-title': column.title}, text);
    });
    return make('tr', {role: 'row', class: 'host', id: `host-${host.index}`},
      make('th', {role: 'rowheader', scope: 'row'}, make('button', {
        type: 'button', class: 'name', 'aria-expanded': String(isOpen),
        onclick: (event) => toggle(host, event.currentTarget),
      }, host.name)),
      make('td', {role: 'cell', class: 'wide'}, badge(LOOKS[host.verdict], host.verdict)),
      make('td', {role: 'cell', class: 'wide'}, first ? make('div', {class: 'clip'}, first.message) : '',
        others > 0 ? make('span', {class: 'quiet'}, `and ${number(others)} more`) : ''),
      make('td', {role: 'cell', class: 'wide', 'data-title': 'Listens on'}, listens(host)),
      ...cells,
      make('td', {role: 'cell', class: host.version ? null : 'unknown', 'data-title': 'Postfix'},
        host.version || ''));
  }

  function toggle(host, button) {
    const isOpen = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!isOpen));
    const own = button.closest('tr');
    if (isOpen) {
      state.open.delete(host.name);
      own.nextSibling.remove();
    } else {
      state.open.add(host.name);
      own.after(more(host));
    }
    state.host = isOpen ? null : host.name;
    history.replaceState(null, '', written());
  }

  function about(title, isWide, ...children) {
    return make('div', {class: isWide ? 'wide' : null}, make('h3', {}, title), ...children);
  }

  function more(host) {
    const news = changed.get(host.name);
    return make('tr', {role: 'row', class: 'open'}, make('td', {role: 'cell', colspan: Object.keys(COLUMNS).length},
      make('div', {class: 'facts'},
        host.findings.length ? about('Findings and cures', true, ...findings(host)) : '',
        make('div', {class: 'stack'}, ...(host.listeners ? settings(host) : []), news ? sinceThen(news) : ''),
        host.mail ? mail(host) : about('Mail', false, make('p', {class: 'quiet'}, host.mail_problem)),
        host.mail && host.mail.answers.length ? about('What was said most', true, ...answers(host)) : '')));
  }

  function findings(host) {
    return [make('ul', {class: 'findings'}, ...host.findings.map((finding) => make('li', {},
      make('p', {}, badge(finding.severity, finding.severity), ' ', make('code', {}, finding.code), make('br'),
        finding.message),
      copyButton(finding.message, `Copy the message ${finding.code}`))))];
  }

  function settings(host) {
    const places = [...host.listeners.ipv4, ...host.listeners.ipv6];
    const action = host.action === 'none' ? 'nothing' : `a ${host.action}`;
    return [
      about('Listens on', false, make('p', {}, make('code', {}, places.join(' ') || 'nothing')),
        make('p', {class: 'quiet'}, `inet_protocols is ${host.protocols}`)),
      about('Trusts (mynetworks)', false, make('p', {}, make('code', {}, host.mynetworks.join(' ') || 'nobody')),
        ...host.exposure.map((one) => make('p', {}, badge('bad', 'trusts strangers'), ' ', one.message))),
      about('What is wanted', false, make('p', {}, host.changes ?
        `would change ${plural(host.changes, 'setting')}; Postfix would need ${action}` : 'would change nothing')),
    ];
  }

  function mail(host) {
    const families = Object.keys(FAMILIES);
    return about('Mail from and to other hosts', false, grid(['', ...Object.values(FAMILIES)], [
      ...WAYS.map((way) => [way, ...families.map((family) => number(host.mail[way][family]))]),
      ...Object.entries(PERCENTILES).map(([name, title]) =>
        [`${title} within`, ...families.map((family) => seconds(delay(host, family, name)))])]));
  }

  function answers(host) {
    return [make('ul', {class: 'findings'}, ...host.mail.answers.map((answer) => make('li', {}, make('p', {},
      `${number(answer.count)} ${answer.fate}, ${FAMILIES[answer.family] || answer.family}: `,
      make('code', {}, answer.example)))))];
  }

  function sinceThen(news) {
    return about('Since the last report', false, make('p', {}, news.kinds.map((kind) => data.kinds[kind]).join(', ')),
      news.came.length ? make('p', {class: 'quiet'}, `came: ${news.came.join(', ')}`) : '',
      news.went.length ? make('p', {class: 'quiet'}, `went: ${news.went.join(', ')}`) : '');
  }

  // Beginning

  function option(value, text) {
    return make('option', {value}, text);
  }

  function prepare() {
    const codes = new Set(data.findings.map((finding) => finding.code));
    form.elements.code.append(option('', 'any'), ...[...codes].sort().map((code) => option(code, code)));
    form.elements.show.append(...Object.entries(SHOWN).filter(([name]) => name !== 'changed' || data.changes)
      .map(([name, [text]]) => option(name, text)));
    form.elements.sort.append(...Object.entries(COLUMNS).flatMap(([name, column]) =>
      [option(name, `${column.title}, up`), option(`-${name}`, `${column.title}, down`)]));
    for (const [verdict, look] of Object.entries(LOOKS)) {
      const chip = make('button', {type: 'button', 'aria-pressed': 'false', onclick: () => {
        const verdicts = new Set(state.verdict);
        if (!verdicts.delete(verdict)) verdicts.add(verdict);
        change({verdict: verdicts});
      }}, badge(look, verdict), ` ${number(data.totals.verdicts[verdict])}`);
      chips.set(verdict, chip);
      form.querySelector('fieldset').append(chip);
    }
    table.setAttribute('role', 'table');
    table.tHead.setAttribute('role', 'rowgroup');
    table.tBodies[0].setAttribute('role', 'rowgroup');
    table.tHead.append(make('tr', {role: 'row'}, ...Object.entries(COLUMNS).map(([name, column]) =>
      make('th', {role: 'columnheader', scope: 'col', 'data-name': name, class: column.shown ? 'number' : null},
        make('button', {type: 'button', onclick: () =>
          change({sort: name, down: state.sort === name ? !state.down : Boolean(column.down)})}, column.title)))));

    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', (event) => {
      event.preventDefault();
      change({...read(''), sort: state.sort, down: state.down});
      form.elements.q.focus();
    });
    form.elements.q.addEventListener('input', () => change({q: form.elements.q.value}));
    for (const name of ['code', 'show']) {
      form.elements[name].addEventListener('change', () => change({[name]: form.elements[name].value}));
    }
    form.elements.sort.addEventListener('change', () => {
      const sort = form.elements.sort.value;
      change({sort: sort.replace(/^-/, ''), down: sort.startsWith('-')});
    });
    document.getElementById('copy').addEventListener('click', (event) =>
      copy(found.map((host) => host.name).join(','), event.target));
    addEventListener('hashchange', () => go(true));
    // All is printed, and of many hosts more about those of which there is something to say.
    addEventListener('beforeprint', () => {
      put(found, (host) => found.length <= ROWS || host.findings.length > 0);
      say(count());
    });
    addEventListener('afterprint', show);

    chartOfShares(document.getElementById('share'));
    chartOfDelays(document.getElementById('delay'));
    tableOfFindings(document.getElementById('findings'));
    tableOfExposure(document.getElementById('relay'));
    listOfChanges(document.getElementById('changes'));
    document.getElementById('charts').hidden = false;
    document.getElementById('hosts').hidden = false;
  }

  function go(isLink) {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes('=')) return; // a place on this page
    state = read(hash);
    show();
    const own = state.host === null ? null : found.find((host) => host.name === state.host);
    const target = own ? document.getElementById(`host-${own.index}`) : document.getElementById('hosts');
    if (hash && (isLink || own)) {
      target.scrollIntoView();
      (own ? target.querySelector('button') : target).focus({preventScroll: true});
    }
  }

  prepare();
  show();
  go(false);
})();
