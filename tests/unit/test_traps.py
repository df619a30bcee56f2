"""docs/traps.md holds the message of every trap: who changes one sees here what users will read."""

from oracle import traps


def test_the_page_says_what_the_code_says():
    assert traps.PAGE.read_text(encoding='utf-8') == traps.page(), 'run make traps, and read what has changed'
