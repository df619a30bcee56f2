import random

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._delays import RELATIVE_ERROR, Delays


def delays(*texts):
    found = Delays()
    for text in texts:
        found.add(text)
    return found


def test_none():
    assert delays().summary() is None
    assert delays().percentile(50) is None


@pytest.mark.parametrize(('text', 'seconds'), [
    (b'0', 0), (b'0.01', 0.01), (b'0.35', 0.35), (b'1.2', 1.2), (b'11', 11), (b'432000', 432000),
    (b'999999999.999999', 999999999.999999), (b'000', 0), (b'0.000001', 0.000001),
])
def test_one(text, seconds):
    found = delays(text).summary()
    assert found['max'] == seconds
    assert found['p50'] == pytest.approx(seconds, rel=RELATIVE_ERROR, abs=0.001)


def test_never_more_than_the_longest():
    found = delays(b'0.997', b'0.997').summary()
    assert found['p99'] <= found['max'] == 0.997


def test_nearest_rank():
    found = delays(*(str(number).encode() for number in range(1, 101))).summary()
    assert (found['p50'], found['p90'], found['p99'], found['max']) == (
        pytest.approx(50, rel=RELATIVE_ERROR), pytest.approx(90, rel=RELATIVE_ERROR),
        pytest.approx(99, rel=RELATIVE_ERROR), 100)


def test_error_and_memory_are_bounded():
    chance = random.Random(1)
    seconds = sorted(round(chance.lognormvariate(1, 4), 3) for number in range(20_001))
    found = delays(*(f'{number:.3f}'.encode() for number in seconds))
    for percent in (50, 90, 99):
        truth = seconds[-(-percent * len(seconds) // 100) - 1]
        assert found.percentile(percent) == pytest.approx(truth, rel=1.5 * RELATIVE_ERROR)  # and three digits shown
    assert len(found._classes) < 1500
    assert found.count == len(seconds)
