"""A list that loses lines keeps its chunks: each has the images it had, without those that are gone."""

import pytest

from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.night_chunks import cut, images_of_chunk, recut
from nightloop.domain.rows.jsonl import dumps_lines
from tests.support.memory_store import MemoryStore
from tests.support.night import DATE, LOOP, image

FILES = LoopFiles(LOOP).night(DATE)


class Store(MemoryStore):
    def read_part(self, uri, start, end):
        return self.objects[uri][start:end]

    def replace_lines(self, uri, lines, *, etag, content_type=""):
        assert etag == self._entry(uri).etag
        self.objects[uri] = b"".join(lines)


@pytest.fixture
def store():
    store = Store({FILES.images: dumps_lines([image(number) for number in range(5)])})
    cut(store, FILES, 2)
    return store


def chunks(store):
    return [[one.uri for one in images_of_chunk(store, FILES, name)] for name in cut(store, FILES).names]


@pytest.mark.parametrize("gone", [{0}, {1}, {2, 3}, {4}, {0, 1, 2, 3, 4}])
@pytest.mark.parametrize("times", [1, 3])
def test_each_chunk_keeps_its_other_images(store, gone, times):
    before = chunks(store)
    uris = {image(number).uri for number in gone}

    def is_gone(line):
        return any(uri.encode() in line for uri in uris)

    for _ in range(times):  # killed before the list itself was written
        recut(store, FILES.images, is_gone)
    store.objects[FILES.images] = b"".join(line for line in store.read_lines(FILES.images) if not is_gone(line))
    recut(store, FILES.images, is_gone)
    assert chunks(store) == [[uri for uri in chunk if uri not in uris] for chunk in before]


def test_other_objects_are_left_alone(store):
    before = dict(store.objects)
    recut(store, FILES.plan, lambda line: True)
    assert store.objects == before
