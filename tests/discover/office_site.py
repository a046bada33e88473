"""An office's web site on loopback: pages by path, and a configuration that finds it under its name."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ITEM = "<item><guid>{0}</guid><link>https://kotacontoh.example/{0}</link><pubDate>{1} +0000</pubDate></item>"
DATES = [f"{day} 2026 02:00:00" for day in ("Sun, 22 Nov", "Fri, 20 Nov", "Tue, 10 Nov", "Sat, 31 Oct")]
ITEMS = "".join(ITEM.format(number, at) for number, at in enumerate(DATES))
FEED = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Berita</title>{ITEMS}</channel></rss>'
HOME = """<html><head><link rel="alternate" type="application/rss+xml" href="/feed/"></head><body>
<footer><a href="https://www.instagram.com/pemkot.kota.contoh/"><i class="fa fa-instagram"></i></a>
<a href="https://x.com/pemkot_contoh">X</a> <a href="https://www.youtube.com/">YouTube</a>
<a href="https://www.instagram.com/pemkot.kota.contoh"><i class="fa fa-whatsapp"></i></a>
<a href="https://www.facebook.com/sharer.php?u=a">Bagikan</a></footer></body></html>"""


@contextmanager
def served(pages: Mapping[str, str]) -> Iterator[str]:
    """The origin of a server that knows these paths."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "application/rss+xml" if "feed" in self.path else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wire(config: Path, host: str, origin: str) -> None:
    """Send a host of the office to the server."""
    path = config / "auditor.yaml"
    text = path.read_text("utf-8") if path.exists() else "network:\n  hosts: {}\n"
    head, hosts, rest = text.partition("\n  hosts: {}")
    assert hosts
    rest = rest.replace("youtube: {", f'youtube: {{base_url: "{origin}/y", feed_url: "{origin}/y", ', 1)
    path.write_text(f'{head}\n  hosts: {{{host}: "{origin}"}}{rest}', "utf-8")
