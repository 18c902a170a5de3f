"""`eucaim-nb app`: what it prepares, whom it lets in, and what it leaves behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys

import psutil
import pytest
import requests

from eucaim_nb import launcher
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import EucaimError, WorkspaceError
from eucaim_nb.launcher._access import transport, without_secrets
from eucaim_nb.launcher._served import served_notebooks
from eucaim_nb.launcher._server import page_settings
from tests.ui.launched import command, environment, launched
from tests.ui.widgets import until

START, INSPECT, UPLOAD = "00_start", "03_inspect_dicom", "09_upload_images"
CLOSED = [
    f"voila/render/{START}.ipynb",
    "voila/tree",
    "voila/api/contents",
    "",
    f"voila/render/{START}.ipynb?token=wrong",
]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    with launched(env=environment(folder, SITE_PASSWORD="canary-1", API_TOKEN="canary-2")) as app:
        yield app


@pytest.fixture
def signed_in(running):
    with requests.Session() as session:
        session.get(running.address, timeout=60, allow_redirects=False).raise_for_status()
        yield session


# Who gets in


@pytest.mark.parametrize("path", CLOSED)
def test_without_the_token_there_is_no_page(running, path):
    answer = requests.get(f"{running.base}/{path}", timeout=30, allow_redirects=False)
    assert answer.status_code in (302, 403)
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/login")


def test_without_the_token_nothing_is_posted_and_no_kernel_answers(running):
    kernel = "00000000-0000-0000-0000-000000000000"
    assert requests.post(f"{running.base}/voila/api/shutdown/{kernel}", timeout=30).status_code == 403
    assert requests.get(f"{running.base}/api/kernels/{kernel}", timeout=30).status_code == 403
    assert requests.get(f"{running.base}/api/contents", timeout=30).status_code == 404


def test_files_outside_the_token_are_pictures_of_the_notebooks_only(running):
    for name in ("00_start.ipynb", "voila.json", "../voila.json", "..%2f..%2fetc%2fpasswd", "eucaim.toml"):
        answer = requests.get(f"{running.base}/voila/files/{name}", timeout=30, allow_redirects=False)
        assert answer.status_code in (302, 403, 404), name


def test_a_page_of_somebody_else_cannot_end_a_kernel(running, signed_in):
    url = f"{running.base}/voila/api/shutdown/00000000-0000-0000-0000-000000000000"
    value = {"_xsrf": signed_in.cookies["_xsrf"]}
    assert signed_in.post(url, timeout=30).status_code == 403
    assert signed_in.post(url, data={"_xsrf": "2|guess"}, timeout=30).status_code == 403
    assert (
        signed_in.post(url, data=value, headers={"Origin": "https://evil.example"}, timeout=30).status_code
        == 404
    )
    assert (
        "Kernel does not exist" in signed_in.post(url, data=value, timeout=30).text
    )  # as far as its own page gets


def test_cookies_stay_on_this_site_and_scripts_see_no_login(running):
    answer = requests.get(running.address, timeout=30, allow_redirects=False)
    assert answer.headers["Location"] == f"/voila/render/{START}.ipynb"  # the token is gone from the address
    login, xsrf = sorted(
        answer.raw.headers.getlist("Set-Cookie"), key=lambda cookie: cookie.startswith("_xsrf")
    )
    assert "HttpOnly" in login
    assert "samesite=strict" in login.lower()
    assert "samesite=strict" in xsrf.lower()


def test_headers_keep_the_page_to_itself(signed_in, running):
    with signed_in.get(running.url(INSPECT), timeout=60, stream=True) as answer:
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        # With "no-referrer" browsers send "Origin: null" with forms and beacons, which are refused then.
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        answer.text  # noqa: B018 - the page must end, or its kernel stays half-started
    assert "http" not in policy["default-src"]
    assert policy["connect-src"] == "'self' ws: wss:"
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("query", ["template=reveal", "theme=dark"])
def test_address_cannot_choose_template_or_theme(signed_in, running, query):
    text = signed_in.get(f"{running.url(INSPECT)}?{query}", timeout=60).text
    assert "eucaim-wait" in text
    assert 'data-jp-theme-light="true"' in text


def test_only_this_computer_is_answered(running):
    ports = {
        c.laddr
        for c in psutil.Process(running.process.pid).net_connections("inet")
        if c.status == psutil.CONN_LISTEN
    }
    assert {address.ip for address in ports} == {"127.0.0.1"}


# What a page is told


def test_title_and_purpose_are_sent_before_the_kernel_answers(signed_in, running):
    with signed_in.get(running.url(INSPECT), timeout=60, stream=True) as answer:
        text = ""
        for piece in answer.iter_content(None, decode_unicode=True):
            text += piece.decode() if isinstance(piece, bytes) else piece
            if "eucaim-wait" in text.partition("<body")[2]:
                break
        assert "<h1" in text
        assert "jupyter-config-data" not in text  # that holds the kernel's id
        for _ in answer.iter_content(None):
            pass
    assert "<title>Inspect DICOM - EUCAIM</title>" in text
    assert '<html lang="en">' in text


def test_kernels_know_no_secret(signed_in, running):
    signed_in.get(f"{running.url(INSPECT)}?token={running.token}", timeout=60)
    assert running.kernels()
    for kernel in running.kernels():
        values = " ".join(kernel.environ().values())
        assert running.token not in values
        assert "canary" not in values
    assert running.token not in " ".join(psutil.Process(running.process.pid).cmdline())


def test_ordinary_variables_reach_kernels():
    ordinary = {"PATH": "/bin", "HOME": "/home/a", "HTTPS_PROXY": "http://p:1", "EUCAIM_NB_STATE": "/s"}
    assert (
        without_secrets({**ordinary, "QUERY_STRING": "token=x", "GITHUB_TOKEN": "x", "DB_PASSWORD": "x"})
        == ordinary
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere kernels are spoken to over TCP")
@pytest.mark.parametrize(("length", "way"), [(20, "ipc"), (57, "ipc"), (58, "tcp"), (200, "tcp")])
def test_kernels_are_spoken_to_over_tcp_where_the_path_of_a_socket_would_be_too_long(length, way):
    assert transport("/" + "x" * (length - 1)) == way


def test_connection_to_a_kernel_is_not_given_up_at_the_first_ping():
    tornado = page_settings()["Voila"]["tornado_settings"]
    interval = tornado.get("ws_ping_interval", 30_000)
    assert tornado.get("ws_ping_timeout", 3 * interval) >= 2 * interval


# In the browser


@pytest.mark.browser
def test_going_from_page_to_page_keeps_one_kernel(running, browser):
    browser.open(running.address)
    before = {kernel.pid for kernel in running.kernels()}
    for title, notebook in (("Inspect DICOM", INSPECT), ("Status board", START), ("Upload images", UPLOAD)):
        browser.page.get_by_role("link", name=title).first.click()
        browser.page.wait_for_url(f"**/{notebook}.ipynb")
        browser.wait()
    until(lambda: len({kernel.pid for kernel in running.kernels()} - before) == 1)
    browser.page.goto("about:blank")
    until(lambda: not {kernel.pid for kernel in running.kernels()} - before)


@pytest.mark.browser
@pytest.mark.parametrize("notebook", [START, INSPECT, UPLOAD])
def test_page_asks_for_nothing_outside_and_complains_of_nothing(running, browser, notebook):
    browser.page.goto(running.address, wait_until="commit")
    browser.open(running.url(notebook))
    browser.page.wait_for_load_state("networkidle")
    assert browser.strangers() == []
    assert browser.errors == []
    assert not browser.page.locator(".eucaim-wait").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_and_follows_the_colours_of_the_computer(running, new_browser, screenshots, scheme):
    browser = new_browser(color_scheme=scheme)
    browser.open(running.address)
    browser.page.screenshot(path=screenshots / f"frame-{scheme}.png")
    background = browser.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    width, wide = browser.page.evaluate(
        "[document.querySelector('main').offsetWidth, document.body.scrollWidth]"
    )
    assert width <= 1100
    assert wide <= 1280


@pytest.mark.browser
def test_login_page_takes_the_token_and_asks_for_nothing_outside(running, browser):
    page = browser.page
    page.goto(running.url(INSPECT))
    page.get_by_label("token").fill("wrong")
    page.get_by_role("button").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("token").fill(running.token)
    page.get_by_role("button").click()
    page.wait_for_url(running.url(INSPECT))
    assert browser.strangers() == []


# What it prepares, and what it leaves behind


def test_practice_home_is_prepared_and_the_workspace_is_remembered(tmp_path, monkeypatch):
    env = environment(tmp_path)
    monkeypatch.setenv("EUCAIM_NB_STATE", env["EUCAIM_NB_STATE"])
    home = tmp_path / "practice"
    with launched(env=env):
        workspace = workspaces.current()
        ready = json.loads((home / "ready.json").read_text())
        assert workspace.folder == home / "submission"
        assert workspace.settings.node == "practice-upv"
        assert workspace.settings.project == ready["upv"]["project"]
        assert workspace.settings.practice == str(home / "ready.json")
        assert [str(home / "sample" / "dicom")] == list(workspace.settings.sources)
        assert requests.get(ready["control"], timeout=10).ok
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        stamp = (home / "sample" / "answer_key.json").stat().st_mtime_ns
    assert not (home / "ready.json").exists()
    with launched(str(home / "submission"), env=env):  # again, and by name
        assert json.loads((home / "ready.json").read_text())["upv"]["password"] == ready["upv"]["password"]
        assert (home / "sample" / "answer_key.json").stat().st_mtime_ns == stamp


def test_ready_file_of_a_killed_run_is_not_believed_and_running_nodes_are_shared(tmp_path):
    env = environment(tmp_path)
    ready_file = tmp_path / "practice" / "ready.json"
    ready_file.parent.mkdir()
    stale = {
        "pid": os.getpid(),
        "control": "http://127.0.0.1:9/control",
        "version": "0",
        "upv": {"project": "P"},
    }
    ready_file.write_text(json.dumps(stale))
    with launched(env=env):
        ready = json.loads(ready_file.read_text())
        assert ready["pid"] != stale["pid"]
        with launched(env=env):
            assert json.loads(ready_file.read_text()) == ready
        assert requests.get(ready["control"], timeout=10).ok  # the second one stopped only its own


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_pages_kernels_and_practice_nodes(tmp_path, number):
    with launched(env=environment(tmp_path)) as app:
        requests.get(app.address, timeout=60)  # starts a kernel
        children = app.children()
        assert app.kernels()
        assert len(children) >= 2
        app.process.send_signal(number)
        assert app.process.wait(20) == 0
        assert psutil.wait_procs(children, timeout=5)[1] == []


def test_killed_launcher_takes_practice_nodes_and_kernels_with_it(tmp_path):
    with launched(env=environment(tmp_path)) as app:
        requests.get(app.address, timeout=60)
        children = app.children()
        app.process.kill()
        assert psutil.wait_procs(children, timeout=15)[1] == []


def test_port_in_use_is_said_before_anything_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("EUCAIM_NB_HOME", str(tmp_path / "practice"))
    monkeypatch.setenv("EUCAIM_NB_STATE", str(tmp_path / "state"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EucaimError, match=f"Port {port} .* --port"):
            launcher.app(port=port, browser=False)
    assert not list(tmp_path.iterdir())


def test_given_port_is_used(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with launched("--port", str(port), env=environment(tmp_path)) as app:
        assert app.base == f"http://127.0.0.1:{port}"


def test_folder_without_a_workspace_is_refused_in_words(tmp_path):
    env = environment(tmp_path)
    done = subprocess.run(
        command("app", "--no-browser", str(tmp_path)), env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "There is no workspace in" in done.stderr
    assert "Traceback" not in done.stderr


def test_practice_home_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EUCAIM_NB_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("EUCAIM_NB_STATE", str(tmp_path / "state"))
    with pytest.raises(WorkspaceError, match="EUCAIM_NB_HOME"):
        launcher.app(browser=False)


def test_practice_nodes_of_elsewhere_that_do_not_run_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("EUCAIM_NB_STATE", str(tmp_path / "state"))
    made = workspaces.create(
        tmp_path / "w", node="practice-upv", practice=str(tmp_path / "gone" / "ready.json")
    )
    with pytest.raises(EucaimError, match="eucaim-nb practice"):
        launcher.app(made.folder, browser=False)


def test_served_copy_is_read_only_has_no_data_beside_it_and_goes_away():
    with served_notebooks() as place:
        assert {path.suffix for path in place.iterdir()} == {".ipynb"}
        assert stat.S_IMODE(place.stat().st_mode) == 0o500
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o400 for path in place.iterdir())
    assert not place.exists()


@pytest.mark.browser
def test_lab_opens_the_notebooks_and_asks_for_nothing_outside(tmp_path, browser):
    process = subprocess.Popen(
        command("lab", "--no-browser"), stdout=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    try:
        browser.page.goto(process.stdout.readline().split()[1])
        browser.page.get_by_role("heading", name="The same in code").wait_for(timeout=60_000)
        browser.page.get_by_text("1 cell hidden").wait_for()
        browser.page.get_by_text("(ipykernel) | Idle").wait_for(timeout=60_000)
        assert browser.page.get_by_text("Jupyter news").count() == 0
        assert browser.strangers() == []
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stdout.close()


def test_launcher_is_not_loaded_by_the_pages():
    code = "import sys, eucaim_nb.workflow, eucaim_nb.jobs; sys.exit('voila' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
