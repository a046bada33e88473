"""The public preview of Telegram channels at /s/NAME, and the page at /NAME it falls back to.

States: ok, contact (a page that will not say whether the name is free, a person or a hidden channel), group,
no_preview, landing, taken (another channel wears the name: `detail` is its number).
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from html import escape

from .model import Account, Numbered, Scenario, millis, number
from .wire import HTML, Reply, Request, compact, compressed, html

NAME = "telegram"
PREFIX = "/telegram"
HOSTS = ("t.me", "telegram.me")
PAGE = 20
NAMES = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
FRESH = (("Content-Type", HTML), ("Cache-Control", "no-store"), ("Pragma", "no-cache"), ("Server", "nginx/1.18.0"))
SEPARATE = {"contact", "group", "no_preview", "landing"}


def channel(account: Account, now: datetime) -> int:
    """The number of the channel that wears the name now."""
    state = account.state(now)
    if state.kind == "taken":
        return int(state.detail)
    return int(str(account.option("id") or 1_000_000_000 + number("channel", account.key, below=900_000_000)))


def message_id(item: Numbered) -> int:
    """Ids have gaps: albums and deleted messages use some up."""
    return 2 + item.n + item.n // 7 * 2


class Telegram:
    """The face. Twenty messages a page, oldest first, no validators."""

    name = NAME

    def __init__(self, scenario: Scenario) -> None:
        self.accounts = scenario.on(NAME)
        self.variant = scenario.variant(NAME)

    def find(self, name: str, now: datetime) -> Account | None:
        return next((a for a in self.accounts if a.name(now).lower() == name.lower()), None)

    def subjects(self, request: Request, now: datetime) -> list[str]:
        account = self.find(request.path.removeprefix("/s/").strip("/").partition("/")[0], now)
        return [account.key] if account else []

    def answer(self, request: Request, now: datetime) -> Reply:
        preview = request.path.startswith("/s/")
        name = request.path.removeprefix("/s").strip("/").partition("/")[0]
        if not NAMES.fullmatch(name):
            return self.landing()
        account = self.find(name, now)
        state = "contact" if account is None or now < account.created else account.state(now).kind
        if preview and state in SEPARATE:
            return Reply(302, b"", (*FRESH, ("Location", self.place(request, name))))
        if account is None or state == "contact":
            return self.contact(name)
        if state == "landing":
            return self.landing()
        if not preview:
            return self.card(account, name, state, now)
        return compressed(request, Reply(200, self.preview(account, request, now).encode(), FRESH))

    def landing(self) -> Reply:
        body = '<div class="tgme_landing"><div class="tl_page">Telegram Messenger</div></div>'
        return html(200, "Telegram Messenger", body).having(*FRESH)

    def contact(self, name: str) -> Reply:
        """One page for a free name, a person and a hidden channel."""
        words = (
            f"If you have <strong>Telegram</strong>, you can contact "
            f'<a class="tgme_username_link" href="tg://resolve?domain={name}">@{name}</a> right away.'
        )
        body = (
            '<div class="tgme_page"><i class="tgme_icon_user"></i>'
            f'<div class="tgme_page_description">{words}</div></div>'
        )
        return html(200, f"Telegram: Contact @{name}", body, titled(f"Telegram: Contact @{name}")).having(*FRESH)

    def card(self, account: Account, name: str, state: str, now: datetime) -> Reply:
        """The page of a channel without preview, of a group, or of any channel."""
        crowd = 200 + number(account.key, "crowd", below=9000)
        extra = f"{crowd} members, {crowd // 15} online" if state == "group" else f"{spaced(crowd)} subscribers"
        action = "View in Telegram" if state in SEPARATE else "Preview channel"
        body = (
            f'<div class="tgme_page"><div class="tgme_page_title"><span dir="auto">{escape(account.title)}</span></div>'
            f'<div class="tgme_page_extra">{extra}</div>'
            f'<div class="tgme_page_action"><a href="tg://resolve?domain={name}">{action}</a></div></div>'
        )
        return html(200, f"Telegram: View @{name}", body, titled(account.title)).having(*FRESH)

    def preview(self, account: Account, request: Request, now: datetime) -> str:
        """The message list: twenty up to `before`, then a link to older ones if there are any."""
        shown = [(1, None), *((message_id(item), item) for item in account.visible(now))]
        before = request.one("before")
        if before is not None and before.isdigit():
            shown = [pair for pair in shown if pair[0] < int(before)]
        cut = shown[-PAGE:]
        name = account.name(now)
        oldest = cut[0][0] if cut else 0
        more = len(shown) > PAGE
        messages = "".join(self.message(account, id_, item, now) for id_, item in cut)
        older = (
            f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{name}?before={oldest}" '
            f'class="tme_messages_more js-messages_more" data-before="{oldest}"></a></div>'
        )
        prev = f'<link rel="prev" href="/s/{name}?before={oldest}">' if more else ""
        title = escape(account.title)
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title} – Telegram</title>'
            f'<meta property="og:title" content="{title}">'
            f'<meta property="al:ios:url" content="tg:resolve?domain={name}">'
            f'{prev}<link rel="canonical" href="/s/{name}"></head>'
            f'<body class="widget_frame_base tgme_webpreview emoji_image thin_scroll_wrap">{self.info(account, now)}'
            f'<main class="tgme_main" data-url="/{name}"><div class="tgme_container">'
            f'<section class="tgme_channel_history js-message_history">{older if more else ""}{messages}</section>'
            f"</div></main></body></html>\n<!-- page generated in 20.64ms -->\n"
        )

    def info(self, account: Account, now: datetime) -> str:
        name = account.name(now)
        crowd = 200 + number(account.key, "crowd", below=9000)
        return (
            '<div class="tgme_channel_info"><div class="tgme_channel_info_header">'
            '<div class="tgme_channel_info_header_title_wrap"><div class="tgme_channel_info_header_title">'
            f'<span dir="auto">{escape(account.title)}</span></div>'
            '<div class="tgme_channel_info_header_labels"></div></div>'
            f'<div class="tgme_channel_info_header_username"><a href="https://t.me/{name}">@{name}</a></div></div>'
            '<div class="tgme_channel_info_counters"><div class="tgme_channel_info_counter">'
            f'<span class="counter_value">{crowd / 1000:.2f}K</span> '
            '<span class="counter_type">subscribers</span></div>'
            '</div><div class="tgme_channel_info_description">Kanal resmi</div></div>'
        )

    def message(self, account: Account, id_: int, item: Numbered | None, now: datetime) -> str:
        """One message. Number 1 says that the channel was created."""
        name = account.name(now)
        at = account.created if item is None else item.post.at
        service = item is None or item.post.kind == "service"
        content = self.service(item) if service or item is None else self.content(account, id_, item)
        kinds = "service_message js-widget_message" if service else "text_not_supported_wrap js-widget_message"
        seen = {"c": -channel(account, now), "p": id_, "t": millis(now) // 1000, "h": f"{number(id_, below=4096):03x}"}
        view = base64.urlsafe_b64encode(compact(seen)).decode().rstrip("=")
        edited = "edited &nbsp;" if item is not None and item.post.edited else ""
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        date = (
            f'<a class="tgme_widget_message_date" href="https://t.me/{name}/{id_}">'
            f'<time datetime="{stamp}" class="time">{at:%H:%M}</time></a>'
        )
        return (
            '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
            f'<div class="tgme_widget_message {kinds}" data-post="{name}/{id_}" data-view="{view}">'
            f'<div class="tgme_widget_message_bubble">{content}'
            '<div class="tgme_widget_message_footer compact js-message_footer">'
            '<div class="tgme_widget_message_info short js-message_info">'
            '<span class="tgme_widget_message_views">101</span>'
            f'<span class="copyonly"> views</span><span class="tgme_widget_message_meta">{edited}{date}</span>'
            "</div></div></div></div></div>"
        )

    def service(self, item: Numbered | None) -> str:
        said = "Channel created" if item is None else "Kanal pinned a message"
        return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{said}</div>'

    def content(self, account: Account, id_: int, item: Numbered) -> str:
        """What stands above the footer: the mark of a forward or a reply, pictures, a video, the text."""
        post = item.post
        parts = []
        if post.kind == "repost":
            source = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/lain_contoh/7">Lain</a>'
            parts.append(
                f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{source}</div>'
            )
        if post.kind in {"reply", "thread"}:
            link = f'href="https://t.me/{account.handle}/{max(1, id_ - 1)}"'
            parts.append(f'<a class="tgme_widget_message_reply user-color-default" {link}>…</a>')
        if post.album > 1:
            singles = (f"https://t.me/{account.handle}/{id_ - i}?single" for i in reversed(range(post.album)))
            photos = "".join(f'<a class="tgme_widget_message_photo_wrap" href="{href}"></a>' for href in singles)
            parts.append(f'<div class="tgme_widget_message_grouped_wrap">{photos}</div>')
        if post.video:
            length = '<time class="message_video_duration js-message_video_duration">0:06</time>'
            parts.append(f'<div class="tgme_widget_message_video_wrap">{length}</div>')
        parts.append(f'<div class="tgme_widget_message_text js-message_text" dir="auto">Kabar {item.n + 1}</div>')
        return "".join(parts)

    def down(self, request: Request, variant: str) -> Reply:
        """Every name shows the contact card, control included; variant b: 502."""
        if variant == "b":
            return html(502, "502 Bad Gateway")
        name = request.path.removeprefix("/s").strip("/").partition("/")[0]
        if request.path.startswith("/s/"):
            return Reply(302, b"", (*FRESH, ("Location", self.place(request, name))))
        return self.contact(name)

    def place(self, request: Request, name: str) -> str:
        """Where a name without preview is sent: absolute, or in variant b relative to what was asked."""
        return f"https://t.me/{name}" if self.variant == "a" else f"{request.prefix}/{name}"

    def limited(self, now: datetime, seconds: int, variant: str) -> Reply:
        """No documented form: a page with status 429, or in variant b the same page with status 200."""
        return html(429 if variant == "a" else 200, "Too Many Requests").having(*FRESH)


def titled(text: str) -> str:
    return f'<meta property="og:title" content="{escape(text)}">'


def spaced(count: int) -> str:
    """12 345"""
    return f"{count:,}".replace(",", " ")


def make(scenario: Scenario) -> Telegram:
    return Telegram(scenario)


def settings(url: str) -> dict[str, dict[str, str]]:
    return {"telegram": {"base_url": url}}
