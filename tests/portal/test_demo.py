"""The demo's own parts: what a visit understands, what is remembered, which ports are refused."""

import os
import signal
import socket
import sys
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.demo import preparation, servers
from portal.demo.preparation import Notes, fingerprint
from portal.demo.servers import Server, free_port, refuse_busy_port
from portal.demo.visit import VisitError, Visitor, entries_of, visit
from portal.management.commands import demo as command
from portal.outbox.posting import with_link

PAGE = """
<form method="post" action="/language/"><button name="language" value="en">English</button></form>
<form method="post"><input name="username"><input type="password" name="password"><button>登录</button></form>
<form method="post" action="/signin/demo/"><input type="hidden" name="csrfmiddlewaretoken" value="t">
  <button name="number" value="1001">甲</button><button name="number" value="1002">乙</button></form>
<button name="number" value="1003">丙</button>
"""


def test_a_visit_takes_the_accounts_and_no_other_button():
    offered = entries_of(PAGE, "/signin/demo/")
    assert [entry["number"] for entry in offered] == ["1001", "1002"]
    assert all(entry["csrfmiddlewaretoken"] == "t" for entry in offered)


@pytest.mark.django_db(transaction=True)
def test_a_visit_says_when_no_account_is_offered(live_server):
    with pytest.raises(VisitError, match="offers no demo account"):
        visit(live_server.url)


@pytest.mark.django_db(transaction=True)
def test_a_visit_says_which_page_fails(live_server):
    with pytest.raises(VisitError, match="/nosuch answers 404"):
        Visitor(live_server.url).ask("/nosuch")


def test_a_busy_port_is_named():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is not free.*--port"):
            refuse_busy_port(port)
    refuse_busy_port(free_port())


def test_notes_survive_a_restart(tmp_path):
    Notes(tmp_path / "notes.json").set("scheme", "bit")
    assert Notes(tmp_path / "notes.json").get("scheme") == "bit"
    assert Notes(tmp_path / "notes.json").get("fonts") == ""


def test_a_fingerprint_follows_content_and_order():
    assert fingerprint([("a", 1)]) == fingerprint([("a", 1)]) != fingerprint([("a", 2)])
    assert fingerprint(["a", "b"]) != fingerprint(["b", "a"])


@pytest.fixture
def quick(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(servers.connections, "close_all", lambda: None)
    monkeypatch.setattr(servers, "RESTART_PAUSE_SECONDS", 0)
    monkeypatch.setattr(servers, "SHORT_LIVES_ALLOWED", 1)
    monkeypatch.setattr(servers, "STOP_SECONDS", 0.2)


@pytest.mark.usefixtures("quick")
def test_a_server_that_dies_is_started_again_but_not_for_ever(capsys):
    server = Server("job worker", lambda: sys.exit(1))
    server.start()
    first = server.process
    first.join()
    server.keep_running()
    assert server.process is not first
    assert "The job worker ended (exit code 1); starting it again." in capsys.readouterr().err
    server.process.join()
    with pytest.raises(CommandError, match="ended 2 times at once"):
        server.keep_running()


@pytest.mark.usefixtures("quick")
def test_a_server_that_ignores_the_signal_is_killed():
    def stubborn():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(ready, b".")
        time.sleep(60)

    started, ready = os.pipe()
    server = Server("web server", stubborn)
    server.start()
    os.read(started, 1)
    server.stop()
    os.close(started)
    os.close(ready)
    assert server.process.exitcode == -signal.SIGKILL


def test_mails_lead_to_the_port_that_was_asked_for(settings, monkeypatch, capsys):
    port, links = free_port(), []

    class Ended(servers.Demo):
        def __enter__(self):
            raise servers.Stopped

    settings.DEMO, settings.SITE_URL = True, "http://127.0.0.1:8000"
    monkeypatch.setattr(command, "Demo", Ended)
    monkeypatch.setattr(command, "prepare", lambda _scheme: links.append(with_link("", "/claims/1/")))
    monkeypatch.setattr(command.os, "umask", lambda _mask: None)
    call_command("demo", port=port)
    assert links == [f"http://127.0.0.1:{port}/claims/1/"]
    assert capsys.readouterr().out == "stopped\n"


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    """Give a data folder whose preparation only notes what it was asked for."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    steps = []
    for name in ("migrate", "collect_static"):
        monkeypatch.setattr(preparation, name, lambda name=name: steps.append(name))
    monkeypatch.setattr(preparation, "make_fonts", lambda: steps.append("make_fonts"))
    monkeypatch.setattr(preparation, "call_command", lambda name, **_options: steps.append(name))
    monkeypatch.setattr(preparation.connection, "close", lambda: None)
    return tmp_path, steps


def test_data_is_loaded_once(folder):
    _path, steps = folder
    preparation.prepare("bit")
    assert steps == ["migrate", "collect_static", "make_fonts", "load_demo"]
    steps.clear()
    preparation.prepare("bit")
    assert "load_demo" not in steps


def test_a_folder_with_other_schemes_is_refused(folder):
    preparation.prepare("bit")
    with pytest.raises(CommandError, match="holds the demo of 'bit'"):
        preparation.prepare("all")


def test_an_interrupted_load_begins_anew(folder, monkeypatch):
    path, steps = folder
    (path / "portal.sqlite3").write_text("half")

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(preparation, "call_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            preparation.prepare("bit")
    assert (path / "portal.sqlite3").exists()
    preparation.prepare("bit")
    assert not (path / "portal.sqlite3").exists()
    assert steps[-1] == "load_demo"


def test_a_database_that_the_demo_did_not_begin_is_kept(folder):
    path, _steps = folder
    (path / "portal.sqlite3").write_text("mine")
    preparation.prepare("bit")
    assert (path / "portal.sqlite3").exists()
