"""A real nginx that serves one folder on loopback, and an office whose only account is a feed on it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic
from typing import Any

from auditor.cli import run

NAME = "situs.kotacontoh.example"
CERTIFICATES = Path(__file__).parent.parent / "fetch" / "data"
PATIENCE = 10.0  # seconds
LOGGED = (
    "request",
    "status",
    "http_if_none_match",
    "http_if_modified_since",
    "sent_http_content_encoding",
    "sent_http_etag",
)
CONFIGURATION = """\
{user}
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  types {{ application/rss+xml xml; text/html html; }}
  default_type application/octet-stream;
  log_format told escape=json '{{{told}}}';
  access_log {folder}/access.log told;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:{secure_port} ssl;
    server_name {name};
    ssl_certificate {certificates}/named.pem;
    ssl_certificate_key {certificates}/key.pem;
    root {folder}/www;
    absolute_redirect off;
    {locations}
  }}
}}
"""


@dataclass
class Nginx:
    """A running server. `published` files lie in `www`."""

    folder: Path
    port: int
    secure_port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secure_url(self) -> str:
        return f"https://127.0.0.1:{self.secure_port}"

    def publish(self, name: str, text: str, changed: datetime) -> None:
        """Puts a file where it is served, last modified at this instant."""
        path = self.folder / "www" / name
        path.write_text(text, "utf-8")
        os.utime(path, (changed.timestamp(), changed.timestamp()))

    def asked(self, number: int) -> list[dict[str, str]]:
        """What it was asked, once it has written down this many requests; it does so after it has answered."""
        path = self.folder / "access.log"
        within(lambda: path.read_text("utf-8").count("\n") >= number, f"{number} requests")
        found: list[dict[str, str]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        assert len(found) == number, found
        return found


@contextmanager
def nginx(folder: Path, locations: str = "") -> Iterator[Nginx]:
    """Started when the block begins and answers, stopped by its process id when it ends."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    assert program, "these tests need nginx: scripts/test --servers installs it"
    (folder / "www").mkdir(parents=True)
    (folder / "access.log").touch()
    port, secure_port = free_ports(2)
    configuration = CONFIGURATION.format(
        user="user root;" if os.getuid() == 0 else "",
        folder=folder,
        told=",".join(f'"{name}":"${name}"' for name in LOGGED),
        port=port,
        secure_port=secure_port,
        name=NAME,
        certificates=CERTIFICATES,
        locations=locations.replace("FOLDER", str(folder)),
    )
    (folder / "nginx.conf").write_text(configuration, "utf-8")
    errors = folder / "error.log"
    with errors.open("ab") as log:
        process = subprocess.Popen(
            [program, "-e", str(errors), "-p", str(folder), "-c", str(folder / "nginx.conf")], stdout=log, stderr=log
        )
    try:
        within(lambda: process.poll() is not None or answers(port), "nginx to answer")
        assert process.poll() is None, errors.read_text("utf-8")
        yield Nginx(folder, port, secure_port, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def within(true: Callable[[], bool], what: str) -> None:
    """Waits in steps of a few milliseconds until it is so."""
    end, tick = monotonic() + PATIENCE, threading.Event()
    while not true():
        assert monotonic() < end, f"waited in vain for {what}"
        tick.wait(0.005)


def answers(port: int) -> bool:
    """Somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in held]


def rss(*dates: datetime) -> str:
    """A channel with one item a date, newest first."""
    items = "".join(
        f"<item><title>Berita</title><link>http://{NAME}/berita/{at:%Y%m%d%H%M}</link>"
        f"<guid>http://{NAME}/berita/{at:%Y%m%d%H%M}</guid><pubDate>{format_datetime(at)}</pubDate></item>"
        for at in sorted(dates, reverse=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Situs Kota Contoh</title>'
        f"<link>http://{NAME}/</link><description>Berita</description>{items}</channel></rss>"
    )


def daily(until: datetime, number: int = 12) -> list[datetime]:
    """One post a day, the newest an hour before the instant."""
    return [until - timedelta(hours=1, days=n) for n in range(number)]


@dataclass
class Reader:
    """The real command line over a list with one feed."""

    config: Path
    account: str

    def __call__(self, now: datetime, *arguments: str) -> Any:
        """The JSON document a command prints at an instant of the program's clock; its exit code must be 0."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run(["--config", str(self.config), "--now", now.isoformat(), *arguments, "--format", "json"])
        assert code == 0
        return json.loads(out.getvalue())

    def look(self, now: datetime) -> dict[str, Any]:
        """One look, and what is kept of it, with the statuses answered on the way, oldest first."""
        polled = self(now, "poll", "--all")
        assert polled["looked"] == 1
        shown = self(now, "show", self.account)
        newest: dict[str, Any] = shown["history"][-1]
        asked = [e for e in reversed(shown["exchanges"]) if e["observed_at"] == newest["observed_at"]]
        statuses = [e["status"] for e in asked]
        return newest | {"statuses": statuses, "posts": shown["account"]["last_post_at"], "row": shown["account"]}


def reader(folder: Path, site: Nginx, path: str, *, secure: bool = False, extra: Sequence[str] = ()) -> Reader:
    """An office that lists this one feed; its name leads to the server on loopback."""
    config = folder / "config"
    config.mkdir()
    handle = f"{'https' if secure else 'http'}://{NAME}{path}"
    target = site.secure_url if secure else site.url
    settings = {
        "database": "auditor.db",
        "timezone": "Asia/Jakarta",
        "network": {"timeout_seconds": 5, "hosts": {NAME: target}, "sentinels": []},
        "platforms": {name: {"enabled": False} for name in ("bluesky", "mastodon", "telegram", "youtube")}
        | {"feed": {"enabled": True}},
    }
    (config / "auditor.yaml").write_text(json.dumps(settings), "utf-8")
    agency = {"id": "dinas-contoh", "name": "Dinas Contoh", "timezone": "Asia/Jakarta", "accounts": [{"feed": handle}]}
    (config / "accounts.yaml").write_text(json.dumps({"agencies": [agency]}), "utf-8")
    return Reader(config, f"feed:{handle}")
