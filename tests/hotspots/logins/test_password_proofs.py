from __future__ import annotations

from datetime import UTC, datetime

from hotspots.logins.credentials import AccountEntry
from hotspots.logins.password_proofs import PasswordProofs

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def account(number: int = 1) -> AccountEntry:
    return AccountEntry(number, f"resident-{number}", 1, "hash", NOW, None)


def test_only_the_password_that_was_noted_holds() -> None:
    proofs, mine = PasswordProofs(), account()
    right, wrong = (proofs.digest(mine.name, mine.password_hash, password) for password in (b"right", b"wrong"))
    assert not proofs.holds(mine, right)
    proofs.note(mine, right)
    assert proofs.holds(mine, right)
    assert not proofs.holds(mine, wrong)
    assert not proofs.holds(account(2), right)


def test_a_digest_is_of_one_name_one_hash_one_password_and_one_process() -> None:
    proofs = PasswordProofs()
    told = {
        proofs.digest("a", "b", b"c"),
        proofs.digest("ab", "", b"c"),
        proofs.digest("", "ab", b"c"),
        proofs.digest("a", "bc", b""),
        proofs.digest("a", "another hash", b"c"),
        PasswordProofs().digest("a", "b", b"c"),
    }
    assert len(told) == 6


def test_memory_is_bounded_and_who_comes_often_stays() -> None:
    proofs = PasswordProofs(most=3)
    for number in range(1, 4):
        proofs.note(account(number), b"digest")
    assert proofs.holds(account(1), b"digest")
    proofs.note(account(4), b"digest")
    assert len(proofs) == 3
    assert [proofs.holds(account(number), b"digest") for number in range(1, 5)] == [True, False, True, True]
    assert "digest" not in repr(proofs)
