import os
import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._locks import alone


def test_two_runs_take_turns(tmp_path):
    with alone(str(tmp_path), 5):
        began = time.monotonic()
        with pytest.raises(HostError, match=r'another run .* nothing was changed'), alone(str(tmp_path), 0.2):
            pass
        assert time.monotonic() - began >= 0.2
    with alone(str(tmp_path), 0):
        assert os.listdir(tmp_path) == []


def test_an_error_within_a_turn_is_what_it_was(tmp_path):
    with pytest.raises(BlockingIOError, match='mine'), alone(str(tmp_path), 5):
        raise BlockingIOError('mine')
