"""The same question gets the same bytes."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from radius.duplicates import Duplicates, Seen


def key(identifier=1, authenticator=b"a" * 16, code=1, access_point=1):
    return (access_point, bytes((code, identifier, 0, 20)) + authenticator)


def slot(of, port=1):
    """Where a request comes from: each access point has an address of its own."""
    access_point, header = of
    return ((f"access point {access_point}", port), header[:2])


def claim(cache, of, now):
    return cache.claim(of, slot(of), now)


def answer(cache, of, reply, now):
    assert cache.answer(of, slot(of), reply, now), "it is to be sent"


def test_a_request_is_new_then_in_progress_then_answered_with_the_same_bytes():
    cache = Duplicates()

    assert claim(cache, key(), 100.0) is Seen.NEW
    assert claim(cache, key(), 100.1) is Seen.IN_PROGRESS
    answer(cache, key(), b"reply", 100.2)
    assert claim(cache, key(), 100.3) == b"reply"
    assert claim(cache, key(), 105.2) == b"reply"


def test_any_difference_in_the_key_is_another_request():
    cache = Duplicates()
    claim(cache, key(), 100.0)
    answer(cache, key(), b"reply", 100.0)

    for other in (
        key(identifier=2),
        key(authenticator=b"b" * 16),
        key(code=4),
        key(access_point=2),
    ):
        assert claim(cache, other, 100.1) is Seen.NEW


def test_a_request_met_with_silence_is_handled_anew():
    cache = Duplicates()
    claim(cache, key(), 100.0)

    cache.forget(key(), slot(key()))

    assert claim(cache, key(), 100.1) is Seen.NEW


def test_a_late_answer_is_kept_from_when_it_was_given():
    cache = Duplicates(keep_seconds=5)
    claim(cache, key(), 100.0)
    claim(cache, key(identifier=2), 104.9)
    answer(cache, key(), b"reply", 104.9)

    assert claim(cache, key(identifier=3), 106.0) is Seen.NEW
    assert claim(cache, key(), 109.8) == b"reply"


def test_what_is_old_is_gone_after_a_silence_of_hours():
    cache = Duplicates(keep_seconds=5)
    claim(cache, key(), 100.0)
    answer(cache, key(), b"reply", 100.0)

    assert claim(cache, key(), 7300.0) is Seen.NEW
    assert len(cache) == 1


def test_memory_is_bounded_and_the_oldest_go_first():
    cache = Duplicates(keep_seconds=5, max_entries=100)

    for number in range(1000):
        claim(cache, key(access_point=number), 100.0)
        answer(cache, key(access_point=number), b"reply", 100.0)
        assert len(cache) <= 100

    assert claim(cache, key(access_point=999), 100.0) == b"reply"
    assert claim(cache, key(access_point=960), 100.0) == b"reply"
    assert claim(cache, key(access_point=0), 100.0) is Seen.NEW


@given(
    st.lists(st.tuples(st.floats(0, 3), st.integers(0, 8), st.sampled_from(("ask", "answer"))), max_size=60),
)
def test_a_reply_is_found_for_five_seconds_whatever_comes_between(events):
    cache = Duplicates(keep_seconds=5)
    now = 1000.0
    asked: set[int] = set()
    answered: dict[int, tuple[float, bytes]] = {}
    for pause, identifier, event in events:
        now += pause
        if event == "answer":
            if identifier not in asked:
                continue
            asked.remove(identifier)
            reply = b"%d at %f" % (identifier, now)
            answer(cache, key(identifier), reply, now)
            answered[identifier] = (now, reply)
        else:
            seen = claim(cache, key(identifier), now)
            given_at, reply = answered.get(identifier, (float("-inf"), b""))
            if now - given_at <= 5:
                assert seen == reply
            if seen is Seen.NEW:
                asked.add(identifier)
                answered.pop(identifier, None)


OLDER, NEWER = key(authenticator=b"a" * 16), key(authenticator=b"b" * 16)


def test_a_newer_request_takes_the_slot_of_one_that_has_no_answer_yet():
    cache = Duplicates()
    claim(cache, OLDER, 100.0)
    assert not cache.is_superseded(OLDER, slot(OLDER))
    claim(cache, NEWER, 100.1)

    assert cache.is_superseded(OLDER, slot(OLDER))
    assert not cache.answer(OLDER, slot(OLDER), b"for nobody", 100.2)
    assert claim(cache, OLDER, 100.3) is Seen.IN_PROGRESS, "swallowed: it is not handled again"
    assert not cache.is_superseded(NEWER, slot(NEWER))
    answer(cache, NEWER, b"reply", 100.4)
    assert claim(cache, NEWER, 100.5) == b"reply"
    assert not cache.answer(OLDER, slot(OLDER), b"later than the newer one's", 100.6)


def test_what_was_answered_before_is_answered_again_and_takes_no_slot():
    cache = Duplicates()
    claim(cache, OLDER, 100.0)
    answer(cache, OLDER, b"reply", 100.1)
    claim(cache, NEWER, 100.2)

    assert claim(cache, OLDER, 100.3) == b"reply"
    answer(cache, NEWER, b"another reply", 100.4)


def test_each_port_each_code_and_each_identifier_has_a_slot_of_its_own():
    cache = Duplicates()
    claim(cache, OLDER, 100.0)
    others = key(authenticator=b"c" * 16, identifier=2), key(authenticator=b"c" * 16, code=4)
    for other in others:
        claim(cache, other, 100.1)
    cache.claim(NEWER, slot(NEWER, port=2), 100.1)

    for each in (OLDER, *others):
        answer(cache, each, b"reply", 100.2)
    assert cache.answer(NEWER, slot(NEWER, port=2), b"reply", 100.2)


def test_an_older_one_that_is_forgotten_leaves_the_slot_to_the_newer():
    cache = Duplicates()
    claim(cache, OLDER, 100.0)
    claim(cache, NEWER, 100.1)

    cache.forget(OLDER, slot(OLDER))

    answer(cache, NEWER, b"reply", 100.2)


def test_slots_are_taken_only_while_requests_are_in_progress():
    cache = Duplicates()
    for number in range(300):
        of = key(identifier=number % 256, authenticator=number.to_bytes(16, "big"))
        claim(cache, of, 100.0)
        (cache.forget if number % 3 else partial(cache.answer, reply=b"", now=100.0))(of, slot(of))

    assert not cache._newest
