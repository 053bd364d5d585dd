"""An authority whose pages have all that they can have."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots.inventory.public_page import PageEntry
from hotspots.models import Authority, CoatOfArms
from tests.hotspots.pictures import png

PAGE = PageEntry.of(
    {
        "colour": "#8a1538",
        "welcome": {"pl": "Witamy w Bełżycach", "uk": "Вітаємо в Белжице"},
        "notices": [
            {
                "text": {"pl": "W piątek urząd jest nieczynny.", "de": "Am Freitag ist das Amt geschlossen."},
                "link": "https://belzyce.example.pl/e-uslugi/terminy-i-zawiadomienia-mieszkancow",
            }
        ],
        "data_protection": "iod@belzyce.example.pl",
        "accessibility": {
            "published": "2026-01-15",
            "updated": "2026-02-01",
            "prepared": "2026-02-02",
            "reviewed": "2026-02-20",
            "status": "partial",
            "exceptions": {"pl": "Mapa nie ma wersji dla czytników ekranu"},
            "excessive_cost": "https://belzyce.example.pl/ocena",
            "person": "Anna Kowalska",
            "email": "dostepnosc@belzyce.example.pl",
            "phone": "81 516 00 00",
            "architecture": {"pl": "Wejście bez schodów", "en": "No steps at the entrance"},
            "architecture_url": "https://belzyce.example.pl/wejscie",
            "communication": {"pl": "Tłumacz języka migowego po zgłoszeniu"},
        },
    }
)


def show_all(db: Session) -> None:
    """Give the gmina of the tests this page and a coat of arms."""
    gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
    gmina.page = PAGE.stored()
    db.merge(CoatOfArms(authority_id=gmina.id, png=png()))
