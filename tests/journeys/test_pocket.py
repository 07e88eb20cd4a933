"""The phone's page by hand, in the languages that people see: pictures, practice, a dark screen, one touch that wipes."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from havre.protection import indicators
from havre.trust import envelopes
from tests.journeys.test_pages import barriers

# what waits in the store of the page
WAITING = """() => new Promise((done, fail) => { const ask = indexedDB.open("pocket"); ask.onerror = fail; ask.onsuccess = () => {
  const base = ask.result; if (!base.objectStoreNames.contains("sealed")) { base.close(); done(-1); return; }
  const all = base.transaction("sealed").objectStore("sealed").count();
  all.onsuccess = () => { base.close(); done(all.result); }; }; })"""

EVALUATES = """() => new Promise((done) => setTimeout(() => {
  try { new Function("return 1")(); done(true); } catch (refused) { done(false); } }))"""


@pytest.fixture
def page(browser, live_server, unlocked):
    envelopes.make_ready()
    context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    found = context.new_page()
    found.goto(f"{live_server.url}/p/pocket/")
    found.wait_for_selector("#content[data-ready]")
    yield found
    context.close()


def begin(page: Page, *, practice: bool = False, pictures: bool = True) -> None:
    page.click("#practice" if practice else "#begin")
    page.select_option("#f-situation", "compound")
    page.click("#pictures" if pictures else "#cards")
    # the three rights of the first contact come before any card, each named
    assert page.locator("#missing li").count() == 3
    page.select_option("#f-language", "tet")
    page.check("#f-informed")
    page.check("#f-private")
    page.select_option("#f-danger", "low")
    page.select_option("#f-care", "false")
    page.click("#pictures" if pictures else "#cards")


@pytest.mark.parametrize("language", ["fr", "en", "pt", "tet", "th"])
def test_picture_is_asked_in_each_language_and_says_when_it_awaits_review(page, language):
    begin(page)
    page.select_option("#asked", language)
    first = indicators.prompts()["prompts"][0]
    assert page.locator("#ask").inner_text() == first["ask"][language]
    assert page.locator("#unreviewed").count() == (0 if language in {"fr", "en"} else 1)
    assert page.locator("svg.picture use").get_attribute("href").endswith(f"#{first['picture']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
    for answer in ("yes", "no", "refused"):
        box = page.locator(f"[data-answer={answer}]").bounding_box()
        assert box["height"] >= 52 and box["width"] >= 300


def test_talk_with_pictures_is_sealed_and_counted_and_one_touch_wipes_it(page):
    begin(page)
    for answer in ("no", "refused", "yes"):
        page.click(f"[data-answer={answer}]")
    page.click("#finish")
    page.select_option("#f-kept", "agreed")
    page.click("#keep")
    expect(page.locator("#count")).to_have_text("1")
    assert page.evaluate(WAITING) == 1
    # nobody is signed in: it stays
    page.click("#send")
    expect(page.locator("#note")).to_have_text("Se connecter, puis envoyer de nouveau. Ce qui attend reste ici.")
    assert page.evaluate(WAITING) == 1
    page.click("#dim")
    assert "dim" in page.locator("body").get_attribute("class")
    with page.expect_navigation():
        page.click("#wipe")
    page.goto(page.url.split("/p/")[0].split("/accounts")[0] + "/p/pocket/cards.webmanifest")
    left = page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]")
    workers = page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length")
    assert (left, workers) == ([0, 0], 0)


def saved(page: Page) -> None:
    begin(page)
    page.click("[data-answer=yes]")
    page.click("#finish")
    page.select_option("#f-kept", "agreed")
    page.click("#keep")
    expect(page.locator("#count")).to_have_text("1")


def test_leaving_and_signing_out_on_the_phone_lose_no_talk_that_waits_and_keep_the_page(page, live_server):
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    saved(page)
    left = []
    for leave in ("leave", "address", "sign out"):
        if leave == "leave":
            with page.expect_navigation():
                page.click("#leave")
        else:
            page.goto(f"{live_server.url}{'/leave/' if leave == 'address' else '/accounts/logout/'}")
        # the browser clears a moment after the answer
        page.wait_for_timeout(500)
        page.context.set_offline(True)
        page.goto(f"{live_server.url}/p/pocket/")
        page.wait_for_selector("#content[data-ready]")
        page.context.set_offline(False)
        left.append((leave, page.evaluate(WAITING)))
    assert left == [("leave", 1), ("address", 1), ("sign out", 1)]


def test_practice_is_visibly_not_real_and_stores_nothing(page):
    begin(page, practice=True, pictures=False)
    assert page.locator(".practice").is_visible()
    page.click("[data-answer=yes]")
    assert page.locator(".practice").is_visible()
    page.click("#finish")
    page.select_option("#f-kept", "agreed")
    page.click("#keep")
    page.wait_for_selector("#begin")
    assert page.evaluate(WAITING) == 0


def test_page_opens_and_saves_without_a_network(page):
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#content[data-ready]")
    # the policy of the page holds in the copy that the phone keeps too (asked from a timer: a debugger's own call is let through)
    assert page.evaluate(EVALUATES) is False
    begin(page)
    page.click("[data-answer=yes]")
    page.click("#finish")
    page.select_option("#f-kept", "agreed")
    page.click("#keep")
    expect(page.locator("#count")).to_have_text("1")
    assert page.evaluate(WAITING) == 1


def test_refusal_to_keep_stores_nothing(page):
    begin(page)
    page.click("[data-answer=yes]")
    page.click("#finish")
    page.click("#discard")
    page.wait_for_selector("#begin")
    assert page.evaluate(WAITING) == 0
