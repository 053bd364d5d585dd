"""Tickets: what they carry, what they are bound to, and what a forger gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotspots.logins.tickets import LIFETIME, Ticket, TicketDesk, is_ticket
from hotspots.policy import Limits, Reason, Subject, SubjectKind
from hotspots.sessions import class_attribute

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"
DESK = TicketDesk(b"a key" * 7)
DEVICE = Subject(SubjectKind.DEVICE, PHONE)

subjects = st.one_of(
    st.just(DEVICE),
    st.builds(
        Subject,
        st.sampled_from([SubjectKind.VOUCHER, SubjectKind.RESIDENT, SubjectKind.KIOSK]),
        st.integers(min_value=0, max_value=2**32 - 1).map(str),
    ),
)
sixteen_bits = st.integers(min_value=0, max_value=2**16 - 1)


@given(subjects, sixteen_bits, sixteen_bits)
def test_a_ticket_says_what_it_was_issued_with(subject: Subject, plan_id: int, terms: int) -> None:
    ticket_id, password = DESK.issue(subject, plan_id, terms, PHONE, 7, NOW)
    read = DESK.read(ticket_id, PHONE, 7, NOW)
    assert isinstance(read, Ticket)
    assert (read.subject, read.plan_id, read.terms_version) == (subject, plan_id, terms)
    assert len(password) == 16
    assert DESK.password(ticket_id) == password


def test_a_ticket_holds_for_two_minutes_on_its_device_at_its_access_point() -> None:
    ticket_id, _ = DESK.issue(DEVICE, 1, 1, PHONE, 7, NOW)
    assert DESK.read(ticket_id, PHONE, 7, NOW + LIFETIME) is Reason.TICKET_EXPIRED
    assert DESK.read(ticket_id, "02:11:22:33:44:66", 7, NOW) is Reason.TICKET_OTHER_DEVICE
    assert DESK.read(ticket_id, None, 7, NOW) is Reason.TICKET_OTHER_DEVICE
    assert DESK.read(ticket_id, PHONE, 8, NOW) is Reason.TICKET_OTHER_ACCESS_POINT
    assert isinstance(DESK.read(ticket_id, PHONE, 7, NOW + LIFETIME - timedelta(seconds=1)), Ticket)


def test_the_password_of_another_key_is_another() -> None:
    ticket_id, password = DESK.issue(DEVICE, 1, 1, PHONE, 7, NOW)
    assert TicketDesk(b"another").password(ticket_id) != password


@given(st.text(max_size=60))
def test_other_user_names_are_no_tickets(text: str) -> None:
    assert not is_ticket(text)
    assert not is_ticket("t1" + text)


def test_the_desk_does_not_show_its_key() -> None:
    assert "key" not in repr(DESK)


NUMBERS = class_attribute.SessionNumbers()


def test_session_numbers_are_never_given_twice_and_stand_in_the_order_of_time() -> None:
    numbers = [NUMBERS.new(NOW + timedelta(seconds=second)) for second in range(3) for _ in range(1000)]
    assert len(set(numbers)) == 3000
    assert [number[:8] for number in numbers] == sorted(number[:8] for number in numbers)
    assert {len(number) for number in numbers} == {24}


@given(
    subjects,
    sixteen_bits,
    st.none() | st.integers(min_value=1, max_value=2**31),
    st.none() | st.integers(min_value=1, max_value=2**60),
)
def test_a_class_comes_back_as_it_went(
    subject: Subject, plan_id: int, seconds: int | None, octets: int | None
) -> None:
    limits = Limits(session_seconds=seconds, total_octets=octets)
    value = class_attribute.new(NUMBERS.new(NOW), subject, plan_id, limits)
    sent = class_attribute.encode(b"key", value)
    assert len(sent) <= 63, "some gateways cut Class at 63 octets"
    assert class_attribute.decode(b"key", sent, PHONE) == value
    assert class_attribute.decode(b"another", sent, PHONE) is None


@given(st.binary(max_size=80))
def test_a_strange_class_is_none_of_ours(value: bytes) -> None:
    assert class_attribute.decode(b"key", value, PHONE) is None
    assert class_attribute.decode(b"key", b"ph1." + value, PHONE) is None
