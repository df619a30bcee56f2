"""In an archive like that which Ansible sends to a host, with the zipimport of this Python."""

import gc
import importlib
import sys
import zipfile
import zipimport

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

NAMES = ('inet6_archive_one', 'inet6_archive_two')


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """Put an archive on the path, and give the names of what zipimport compiles."""
    archive = tmp_path / 'archive.zip'
    with zipfile.ZipFile(archive, 'w') as stream:
        for name in NAMES:
            stream.writestr(f'{name}.py', f'NAME = {name!r}\n')
    monkeypatch.syspath_prepend(str(archive))
    names = []
    usual = zipimport._get_module_code

    def counting(importer, name):
        names.append(name)
        return usual(importer, name)

    monkeypatch.setattr(zipimport, '_get_module_code', counting)
    yield names
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture(autouse=True)
def thawed():
    """Leave this process as it was."""
    yield
    gc.unfreeze()


def test_each_file_is_module_imports(compiled):
    counting = zipimport._get_module_code
    with module_imports():
        for name in NAMES:
            module = importlib.import_module(name)
            assert module.__name__ == name
    assert len(compiled) == len(NAMES)
    assert zipimport._get_module_code is counting


def test_an_import_that_fails_leaves_nothing_behind(compiled):
    counting = zipimport._get_module_code
    with pytest.raises(ImportError), module_imports():
        importlib.import_module('inet6_archive_nowhere')
    assert zipimport._get_module_code is counting


def test_a_python_that_has_no_such_function(monkeypatch):
    monkeypatch.delattr(zipimport, '_get_module_code')
    with module_imports():
        assert not hasattr(zipimport, '_get_module_code')
    assert not hasattr(zipimport, '_get_module_code')


def test_what_was_imported_is_not_looked_through_for_garbage(compiled):
    with module_imports():
        module = importlib.import_module(NAMES[0])
        assert module in gc.get_objects()
    assert gc.get_freeze_count()
    assert module not in gc.get_objects()


def test_a_python_that_does_not_freeze(monkeypatch):
    monkeypatch.delattr(gc, 'freeze')
    with module_imports():
        pass
    assert not gc.get_freeze_count()
