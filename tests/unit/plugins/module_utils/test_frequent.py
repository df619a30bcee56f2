import random
from collections import Counter

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._frequent import Frequent


def counted(size, keys):
    frequent = Frequent(size)
    for key in keys:
        frequent.add((key,), f'first of {key}')
    return frequent


def test_exact_while_there_is_room():
    frequent = counted(3, 'abacabdef')
    assert frequent.top(2) == [(('a',), 3, 'first of a'), (('b',), 2, 'first of b')]
    assert (frequent.total, frequent.error) == (9, 0)


def test_same_order_whatever_came_first():
    assert [key for key, count, example in counted(9, 'cab').top(3)] == [('a',), ('b',), ('c',)]


def test_first_example_is_kept():
    frequent = Frequent(2)
    frequent.add(('a',), 'one')
    frequent.add(('a',), 'two')
    assert frequent.top(1) == [(('a',), 2, 'one')]


def test_example_is_optional():
    frequent = Frequent(2)
    frequent.add(('a',))
    assert frequent.top(1) == [(('a',), 1, '')]


@pytest.mark.parametrize('shuffle', range(3))
def test_frequent_keys_stay_and_memory_is_bounded(shuffle):
    chance = random.Random(shuffle)
    keys = [f'rare {number}' for number in range(20_000)] + [f'often {number % 5}' for number in range(5_000)]
    chance.shuffle(keys)
    frequent = counted(100, keys)
    truth = Counter(keys)
    assert frequent.total == len(keys)
    assert 0 < frequent.error <= len(keys) / 100
    assert len(frequent._counts) <= 200
    assert len(frequent._examples) <= 200
    found = {key: count for (key,), count, example in frequent.top(5)}
    assert set(found) == {f'often {number}' for number in range(5)}
    assert all(truth[key] - frequent.error <= count <= truth[key] for key, count in found.items())
