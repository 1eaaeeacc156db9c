import importlib.util, sys
from datetime import UTC, datetime
from pathlib import Path
spec = importlib.util.spec_from_file_location("tb", Path(__file__).with_name("test_browser.py")); tb = importlib.util.module_from_spec(spec); spec.loader.exec_module(tb)
port, browser, agency = tb.port, tb.browser, tb.agency
def test_shots(browser, port, agency, plant, close_period):
    for n, z, r, k in (("Kementerian Keuangan","Asia/Jakarta",None,"ministry"),("Pemerintah Provinsi Sumatera Barat","Asia/Jakarta","13","province"),("Pemerintah Kota Surabaya","Asia/Jakarta","3578","city"),("Pemerintah Daerah Istimewa Yogyakarta","Asia/Jakarta","34","province")):
        one = plant(n, region=r, kind=k, zone=z)
        if "Yog" not in n: close_period(one, breaches=0, overrides=0)
    for w, h, name in ((360, 740, "phone"), (1280, 900, "desktop")):
        page = tb._signed_in(browser, port, w, h)
        for path in tb.PATHS:
            page.goto(tb._address(port, path, agency))
            slug = path.strip("/").replace("?", "").replace("=", "-") or "agencies"
            page.screenshot(path=f"/tmp/console/{name}-{slug}.png", full_page=True)
        page.context.clear_cookies(); page.goto(tb._address(port, "/sign-in", agency)); page.screenshot(path=f"/tmp/console/{name}-sign-in.png", full_page=True)
        page.context.close()
