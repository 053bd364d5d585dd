"""Vouchers as cards: the code in clear and as a picture to scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from captive_portal.qr import picture
from captive_portal.staff.queries_vouchers import VoucherState, state
from hotspots import vouchers
from hotspots.models import Voucher, VoucherBatch
from hotspots.vault import Vault


@dataclass(frozen=True, slots=True)
class Card:
    """One voucher to hand out; ``code`` is grouped as it is printed, ``address`` opens the portal with it."""

    voucher: Voucher
    code: str
    state: VoucherState
    address: str

    def __repr__(self) -> str:
        return f"Card(voucher={self.voucher.id}, code=***)"

    @property
    def picture(self) -> Markup:
        """The address as a QR code."""
        return picture(self.address)


def cards(batch: VoucherBatch, vault: Vault, portal: str, now: datetime) -> list[Card]:
    """The cards of a batch, in the order in which they were made; ``portal`` is the base address of the portal."""
    return [_card(voucher, vault, portal, now) for voucher in batch.vouchers]


def _card(voucher: Voucher, vault: Vault, portal: str, now: datetime) -> Card:
    code = vouchers.grouped(vault.open(voucher.sealed_code).get_secret_value())
    address = f"{portal}/?{urlencode({'voucher': code})}"
    return Card(voucher, code, state(voucher, now), address)
