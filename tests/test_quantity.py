from math import isclose, isfinite

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from casebook import quantity
from casebook.quantity import QuantityError, describe, nearest, parse, show, unit

NAMES = [name for name in quantity.names() if name != "%"]
PREFIXES = {
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "m": 1e-3,
    "u": 1e-6,
    "n": 1e-9,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
}

# what it means


@pytest.mark.parametrize(
    ("text", "base", "dims"),
    [
        ("150 million event/day", 150e6 / 86400, "event/time"),
        ("2 kB/event", 2000, "data/event"),
        ("95 %", 0.95, "a plain number"),
        ("0.40 USD/hour", 0.4 / 3600, "money/time"),
        ("30 ms", 0.03, "time"),
        ("4", 4, "a plain number"),
        ("1.5 billion", 1.5e9, "a plain number"),
        ("-3 s", -3, "time"),
        (".5 GB", 5e8, "data"),
        ("1e3 B", 1000, "data"),
        ("64 GiB", 64 * 2**30, "data"),
        ("8 bit", 1, "data"),
        ("1 year", 365 * 86400, "time"),
        ("12 month", 365 * 86400, "time"),
        ("800 request/s/replica", 800, "request/replica/time"),
        ("0.5 ms*core/row", 0.0005, "core·time/row"),
        ("5 1/s", 5, "1/time"),
        ("2 s**2", 2, "time^2"),
        ("3 requests/second", 3, "request/time"),
        ("7 USD/Mtoken", 7e-6, "money/token"),
        ("2 kFLOP/s", 2000, "compute/time"),
        ("1 µs", 1e-6, "time"),
    ],
)
def test_a_quantity_is_read_into_base_units(text, base, dims):
    read = parse(text)
    assert isclose(read.base, base, rel_tol=1e-12)
    assert describe(read.dims) == dims
    assert read.text == text


def test_decimal_and_binary_data_are_told_apart():
    assert parse("1 kB").base == 1000
    assert parse("1 KiB").base == 1024


def test_one_dimension_in_two_units_is_the_same_dimension():
    assert parse("1 event/day").dims == parse("1 kevent/ms").dims
    assert parse("1 GB*s/hour").dims == parse("1 B").dims


def test_each_counted_thing_is_a_dimension_of_its_own():
    counted = ("event", "request", "user", "item", "row", "token", "feature", "GPU", "replica", "key", "payment")
    assert len({unit(name).dims for name in counted}) == len(counted)
    assert () not in {unit(name).dims for name in counted}


def test_no_unit_at_all_is_a_plain_number():
    assert unit("") == unit("  ") == quantity.NONE


@pytest.mark.parametrize("name", quantity.names())
def test_every_unit_of_the_list_can_be_read(name):
    assert unit(name).factor > 0


def test_a_prefix_multiplies_every_unit_that_it_can_stand_before():
    for name in ("B", "USD", "token", "request", "FLOP", "W"):
        for prefix, factor in PREFIXES.items():
            assert isclose(unit(prefix + name).factor, factor * unit(name).factor)
            assert unit(prefix + name).dims == unit(name).dims


def test_no_symbol_is_read_as_a_prefix_and_another_unit():
    assert unit("min").factor == 60
    assert unit("h").factor == 3600
    assert unit("month").factor == 365 * 86400 / 12
    assert unit("PB").factor == 1e15
    assert unit("d").factor == 86400


@given(st.data(), st.floats(1e-6, 1e9))
def test_a_quantity_scales_by_each_unit_it_is_made_of(data, number):
    parts = data.draw(
        st.lists(st.tuples(st.sampled_from("*/"), st.sampled_from(NAMES), st.integers(1, 3)), min_size=1, max_size=3)
    )
    text, factor = "", 1.0
    dims: dict[str, float] = {}
    for index, (sign, name, power) in enumerate(parts):
        sign = sign if index else "*"
        text += (sign if index else "") + name + (f"**{power}" if power > 1 else "")
        exponent = power if sign == "*" else -power
        factor *= unit(name).factor ** exponent
        for dim, size in unit(name).dims:
            dims[dim] = dims.get(dim, 0) + size * exponent

    read = parse(f"{number!r} {text}")

    assert isclose(read.base, number * factor, rel_tol=1e-9)
    assert dict(read.dims) == {dim: size for dim, size in dims.items() if size}


@given(st.floats(1e-6, 1e9), st.sampled_from(list(quantity.MAGNITUDES)), st.sampled_from(NAMES))
def test_a_magnitude_word_multiplies_the_number(number, word, name):
    assert isclose(parse(f"{number!r} {word} {name}").base, number * quantity.MAGNITUDES[word] * unit(name).factor)


# what is no quantity


@pytest.mark.parametrize(
    ("text", "wrong", "fix"),
    [
        ("fast", "fast", "30 ms"),
        ("", "", "30 ms"),
        ("1,000 B", "1,000 B", "150 thousand"),
        ("15 msec", "msec", "`ms`"),
        ("10 qps", "qps", "`query/s`"),
        ("3 Requests/s", "Requests", "`request`"),
        ("5 gb", "gb", "`GB`"),
        ("5 GB/daay", "daay", "`day`"),
        ("5 furlong", "furlong", "units.txt"),
        ("2 million thousand row", " thousand row", "joined by"),
        ("5 GB per day", " GB per day", "joined by"),
        ("5 GB//day", " GB//day", "joined by"),
        ("5 s**99", " s**99", "joined by"),
        ("1e31 B", "1e31", "1e30"),
        ("1e999 B", "1e999", "1e30"),
        ("9 percent%", "percent%", ""),
        ("9 k", "k", ""),
        ("9 NaN/s", "NaN", ""),
        ("9 inf", "inf", ""),
        ("1 EB**9*EB**9*EB**9", " EB**9*EB**9*EB**9", ""),
        ("1 EB**-9*EB**-9*EB**-9", " EB**-9*EB**-9*EB**-9", ""),
    ],
)
def test_what_is_no_quantity_is_refused_with_its_place_and_a_fix(text, wrong, fix):
    with pytest.raises(QuantityError) as error:
        parse(text)
    assert text[error.value.start : error.value.end] == wrong
    assert fix in error.value.fix


def test_a_quantity_of_more_than_eighty_characters_is_refused():
    parse("1" + "0" * 20 + " " * 57 + "s")
    with pytest.raises(QuantityError, match="81 characters"):
        parse("1" + " " * 79 + "s")


@given(st.text(max_size=90))
@example("1 " + "µ" * 40)
def test_reading_any_text_raises_nothing_but_its_own_error(text):
    only_its_own_error(text)


@given(st.integers(-9, 9), st.text("kMGEPmµ%123*/·. -sBeventUSDday", max_size=30))
@example(1, "EB**9*EB**9*EB**9")
@example(1, "percent%")
@example(1, "is/as/or")
@example(1, "1/s/%")
def test_reading_any_mixture_of_unit_letters_raises_nothing_but_its_own_error(number, rest):
    only_its_own_error(f"{number} {rest}")


def only_its_own_error(text: str) -> None:
    for read in (parse, unit):
        try:
            result = read(text)
        except QuantityError as error:
            result = error
        if isinstance(result, QuantityError):
            assert result.fix
            assert result.start is None or 0 <= result.start <= (result.end or 0) <= len(text)
        else:
            assert isfinite(result.base if isinstance(result, quantity.Quantity) else result.factor)


# suggestions and words


@pytest.mark.parametrize(
    ("word", "near"), [("Byte", "byte"), ("gpu", "GPU"), ("rps", "request/s"), ("tokns", "token"), ("xyzzy", "")]
)
def test_a_word_near_a_unit_suggests_it(word, near):
    assert nearest(word).name == near


def test_every_suggestion_is_a_unit():
    for word in quantity._HABITS:
        assert unit(quantity._HABITS[word])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a plain number"),
        ("s", "time"),
        ("1/s", "1/time"),
        ("GB/s/replica", "data/replica/time"),
        ("core*s/row", "core·time/row"),
    ],
)
def test_dimensions_are_described_in_words(text, words):
    assert describe(unit(text).dims) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1.234, "1.23"),
        (0.0123456, "0.0123"),
        (45_617, "45,600"),
        (999.6, "1,000"),
        (999_499, "999,000"),
        (999_999, "1 million"),
        (1_234_567, "1.23 million"),
        (2.5e9, "2.5 billion"),
        (1e12, "1 trillion"),
        (-4_500, "-4,500"),
        (-2e6, "-2 million"),
        (0.00001234, "1.23e-05"),
        (1e18, "1e+18"),
        (999_999_999, "1 billion"),
        (100, "100"),
        (0.1, "0.1"),
    ],
)
def test_a_number_is_shown_at_three_significant_digits(value, text):
    assert show(value) == text


@given(st.floats(1e-12, 1e17), st.booleans())
def test_a_shown_number_is_near_the_number(value, negative):
    value = -value if negative else value
    words = show(value).replace(",", "").split(" ")
    back = float(words[0]) * (quantity.MAGNITUDES[words[1]] if len(words) > 1 else 1)
    assert isclose(back, value, rel_tol=0.00501)


@given(st.floats(1e-4, 1e14))
def test_a_shown_number_can_be_read_again(value):
    assume("e" not in show(value))
    assert isclose(parse(show(value).replace(",", "")).base, value, rel_tol=0.00501)
