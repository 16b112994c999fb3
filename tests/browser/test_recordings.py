"""From the second switch to the sound: a call is recorded, listened to, and deleted here and at the provider."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.test_pages import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOKEN = "practice-auth-token"
CALLER = "+447700900456"


def test_from_the_switch_to_the_sound(signed_in: Page, house: House) -> None:
    page = signed_in
    page.goto("/settings/calls")
    if (switch := page.get_by_role("button", name="Switch calls on")).is_visible():
        switch.click()
    page.get_by_label("Auth token").fill(TOKEN)
    page.locator("#twilio").get_by_role("button", name=re.compile("Connect|Replace")).click()
    page.get_by_label("Keep recordings of calls").check()
    page.locator("#recordings").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#recordings")).to_contain_text("Recordings are on")
    check(page, "/settings/calls")

    telephone = page.context.new_page()
    telephone.goto(f"{house.google}/calls")
    telephone.get_by_label("Address for Twilio").fill(page.locator("#address-twilio").inner_text())
    telephone.get_by_label("Who calls").fill(CALLER)
    telephone.get_by_role("button", name="Somebody picks up, and it is recorded").click()
    expect(telephone.get_by_role("status")).to_contain_text("recording: taken")

    page.goto("/calls")
    page.get_by_role("row").filter(has_text=CALLER).get_by_role("link").last.click()
    sound = page.locator("audio")
    for _turn in range(30):
        if sound.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    check(page, "a call with a recording")
    page.get_by_role("button", name="2×").click()
    sound.evaluate("audio => { audio.muted = true; return audio.play(); }")
    sound.evaluate("audio => new Promise(done => { audio.ontimeupdate = () => audio.currentTime > 0.2 && done(); })")
    assert sound.evaluate("audio => audio.playbackRate") == 2
    assert 5.9 < sound.evaluate("audio => audio.duration") < 6.1
    sound.evaluate("audio => new Promise(done => { audio.onseeked = done; audio.currentTime = 5; })")
    assert float(page.locator("[data-played]").get_attribute("width") or 0) > 0
    page.set_viewport_size({"width": 320, "height": 800})
    check(page, "a call with a recording, narrow")

    page.get_by_role("button", name="Delete the recording").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("#recording")).to_contain_text("The recording was deleted")
    for _turn in range(30):
        if "answer 204" in page.locator("#recording").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("#recording")).to_contain_text("Your provider deleted its copy too (answer 204)")
