import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import meant, quantity
from casebook.quantity import QuantityError

KNOWN = ["online-store", "offline-store", "gateway", "model-server", "log"]


@pytest.mark.parametrize(
    ("word", "name", "sure"),
    [
        ("online-sotre", "online-store", True),
        ("gatewy", "gateway", True),
        ("Gateway", "gateway", True),
        ("model-servr", "model-server", True),
        ("store", "", False),
        ("server", "model-server", False),  # a word of it, but too many letters away
        ("onfline-store", "online-store", False),  # as near to the other
        ("lg", "log", False),  # two letters could be anything
        ("xyzzy", "", False),
        ("", "", False),
        ("g" * 1000, "", False),
    ],
)
def test_the_nearest_name_is_sure_where_few_letters_differ_and_no_other_is_as_near(word, name, sure):
    assert meant.nearest(word, KNOWN) == (name, sure)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("abc", "ac", 1), ("abc", "axc", 1), ("kitten", "sitting", 3)],
)
def test_a_distance_counts_letters_changed_lost_added_or_exchanged(one, other, steps):
    assert meant.distance(one, other) == meant.distance(other, one) == steps


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_a_distance_is_none_for_equals_alone_and_never_longer_than_a_word(one, other):
    steps = meant.distance(one, other)
    assert (steps == 0) == (one == other)
    assert abs(len(one) - len(other)) <= steps <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023/03/17", "2023-03-17"),
        ("2023.3.7", "2023-03-07"),
        ("2023-3", "2023-03"),
        ("2023-03-17T10:00:00Z", "2023-03-17"),
        ("17.03.2023", "2023-03-17"),
        ("03/17/2023", "2023-03-17"),
        ("17/03/2023", "2023-03-17"),
        ("05/05/2023", "2023-05-05"),
        ("04/03/2023", ""),  # April or March
        ("March 2023", "2023-03"),
        ("17 March 2023", "2023-03-17"),
        ("17th Mar 2023", "2023-03-17"),
        ("March 17, 2023", "2023-03-17"),
        ("Sept 2023", "2023-09"),
        ("2023, March", "2023-03"),
        ("Smarch 2023", ""),
        ("2023-13", ""),
        ("32 March 2023", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_date_is_written_as_records_have_it_if_it_can_mean_one_alone(text, date):
    assert meant.date(text) == date


@pytest.mark.parametrize(
    ("text", "join", "ident"),
    [("Store Size", "-", "store-size"), ("a:b", "-", "a-b"), ("9-lives", "-", "lives"), ("Peak-Factor", "_", "peak_factor"), ("名", "-", "")],
)  # fmt: skip
def test_an_id_is_what_is_left_of_a_text(text, join, ident):
    assert meant.ident(text, join) == ident


# units and magnitudes


@pytest.mark.parametrize(
    ("word", "unit"),
    [("requst", "request"), ("requets", "request"), ("GBs", "GB"), ("KB", "kB"), ("kb", "kB"), ("MBs", "MB"), ("Gibs", "GiB"), ("secnd", "second"), ("daay", "day"), ("tokns", "token"), ("msgs", "message"), ("replcia", "replica"), ("GPUs", "GPU"), ("miliseconds", "ms"), ("Megabytes", "MB")],
)  # fmt: skip
def test_the_first_unit_suggested_is_the_one_that_a_person_would_name(word, unit):
    assert quantity.nearest(word).name == unit


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("20 milion message/s", "20 million message/s"),
        ("20 Million message/s", "20 million message/s"),
        ("3 thousnd", "3 thousand"),
        ("5 M request/s", "5 million request/s"),
        ("5 bn event", "5 billion event"),
        ("5 GB per day", "5 GB/day"),
        ("1,500,000 B", "1500000 B"),
        ("1,50 B", None),
        ("7 requst/s", "7 request/s"),
        ("10 qps", "10 query/s"),
        ("2 kB/qps", None),  # bytes a query and second: hardly what is meant
        ("2 tps", None),  # transactions, or tokens
        ("5 furlong", None),
    ],
)
def test_a_quantity_says_what_should_stand_there_where_that_is_sure(text, instead):
    with pytest.raises(QuantityError) as caught:
        quantity.parse(text)
    error = caught.value
    assert (text[: error.start] + error.instead + text[error.end :] if error.instead else None) == instead
    if instead:
        assert quantity.parse(instead)
