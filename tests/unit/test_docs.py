"""What the documentation names is there, and docs/inside.md and docs/README.md leave nothing out."""

from collections import Counter
from itertools import pairwise

import pages
import pytest
from lab.process import ROOT

DOCS = ROOT / 'docs'
PAGES = sorted([ROOT / 'README.md', ROOT / 'CONTRIBUTING.md',
                *(page for part in ('docs', 'awx', 'roles') for page in ROOT.glob(f'{part}/**/*.md'))])
GUIDES = sorted(DOCS.glob('guides/*.md'))
MAPPED = ('action', 'filter', 'module_utils', 'modules', 'plugin_utils', 'test')


def name_of(page):
    return str(page.relative_to(ROOT))


def leads_to(page):
    """Give the files and directories of this repository that the links of a page lead to, each with its anchor."""
    for link in pages.links(page):
        if ':' not in link:
            path, _sharp, anchor = link.partition('#')
            yield (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize('page', PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target, anchor in leads_to(page):
        assert target.exists(), f'{name_of(page)} links to {target}, which is not there'
        assert not anchor or anchor in pages.anchors(target), f'{target} has no heading for #{anchor}'


def test_inside_has_a_line_for_each_file():
    named = Counter(name_of(target) for target, _anchor in leads_to(DOCS / 'inside.md') if target.suffix == '.py')
    there = Counter(name_of(path) for part in MAPPED for path in ROOT.glob(f'plugins/{part}/*.py'))
    assert named == there, f'missing: {there - named}; twice, or not there: {named - there}'


def test_the_index_has_a_line_for_each_page():
    index = DOCS / 'README.md'
    named = Counter(target for target, _anchor in leads_to(index) if DOCS in target.parents)
    assert named == Counter(page for page in PAGES if DOCS in page.parents and page != index)


@pytest.mark.parametrize('guide', GUIDES, ids=name_of)
def test_each_block_of_a_guide_is_typed_written_or_shown(guide):
    """Scenario guides does that; what is none of these, nobody would hold against anything."""
    languages = [block.language for block in pages.blocks(guide)]
    assert set(languages) <= {'sh', 'yaml', 'ini', 'text'}
    assert all(before == 'sh' for before, shown in pairwise(['', *languages]) if shown == 'text')
    assert all('.' in block.file for block in pages.blocks(guide) if block.language in ('yaml', 'ini'))
