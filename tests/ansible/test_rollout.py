"""The roll-out to OpenWrt by Ansible over a real sshd: apply, read back, keep or take back."""

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import update

from hotspots.database import Database
from hotspots.models import AccessPoint
from tests.ansible.conftest import HOSTILE_SSID, OPENWRT
from tests.ansible.controller import Controller, Run
from tests.ansible.device import Device
from tests.config_templates import uci_reader

ONE = "belzyce-urzad-1"
FILES = ["chilli", "dhcp", "firewall", "network", "system", "wireless"]


def test_from_the_first_roll_out_to_one_that_mends_a_device(controller: Controller) -> None:
    """One journey, since each run of Ansible takes its time: look, apply, look again, apply again, mend."""
    factory = controller.device(ONE).config()

    # When it is only to look.
    look = controller.roll_out("--limit", ONE, "--check")
    # Then it tells what would change, and changes nothing.
    assert look.status == 0, look.output
    assert look.recap(ONE)["changed"] == 1
    assert "etc/config/chilli" in look.output
    assert controller.device(ONE).config() == factory
    assert controller.device(ONE).calls == []

    # When it is to apply.
    first = controller.roll_out("-vvv")
    # Then every device has what was rendered for it, gmina by gmina, and nothing secret was printed.
    assert first.status == 0, first.output
    for name in OPENWRT:
        assert first.recap(name)["changed"] == 1
        expect_configured(controller.device(name), name)
    assert [{name for name in OPENWRT if f"[{name}]" in play} for play in first.output.split("\nPLAY [")[1:]] == [
        {"belzyce-urzad-1", "belzyce-urzad-2"},
        {"garbow-urzad-1"},
    ]
    expect_no_secrets(controller, first)

    # When it is done again, then nothing changes.
    second = controller.roll_out()
    assert second.status == 0, second.output
    for name in OPENWRT:
        assert second.recap(name)["changed"] == 0
        assert controller.device(name).calls == ["reload_config", "chilli", "check"]

    # When somebody changed a device by hand, then that is seen and undone.
    wanted = controller.device(ONE).config()
    controller.device(ONE).write("etc/config/firewall", "config defaults\n")
    third = controller.roll_out("--limit", ONE)
    assert third.recap(ONE)["changed"] == 1
    assert controller.device(ONE).config() == wanted

    # When it is only to look again, then there is nothing to do.
    assert controller.roll_out("--limit", ONE, "--check").recap(ONE)["changed"] == 0


def test_a_reload_that_fails_leads_to_the_old_files_being_back(controller: Controller) -> None:
    device = controller.device(ONE)
    before = device.config()
    device.service("chilli", f"grep -q factory '{device.root}/etc/config/system'")

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "The old one is back" in run.output
    assert device.config() == before
    assert device.state == "restored"
    assert device.calls == ["reload_config", "chilli", "reload_config", "chilli"]
    assert list((controller.folder / "private").iterdir()) == []


def test_a_device_that_does_not_work_with_it_gets_the_old_files_back_at_once(controller: Controller) -> None:
    device = controller.device(ONE)
    before = device.config()
    device.service("check", "exit 1")

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "Check that the device works with it" in run.output
    assert device.config() == before
    assert device.state == "restored"


def test_a_file_that_the_device_holds_otherwise_than_rendered_is_not_kept(controller: Controller) -> None:
    device = controller.device(ONE)
    before = device.config()
    device.service("reload_config", f"echo '# rewritten' >>'{device.root}/etc/config/network'")

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "Read back what the device holds" in run.output
    assert device.read("etc/config/system") == before["system"]


def test_nobody_confirms_and_the_device_takes_the_old_files_back_by_itself(controller: Controller) -> None:
    """The check hangs longer than the device waits: as if the new configuration had cut us off."""
    device = controller.device(ONE)
    before = device.config()
    device.service("check", "sleep 6; exit 1")

    run = controller.roll_out("--limit", ONE, openwrt_confirm_seconds=3, openwrt_check_retries=1)

    assert run.status != 0
    assert "nobody confirmed within 3 seconds" in device.read("etc/hotspots-rollout/log")
    assert device.config() == before
    assert device.state == "restored"


def test_a_reload_that_hangs_is_ended_by_the_timer(controller: Controller) -> None:
    device = controller.device(ONE)
    before = device.config()
    device.service("chilli", f"grep -q factory '{device.root}/etc/config/system' || sleep 20")

    run = controller.roll_out("--limit", ONE, openwrt_confirm_seconds=3)

    assert run.status != 0
    assert device.config() == before
    assert device.state == "restored"


def test_the_first_gmina_that_fails_stops_the_roll_out_before_the_next(controller: Controller) -> None:
    controller.device("belzyce-urzad-2").service("check", "exit 1")
    untouched = controller.device("garbow-urzad-1").config()

    run = controller.roll_out()

    assert run.status != 0
    assert controller.device("belzyce-urzad-2").state == "restored"
    assert run.recap("garbow-urzad-1") == {}
    assert controller.device("garbow-urzad-1").config() == untouched


def test_an_access_point_that_cannot_be_rendered_is_not_touched(
    controller: Controller, sqlite_database: Database
) -> None:
    unspeakable = sqlite_database.vault.seal(SecretStr('hush"hush'))
    with sqlite_database.write() as session:
        session.execute(update(AccessPoint).where(AccessPoint.name == ONE).values(sealed_secret=unspeakable))
    before = controller.device(ONE).config()

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "chilli.hotspot.radiussecret" in run.output
    assert "hush" not in run.output
    assert controller.device(ONE).config() == before
    assert controller.device(ONE).calls == []


def test_nothing_is_rolled_out_that_would_send_residents_to_loopback(controller: Controller) -> None:
    device = controller.device(ONE)
    before = device.config()
    controller.environment["HOTSPOTS_PORTAL_BASE_URL"] = "http://127.0.0.1:8080"

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "See that the portal and RADIUS are not on loopback" in run.output
    assert "set HOTSPOTS_PORTAL_BASE_URL" in run.output
    assert device.config() == before
    assert device.calls == []


def test_a_device_that_does_not_answer_leaves_no_secret_on_the_controller(controller: Controller) -> None:
    run = controller.roll_out("--limit", ONE, ansible_port=1, ansible_ssh_retries=0)

    assert run.status != 0
    assert "radius secret" not in run.output
    assert list((controller.folder / "private").iterdir()) == []


def test_a_second_roll_out_waits_for_none_that_is_under_way(controller: Controller) -> None:
    device = controller.device(ONE)
    folder = device.root / "etc/hotspots-rollout"
    device.write("etc/hotspots-rollout/state", "applied\n")
    # A process that lives as long as this test: our own.
    (folder / "keeper").write_text(f"{Path('/proc/self').resolve().name}\n")

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert "See whether a roll-out is under way" in run.output
    assert list(device.config()) == ["system"]


def test_after_a_power_cut_the_configuration_that_worked_is_what_is_taken_back(controller: Controller) -> None:
    """The device lost power after applying: the unconfirmed file is in place, the one that worked is kept aside."""
    device = controller.device(ONE)
    device.write("etc/config/system", "config system 'unconfirmed'\n")
    device.write("etc/hotspots-rollout/old/etc/config/system", "config system 'worked'\n")
    device.write("etc/hotspots-rollout/state", "applied\n")
    device.write("etc/hotspots-rollout/keeper", "999999999\n")
    device.service("check", "exit 1")

    run = controller.roll_out("--limit", ONE)

    assert run.status != 0
    assert device.config() == {"system": "config system 'worked'\n"}


def expect_configured(device: Device, name: str) -> None:
    assert list(device.config()) == FILES
    assert device.calls == ["reload_config", "chilli", "check"]
    assert device.state == "confirmed"
    chilli = uci_reader.read(device.read("etc/config/chilli"))["hotspot"].options
    assert chilli["radiusnasid"] == name
    assert chilli["radiussecret"] == ("radius secret" if name == ONE else f"radius secret of {name}")
    wireless = uci_reader.read(device.read("etc/config/wireless"))
    assert wireless["hotspot0"].options["ssid"] == (HOSTILE_SSID if name.startswith("belzyce") else "Powiat")


def expect_no_secrets(controller: Controller, run: Run) -> None:
    assert "radius secret" not in run.output
    assert "uam secret" not in run.output
    assert list((controller.folder / "private").iterdir()) == []
    assert [path for path in (controller.folder / "remote").rglob("*") if path.is_file()] == []
    for name in OPENWRT:
        rollout = controller.device(name).root / "etc/hotspots-rollout"
        assert sorted(path.name for path in rollout.iterdir()) == ["confirmed", "keeper", "log", "state"]
