"""The scripts of a training session: what `postBuild` leaves, what `start` runs."""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest
import requests

from eucaim_nb import workspace as workspaces
from eucaim_nb.launcher._binder import training_settings
from tests.binder.session import BINDER, ROOT


def in_session(home, code, **extra):
    """Run code as the server of a session whose home is empty, with the environment that `start` makes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EUCAIM", "XDG"))}
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    return subprocess.Popen(
        ["bash", str(BINDER / "start"), "python", "-P", "-c", code],
        env={**environment, "HOME": str(home), "PATH": path, **extra},
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def until(true, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():
        time.sleep(0.1)
    return true()


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_start_runs_the_command_at_once_and_the_practice_nodes_live_as_long_as_it_does(tmp_path, monkeypatch, end):
    code = "import os; print(os.getpid(), os.environ['EUCAIM_NB_PRACTICE_ONLY'], flush=True); input()"
    began = time.monotonic()
    server = in_session(tmp_path, code)
    try:
        pid, switch = server.stdout.readline().split()
        assert time.monotonic() - began < 5
        assert (int(pid), switch) == (server.pid, "1")  # it took the script's place, so signals reach it
        home = tmp_path / "eucaim-practice"
        recent = tmp_path / ".local" / "state" / "eucaim-nb" / "recent.json"
        assert until(lambda: recent.exists() and (home / "ready.json").exists())
        assert json.loads(recent.read_text()) == [str(home / "submission")]
        assert workspaces.open_workspace(home / "submission").settings.sources == (str(home / "sample" / "dicom"),)
        ready = json.loads((home / "ready.json").read_text())
        assert until(lambda: answers(ready["control"]))
        nodes = psutil.Process(ready["pid"])
        getattr(server, end)()
        server.wait(10)
        assert psutil.wait_procs([nodes], timeout=10)[1] == []
    finally:
        server.kill()
        server.communicate()


def answers(address):
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def test_server_opens_even_if_the_practice_nodes_cannot(tmp_path):
    (tmp_path / "file").touch()
    server = in_session(tmp_path, "print('served')", EUCAIM_NB_HOME=str(tmp_path / "file"))
    assert server.communicate(timeout=30)[0] == "served\n"
    assert server.returncode == 0


def test_image_carries_the_installed_package_the_sample_and_an_open_workspace(image):
    code = "import eucaim_nb; from eucaim_nb import workspace; print(eucaim_nb.__file__, workspace.current().folder)"
    package, folder = image.python(code).stdout.split()
    assert package.startswith(str(image.home / ".venv"))
    assert folder == str(image.home / "eucaim-practice" / "submission")
    assert any((image.home / "eucaim-practice" / "sample" / "dicom").rglob("*.dcm"))
    assert not (image.home / "eucaim-practice" / "ready.json").exists()  # no node was left running


def test_settings_in_the_image_are_those_of_the_pages(image):
    installed = json.loads(image.config.read_text())
    pages = json.loads((ROOT / "notebooks" / "voila.json").read_text())
    assert installed == json.loads(json.dumps(training_settings()))
    for section in ("TagRemovePreprocessor", "MappingKernelManager", "PageIdentity"):
        assert installed[section] == pages[section]
    assert installed["VoilaConfiguration"] == {**pages["VoilaConfiguration"], "template": "eucaim"}
    ours = installed["ServerApp"]
    assert ours["tornado_settings"].items() >= pages["Voila"]["tornado_settings"].items()
    assert ours["identity_provider_class"] == pages["Voila"]["identity_provider_class"]
    # The address and the token are Binder's to choose.
    assert not {"ip", "port", "token", "base_url", "root_dir", "allow_root"} & set(ours)
    assert installed["MappingKernelManager"]["cull_idle_timeout"] <= 600
