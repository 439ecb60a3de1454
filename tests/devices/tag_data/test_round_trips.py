"""Whatever a model can hold comes back from it as it was."""

from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data import Model, SetInfo, TagContent, decode, dsfid_of, encode
from devices.tag_data.iso28560_3 import _EXTENSIONS

SIZE = 4096
PRINTABLE = st.characters(exclude_categories=("C", "Z"))
TEXT = st.text(PRINTABLE, max_size=12)
ASCII = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
OWNERS = (
    st.none()
    | st.from_regex(r"[A-Z]{2}-[A-Za-z0-9:/-]{1,10}", fullmatch=True)
    | st.text(PRINTABLE, min_size=1, max_size=9)
)
USAGE = {5: st.from_regex(r"[0-9A-F]{2}", fullmatch=True)}


def sets(most):
    return st.none() | st.integers(1, most).flatmap(
        lambda total: st.builds(SetInfo, part=st.integers(0, total), total=st.just(total))
    )


def contents(model, ids, owners, most_parts, elements):
    return st.builds(
        TagContent,
        model=st.just(model),
        primary_item_id=ids,
        owner=owners,
        set_info=sets(most_parts),
        elements=st.fixed_dictionaries({}, optional=elements),
    )


def assert_comes_back(content, without_set=None):
    read = decode(encode(content, SIZE), dsfid_of(content.model), [content.model])
    assert isinstance(read, TagContent), read
    assert read.primary_item_id == content.primary_item_id
    assert read.owner == content.owner
    assert read.set_info == (content.set_info or without_set)
    assert {oid: read.elements.get(oid, "") for oid in content.elements} == content.elements
    return read


PART_2_ELEMENTS = dict.fromkeys((*range(6, 32),), TEXT) | USAGE


@given(
    contents(Model.ISO_28560_2, st.text(PRINTABLE, min_size=1, max_size=20), OWNERS, 99999, PART_2_ELEMENTS)
)
def test_iso_28560_2(content):
    read = assert_comes_back(content)
    assert read.elements.get(2, []) == sorted(oid for oid in read.elements if oid > 2)


@given(contents(Model.ISO_28560_2, st.from_regex(r"[0-9]{1,20}", fullmatch=True), OWNERS, 9, USAGE))
def test_iso_28560_2_is_recognised_under_any_dsfid(content):
    memory = encode(content, 112)
    assert decode(memory, 0x00) == decode(memory, 0x06) == decode(memory)


@given(
    contents(
        Model.ISO_28560_3,
        st.text(PRINTABLE, min_size=1, max_size=16).filter(lambda text: len(text.encode()) <= 16),
        st.none() | st.from_regex(r"[A-Z]{2}[A-Za-z0-9:/]{1,11}", fullmatch=True),
        255,
        {oid: TEXT for oids in _EXTENSIONS.values() for oid in oids}
        | {5: st.from_regex(r"[0-9A-F]0", fullmatch=True), 19: st.integers(1, 255).map(str)},
    )
)
def test_iso_28560_3(content):
    assert_comes_back(content, without_set=SetInfo(1, 1))


@given(
    contents(
        Model.MMM,
        st.text(ASCII, min_size=1, max_size=16),
        st.none() | st.builds("{}/{}".format, st.integers(1, (1 << 20) - 1), st.integers(0, 4094)),
        15,
        {},
    )
)
def test_3m(content):
    assert_comes_back(content, without_set=SetInfo(1, 1))


@given(
    contents(
        Model.ISO_28560_4,
        st.from_regex(r"[A-Za-z0-9:/-]{1,14}", fullmatch=True),
        st.none() | st.from_regex(r"[A-Z]{2}-[A-Za-z0-9-]{1,9}", fullmatch=True),
        99999,
        PART_2_ELEMENTS,
    )
)
def test_iso_28560_4(content):
    assert_comes_back(content)


INSTITUTION = st.integers(1, 59999).map(lambda number: f"{number:05}")
GAOXIAO_ELEMENTS = dict.fromkeys((6, 12, 14, 15, 16, 24, *range(26, 32)), TEXT) | {
    5: st.from_regex(r"[0-9A-F]{4}", fullmatch=True),
    11: INSTITUTION,
}


@given(
    contents(
        Model.GAOXIAO,
        st.text(ASCII, min_size=1, max_size=14),
        st.none() | INSTITUTION,
        65535,
        GAOXIAO_ELEMENTS,
    )
)
def test_university_consortium(content):
    assert_comes_back(content)


@given(st.from_regex(r"[A-Z0-9]{3}[0-9]{4,10}[!-~]", fullmatch=True))
def test_university_consortium_packed_identifiers(item_id):
    assert_comes_back(TagContent(Model.GAOXIAO, item_id))
