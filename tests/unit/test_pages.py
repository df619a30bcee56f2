"""What is read out of Markdown decides what of the documentation is tested at all."""

import pages
import pytest

PAGE = '''
# How *Postfix* reads `[::1]/128`, & why

See [a page](other.md#part), ![a picture](one.png) and <img src="two.png">, not `[code](nowhere.md)`.

## Twice

Write this into `hosts.yml`:

```yaml
a: 1
```

## Twice

- In a list, after `first` and `second.ini`:

  ```ini
  [a]
  ```

| a table | [with a link](third.md) |
|---|---|

```sh
ls
```
'''


@pytest.fixture
def page(tmp_path):
    path = tmp_path / 'page.md'
    path.write_text(PAGE)
    return path


def test_blocks(page):
    found = [(block.line, block.language, block.text, block.file) for block in pages.blocks(page)]
    assert found[:2] == [(10, 'yaml', 'a: 1\n', 'hosts.yml'), (18, 'ini', '[a]\n', 'second.ini')]
    assert found[2][:3] == (25, 'sh', 'ls\n')


def test_links(page):
    assert pages.links(page) == ['other.md#part', 'one.png', 'two.png', 'third.md']


def test_anchors(page):
    assert pages.anchors(page) == {'how-postfix-reads-1128--why', 'twice', 'twice-1'}
