"""The same question gets the same bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from radius.duplicates import Duplicates, Seen


def key(identifier=1, authenticator=b"a" * 16, code=1, access_point=1):
    return (access_point, bytes((code, identifier, 0, 20)) + authenticator)


def test_a_request_is_new_then_in_progress_then_answered_with_the_same_bytes():
    cache = Duplicates()

    assert cache.claim(key(), 100.0) is Seen.NEW
    assert cache.claim(key(), 100.1) is Seen.IN_PROGRESS
    cache.answer(key(), b"reply", 100.2)
    assert cache.claim(key(), 100.3) == b"reply"
    assert cache.claim(key(), 105.2) == b"reply"


def test_any_difference_in_the_key_is_another_request():
    cache = Duplicates()
    cache.claim(key(), 100.0)
    cache.answer(key(), b"reply", 100.0)

    for other in (
        key(identifier=2),
        key(authenticator=b"b" * 16),
        key(code=4),
        key(access_point=2),
    ):
        assert cache.claim(other, 100.1) is Seen.NEW


def test_a_request_met_with_silence_is_handled_anew():
    cache = Duplicates()
    cache.claim(key(), 100.0)

    cache.forget(key())

    assert cache.claim(key(), 100.1) is Seen.NEW


def test_a_late_answer_is_kept_from_when_it_was_given():
    cache = Duplicates(keep_seconds=5)
    cache.claim(key(), 100.0)
    cache.claim(key(identifier=2), 104.9)
    cache.answer(key(), b"reply", 104.9)

    assert cache.claim(key(identifier=3), 106.0) is Seen.NEW
    assert cache.claim(key(), 109.8) == b"reply"


def test_what_is_old_is_gone_after_a_silence_of_hours():
    cache = Duplicates(keep_seconds=5)
    cache.claim(key(), 100.0)
    cache.answer(key(), b"reply", 100.0)

    assert cache.claim(key(), 7300.0) is Seen.NEW
    assert len(cache) == 1


def test_memory_is_bounded_and_the_oldest_go_first():
    cache = Duplicates(keep_seconds=5, max_entries=100)

    for number in range(1000):
        cache.claim(key(access_point=number), 100.0)
        cache.answer(key(access_point=number), b"reply", 100.0)
        assert len(cache) <= 100

    assert cache.claim(key(access_point=999), 100.0) == b"reply"
    assert cache.claim(key(access_point=960), 100.0) == b"reply"
    assert cache.claim(key(access_point=0), 100.0) is Seen.NEW


@given(
    st.lists(st.tuples(st.floats(0, 3), st.integers(0, 8), st.sampled_from(("ask", "answer"))), max_size=60),
)
def test_a_reply_is_found_for_five_seconds_whatever_comes_between(events):
    cache = Duplicates(keep_seconds=5)
    now = 1000.0
    answered: dict[int, tuple[float, bytes]] = {}
    for pause, identifier, event in events:
        now += pause
        if event == "answer":
            reply = b"%d at %f" % (identifier, now)
            cache.answer(key(identifier), reply, now)
            answered[identifier] = (now, reply)
        else:
            seen = cache.claim(key(identifier), now)
            given_at, reply = answered.get(identifier, (float("-inf"), b""))
            if now - given_at <= 5:
                assert seen == reply
            if seen is Seen.NEW:
                answered.pop(identifier, None)
