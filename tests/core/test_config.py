from dataclasses import fields, replace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqviz.core.config import CHOICES, LIMITS, LIVE, RunConfig
from seqviz.ui.controls import CONTROLS

PLAIN = RunConfig()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def values(name):
    """Any value that the field may take."""
    plain = getattr(PLAIN, name)
    if isinstance(plain, bool):
        return st.booleans()
    if isinstance(plain, str):
        return st.sampled_from(CHOICES[name]) if name in CHOICES else TEXT
    low, high = LIMITS[name].low, LIMITS[name].high
    if isinstance(plain, int):
        return st.integers(int(low), int(high))
    whole = st.integers(int(low) + 1, int(high)) if high - low >= 1 else st.nothing()
    return st.floats(low, high) | whole


CONFIGS = st.builds(RunConfig, **{field.name: values(field.name) for field in fields(RunConfig)})


def through_the_address_bar(query):
    return dict(parse_qsl(urlencode(query), keep_blank_values=True, strict_parsing=bool(query)))


@given(CONFIGS, CONFIGS)
def test_every_configuration_survives_the_url(config, default):
    assert RunConfig.from_query(through_the_address_bar(config.to_query())) == config
    assert RunConfig.from_query(through_the_address_bar(config.to_query(default)), default) == config
    assert hash(RunConfig.from_query(config.to_query(default), default)) == hash(config)


@given(CONFIGS, CONFIGS)
def test_a_link_says_only_what_differs(config, default):
    query = config.to_query(default)
    assert set(query) == {f.name for f in fields(config) if getattr(config, f.name) != getattr(default, f.name)}
    assert config.to_query(config) == {}


def test_every_number_has_limits_and_every_limit_and_choice_a_field():
    numbers = {f.name for f in fields(RunConfig) if type(f.default) in (int, float)}
    assert set(LIMITS) == numbers
    assert {f.name for f in fields(RunConfig)} >= set(CHOICES) | LIVE
    assert all(getattr(PLAIN, name) in choices for name, choices in CHOICES.items())


@pytest.mark.parametrize("name", LIMITS)
def test_numbers_out_of_their_limits_are_refused_by_name(name):
    limits = LIMITS[name]
    for value in (limits.low, limits.high):
        replace(PLAIN, **{name: type(getattr(PLAIN, name))(value)})
    for value in (limits.low - 1, limits.high + 1, float("nan"), float("inf"), float("-inf")):
        with pytest.raises(ValueError, match=rf"^{name} must lie between"):
            replace(PLAIN, **{name: value})


@pytest.mark.parametrize("name", CHOICES)
def test_unknown_choices_are_refused_by_name(name):
    with pytest.raises(ValueError, match=f"^{name} must be one of .*'best'"):
        replace(PLAIN, **{name: "best"})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"hidden": "many"}, "hidden must be a whole number, not 'many'"),
        ({"hidden": "8.5"}, "hidden must be a whole number, not '8.5'"),
        ({"hidden": ""}, "hidden must be a whole number, not ''"),
        ({"hidden": "0"}, "hidden must lie between 1 and 160, not 0"),
        ({"layers": "4"}, "layers must lie between 1 and 3, not 4"),
        ({"learning_rate": "quick"}, "learning_rate must be a number, not 'quick'"),
        ({"learning_rate": "nan"}, "learning_rate must lie between"),
        ({"clip": "1e999"}, "clip must lie between 0 and 1000, not inf"),
        ({"bidirectional": "maybe"}, "bidirectional must be true or false, not 'maybe'"),
        ({"optimiser": "rprop"}, "optimiser must be one of sgd, momentum, adam, not 'rprop'"),
    ],
)
def test_a_bad_link_is_answered_with_the_name_and_the_reason(query, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        RunConfig.from_query(query)


def test_what_a_link_says_besides_is_ignored():
    assert RunConfig.from_query({"utm_source": "mail", "hidden": "7"}) == RunConfig(hidden=7)
    assert RunConfig.from_query({"attention": "TRUE"}).attention is True


def test_a_whole_number_as_default_does_not_make_a_setting_whole():
    assert RunConfig.from_query({"clip": "0.5"}, RunConfig(clip=5)).clip == 0.5


@pytest.mark.parametrize("name", [name for name in LIMITS if name in CONTROLS])
def test_a_link_can_ask_for_all_that_can_be_chosen_and_for_no_longer_or_larger_computation(name):
    chosen = CONTROLS[name].options
    assert LIMITS[name].low <= min(chosen)
    assert max(chosen) <= LIMITS[name].high
    assert name not in ("layers", "batch", "lag") or max(chosen) == LIMITS[name].high


@given(CONFIGS, st.sampled_from([field.name for field in fields(RunConfig)]), st.data())
def test_a_run_goes_on_only_where_nothing_but_live_settings_changed(config, name, data):
    other = replace(config, **{name: data.draw(values(name))})
    assert config.same_network(other) == (other == config or name in LIVE)
