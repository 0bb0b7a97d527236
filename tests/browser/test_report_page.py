"""The report page in a real browser: `make report-test`. It needs Chromium, its driver, and the extra ``browser``."""

import json
import shutil
import subprocess
import sys
import time
from importlib.resources import files

import pytest

pytestmark = pytest.mark.browser

webdriver = pytest.importorskip("selenium.webdriver", reason="needs Selenium: pip install 'socialtext[browser]'")
axe_core = pytest.importorskip("axe_core_python", reason="needs axe-core: pip install 'socialtext[browser]'")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
VIEWS = ("#overview", "#units?lang=fa", "#documents/0", "#documents/2", "#rejects")
PAGES = {
    "ar.txt": "أكبر خطأ\n\nفي الواقع ، يجب أن ترد على تعليقات العملاء كل يوم ، لأن الصمت يبعدهم.\n\nاترك تعليقا\n",
    "fa.txt": "یکی از بزرگ‌ترین اشتباهات فروشگاه ها باز کردن حساب در همهٔ شبکههای اجتماعی است. "
    "بهتر است فقط یکی را انتخاب کنید.",
    "id.txt": "Balas setiap komentar pelanggan <script>document.title = 'broken'</script> di hari yang sama 👍 .",
    "blank.txt": " ",
}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = sorted(str(path) for path in folder.glob("*.txt"))
    options = ["--records", "documents", "--with-text", "--rejects", str(folder / "rejects.jsonl")]
    socialtext("process", *sources, "-o", folder / "documents.jsonl", *options)
    return folder / "documents.jsonl"


def socialtext(*args):
    subprocess.run([sys.executable, "-m", "socialtext", *map(str, args)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def page(result):
    target = result.with_name("page.html")
    socialtext("report", result, "-o", target, "--rejects", result.with_name("rejects.jsonl"))
    return target.as_uri()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium with chromedriver is on the PATH (Debian: apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1000"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def wait_for(browser, script, *args):
    for _ in range(1200):  # half a minute: machines of continuous integration are slow
        value = browser.execute_script(f"return {script}", *args)
        if value:
            return value
        time.sleep(0.025)
    raise AssertionError(f"never true: {script}; log: {browser.get_log('browser')}")


def open_page(browser, address):
    browser.get("about:blank")
    browser.get(address)
    wait_for(browser, "document.body.dataset.ready")


def choose(browser, **values):
    """Set filters as a reader does, and wait for the answer."""
    browser.execute_script(
        """
        document.getElementById("n-found").textContent = "";
        const form = document.getElementById("filters");
        for (const [name, value] of Object.entries(arguments[0])) form.elements[name].value = value;
        form.dispatchEvent(new Event("input", { bubbles: true }));
        """,
        values,
    )
    return wait_for(browser, "document.getElementById('n-found').textContent")


def texts(browser, selector):
    script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText)"
    return browser.execute_script(script, selector)


def test_no_request_leaves_the_page_and_nothing_is_logged(browser, page):
    browser.get_log("performance")
    for view in VIEWS:
        open_page(browser, page + view)
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
    assert asked
    assert {url.split("#")[0] for url in asked if not url.startswith("about:")} == {page}
    assert browser.get_log("browser") == []


def test_filters_and_search_narrow_the_units_and_stay_in_the_address(browser, page):
    open_page(browser, page + "#units")
    assert len(texts(browser, "#unit-rows > li")) == 3
    assert choose(browser, lang="fa") == "1 of 3 units."
    assert browser.current_url.endswith("#units?lang=fa")
    assert texts(browser, "#unit-rows > li .text")[0].startswith("یکی از بزرگ‌ترین")
    assert choose(browser, lang="", theme="engagement", advice="yes") != "All 3 units."
    assert "No unit" in choose(browser, theme="", advice="", q="zebra")
    browser.execute_script("document.getElementById('filters').reset()")
    wait_for(browser, "document.getElementById('n-found').textContent === 'All 3 units.'")
    open_page(browser, page + "#units?lang=ar")
    wait_for(browser, "document.getElementById('n-found').textContent === '1 of 3 units.'")


@pytest.mark.parametrize(
    ("query", "hit"),
    [("شبكه هاي", "شبکه‌های"), ("KOMENTAR", "komentar"), ("شبکه‌های", "شبکه‌های"), ("تعليقات", "تعليقات")],
)
def test_search_finds_words_in_another_spelling_and_marks_them(browser, page, query, hit):
    open_page(browser, page + "#units")
    assert choose(browser, q=query) == "1 of 3 units."
    marked = texts(browser, "#unit-rows mark")
    assert "".join(marked).replace("\u200c", "") == hit.replace("\u200c", "")


def test_markup_in_a_document_is_text(browser, page):
    open_page(browser, page + "#units?lang=id")
    assert "<script>document.title = 'broken'</script>" in texts(browser, "#unit-rows .text")[0]
    assert "socialtext report" in browser.title


def test_documents_are_switched_and_set_in_their_direction(browser, page):
    open_page(browser, page + "#documents/0")
    seen = []
    for _ in range(3):
        wait_for(browser, "!document.getElementById('documents').hidden")
        article = browser.find_element("id", "page")
        seen.append((browser.find_element("id", "document-title").text, article.get_attribute("dir")))
        browser.find_element("id", "next").click()
        wait_for(browser, "document.getElementById('document-title').textContent !== arguments[0]"
                 " || document.getElementById('next').disabled", seen[-1][0])  # fmt: skip
    assert seen == [("ar.txt", "rtl"), ("fa.txt", "rtl"), ("id.txt", "ltr")]
    open_page(browser, page + "#documents/0")
    assert texts(browser, "#page .boilerplate") == ["اترك تعليقا"]
    assert len(texts(browser, "#page .unit")) >= 1


def test_a_change_is_explained_on_hover_and_by_keyboard(browser, page):
    from selenium.webdriver import ActionChains, Keys

    open_page(browser, page + "#documents/1")
    changed = browser.find_elements("css selector", "#page .changed")
    assert [each.text for each in changed] == ["فروشگاه‌ها", "شبکه‌های"]
    ActionChains(browser).move_to_element(changed[0]).perform()
    wait_for(browser, "!document.getElementById('tip').hidden")
    assert "فروشگاه ها" in browser.find_element("id", "tip").text
    ActionChains(browser).move_to_element(browser.find_element("id", "document-title")).perform()
    wait_for(browser, "document.getElementById('tip').hidden")
    browser.execute_script("document.querySelector('#page .changed').focus()")
    ActionChains(browser).send_keys(Keys.ARROW_DOWN).perform()
    assert browser.switch_to.active_element.text == "شبکه‌های"
    assert "شبکههای" in browser.find_element("id", "tip").text
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not browser.find_element("id", "tip").is_displayed()


def test_a_unit_leads_to_its_place_in_its_document(browser, page):
    open_page(browser, page + "#units?lang=fa")
    browser.find_element("css selector", "#unit-rows a.link").click()
    wait_for(browser, "document.querySelector('#page .unit.aim')")
    assert browser.find_element("id", "document-title").text == "fa.txt"


def test_rejects_are_listed_with_their_reason(browser, page):
    open_page(browser, page + "#rejects")
    assert "ST312" in texts(browser, "#reject-rows tr")[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_checker_finds_no_serious_fault(browser, page, scheme, width):
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    for view in VIEWS:
        open_page(browser, page + view)
        browser.execute_script(axe)
        found = browser.execute_async_script("axe.run().then(arguments[0])")
        assert len(found["passes"]) > 10
        serious = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in serious] == []
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), (view, width)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_fifty_thousand_units_are_there_at_once_and_drawn_as_they_are_read(browser, result):
    rows = [json.loads(line) for line in result.read_text(encoding="utf-8").splitlines()]
    many = result.with_name("many.jsonl")
    with many.open("w", encoding="utf-8") as file:
        for number in range(50_000 // len(rows) + 1):
            file.writelines(json.dumps(row | {"id": f"{number}-{row['id']}"}) + "\n" for row in rows)
    target = result.with_name("many.html")
    socialtext("report", many, "-o", target)
    open_page(browser, target.as_uri() + "#units")
    n_rows = "document.querySelectorAll('#unit-rows > li').length"
    assert 40 <= browser.execute_script(f"return {n_rows}") < 400
    assert choose(browser, q="pelanggan").startswith("16,66")
    before = browser.execute_script(f"return {n_rows}")
    browser.execute_script("document.getElementById('unit-more').scrollIntoView()")
    wait_for(browser, f"{n_rows} > arguments[0]", before)


def test_charts_are_drawn_in_the_colours_of_the_page(browser, page):
    open_page(browser, page)
    assert texts(browser, "figure h3")[0] == "Themes in each language"
    fill = "getComputedStyle(document.querySelector('.drawing path[fill=\"var(--l0)\"]')).fill"
    fills = set()
    for scheme in ("light", "dark"):
        browser.execute_script("document.documentElement.style.colorScheme = arguments[0]", scheme)
        fills.add(browser.execute_script(f"return {fill}"))
    assert len(fills) == 2
