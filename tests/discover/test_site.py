"""What a link on an office's site is: the host says the platform, never the icon; and nothing is taken on trust."""

from __future__ import annotations

import time

import pytest

from auditor.core.model import Miss
from auditor.core.url import never
from auditor.discover import Kind, read_site
from auditor.fetch.answer import missed

from .pages import FORMS, HOME, Web, only, site

LINKS = [
    ("a plain link is an account", '<a href="https://www.instagram.com/Dinkes.Kota.Contoh/?igsh=abc">IG</a>',
     Kind.ACCOUNT, "instagram:dinkes.kota.contoh"),
    ("a link without a scheme", "<a href=//facebook.com/dinkes.kota.contoh>FB</a>", Kind.ACCOUNT,
     "facebook:dinkes.kota.contoh"),
    ("twitter.com is x", '<a href="https://twitter.com/@dinkes_contoh">t</a>', Kind.ACCOUNT, "x:dinkes_contoh"),
    ("an area of a picture", '<area href="https://t.me/s/dinkes_contoh">', Kind.ACCOUNT, "telegram:dinkes_contoh"),
    ("an embedded Facebook page",
     '<iframe src="https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fdinkes.contoh&w=1">',
     Kind.ACCOUNT, "facebook:dinkes.contoh"),
    ("a Facebook box", '<div class="x fb-page" data-href="https://www.facebook.com/dinkes.contoh/"></div>',
     Kind.ACCOUNT, "facebook:dinkes.contoh"),
    ("machine-readable sameAs",
     '<script type="application/ld+json">{"sameAs": ["https:\\/\\/www.tiktok.com\\/@dinkes.contoh"]}</script>',
     Kind.ACCOUNT, "tiktok:dinkes.contoh"),
    ("a server of its own that the page calls its own", '<link rel="me" href="https://sosial.example/@dinkes">',
     Kind.ACCOUNT, "mastodon:@dinkes@sosial.example"),
    ("the front page of a platform", '<a href="https://www.youtube.com/">YouTube</a>', Kind.HOME, None),
    ("a filled-in example", '<a href="https://x.com/username2">X</a>', Kind.FILLER, "x:username2"),
    ("a share button", '<a href="https://www.facebook.com/sharer/sharer.php?u=x">bagikan</a>', Kind.NOT_ACCOUNT, None),
    ("a single post", '<a href="https://www.instagram.com/p/C1a2b3c4d5e/">foto</a>', Kind.NOT_ACCOUNT, None),
    ("a phone number", '<a href="https://wa.me/6281200000000">WhatsApp</a>', Kind.NOT_ACCOUNT, None),
    ("a host that imitates a platform", '<a href="https://instagrarn.com/dinkes">IG</a>', Kind.LOOK_ALIKE, None),
    ("a platform's name in front of another host", '<a href="https://instagram.com.contoh.example/a">IG</a>',
     Kind.LOOK_ALIKE, None),
    ("a platform's name as the user of another host", '<a href="https://instagram.com@contoh.example/a">IG</a>',
     Kind.LOOK_ALIKE, None),
    ("a path that names nobody", '<a href="https://x.com/nama-terlalu-panjang">X</a>', Kind.UNREADABLE, None),
]  # fmt: skip


@pytest.mark.parametrize(("html", "kind", "key"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_what_a_link_is(html: str, kind: Kind, key: str | None) -> None:
    link = only(f"<footer>{html}</footer>")
    assert (link.kind, link.address.key if link.address else None) == (kind, key)


IGNORED = [
    ("another office's site", '<a href="https://kotacontoh.example/berita">Pemkot</a>'),
    ("a profile on the site itself", '<a href="/@admin">admin</a><a href="/users/admin">mastodon</a>'),
    ("a profile on some server that nobody calls a Mastodon", '<a href="https://medium.example/@dinkes">blog</a>'),
    ("what stands in a comment", '<!-- <a href="https://x.com/dinkes">X</a> -->'),
    ("what a script writes", """<script>var a = '<a href="https://x.com/dinkes">X</a>';</script>"""),
    ("mail, telephone and scripts", '<a href="mailto:a@b.example"></a><a href="tel:1"></a><a href="javascript:x">'),
    ("nothing", '<a href=""></a><a></a><a href="#"></a>'),
]


@pytest.mark.parametrize("html", [row[1] for row in IGNORED], ids=[row[0] for row in IGNORED])
def test_what_is_no_link_to_a_platform(html: str) -> None:
    assert site(html).links == ()


def test_an_icon_that_promises_another_platform_is_told_and_the_host_decides() -> None:
    link = only('<a class="btn" href="https://www.instagram.com/dinkes/"><i class="fa fa-whatsapp"></i></a>')
    assert (link.platform, link.promised) == ("instagram", "whatsapp_channel")


@pytest.mark.parametrize(
    "inside",
    ['<i class="fab fa-instagram"></i>', "Instagram dan Facebook kami", "ikuti kami", '<img src="/img/instagram.png">'],
)
def test_an_icon_that_agrees_or_says_nothing_is_silent(inside: str) -> None:
    assert only(f'<a href="https://www.instagram.com/dinkes/">{inside}</a>').promised == ""


def test_the_same_account_in_several_spellings_is_one_link() -> None:
    spellings = ("https://x.com/Dinkes", "http://twitter.com/dinkes/", "https://mobile.twitter.com/dinkes?lang=id#a")
    assert only("".join(f'<a href="{url}"></a>' for url in spellings)).address is not None


def test_a_filled_in_example_makes_the_whole_block_suspect() -> None:
    assert site('<a href="https://x.com/username2"></a><a href="https://x.com/dinkes"></a>').suspect
    assert not site('<a href="https://x.com/dinkes"></a>').suspect


ALTERNATE = '<link rel="alternate" type="application/{}+xml" href="{}">'


def test_the_first_feed_a_site_names_is_the_one_and_the_others_carry_the_same_news() -> None:
    links = site(ALTERNATE.format("rss", "/feed/") + ALTERNATE.format("atom", "/atom.xml")).links
    assert [(link.kind, link.url) for link in links] == [
        (Kind.FEED, HOME + "feed/"),
        (Kind.OTHER_FEED, HOME + "atom.xml"),
    ]


def test_a_feed_of_another_site_is_not_the_offices_own() -> None:
    assert site(ALTERNATE.format("rss", "https://berita.example/feed/")).links == ()


def test_at_most_three_further_pages_of_the_same_host_are_read_and_menus_go_first() -> None:
    menu = "".join(f'<a href="/k{n}">Kontak</a>' for n in range(5))
    page = f'<a href="https://lain.example/kontak">Kontak</a>{menu}<footer><a href="/medsos">Media Sosial</a></footer>'
    web = Web({HOME: page, HOME + "medsos": '<a href="https://x.com/dinkes"></a>'})
    found = read_site(HOME, web, FORMS, never)
    assert web.asked == [HOME, HOME + "medsos", HOME + "k0", HOME + "k1"]
    assert [link.page for link in found.links] == [HOME + "medsos"]
    assert found.pages == (HOME, HOME + "medsos")
    assert [failure.status for failure in found.failures] == [404, 404]


def test_a_redirect_is_followed_and_the_site_is_where_it_ends() -> None:
    web = Web({HOME: "-> https://www.dinkes.kotacontoh.example/id", "https://www.dinkes.kotacontoh.example/id": "<p>"})
    assert read_site(HOME, web, FORMS).url == "https://www.dinkes.kotacontoh.example/id"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (missed(Miss.UNREACHABLE, "dns"), "unreachable"),
        (missed(Miss.OUR_REQUEST_INVALID, "private_address"), "private_address"),
        (503, "status"),
        (f"-> {HOME}", "redirects"),
        ("-> ftp://dinkes.kotacontoh.example/", "redirects"),
    ],
    ids=["no such host", "a private address", "an error page", "a loop", "another scheme"],
)
def test_a_site_that_cannot_be_read_is_said_and_is_not_an_empty_site(answer: object, reason: str) -> None:
    found = read_site(HOME, Web({HOME: answer}), FORMS)
    assert (found.url, found.links, [failure.reason for failure in found.failures]) == (None, (), [reason])


def test_a_bare_host_is_asked_over_https_and_only_then_over_http() -> None:
    down = missed(Miss.UNREACHABLE, "tls")
    web = Web({HOME: down, HOME.replace("https", "http"): '<a href="https://x.com/dinkes"></a>'})
    found = read_site("dinkes.kotacontoh.example/", web, FORMS)
    assert (found.url, len(found.links), found.failures) == (HOME.replace("https", "http"), 1, ())
    assert read_site(HOME, web, FORMS).url is None


HOSTILE = [
    ("a hundred thousand links", b"".join(b'<a href="https://x.com/u%d">a</a>' % n for n in range(100_000))),
    ("a hundred thousand hosts", b"".join(b'<a href="https://h%d.example/">a</a>' % n for n in range(100_000))),
    ("tags without end", b"<a " * 200_000),
    ("quotes without end", b'<a href="x"' * 100_000),
    ("links never closed", b"".join(b"<a href=q%d>" % n for n in range(100_000))),
    ("scripts without end", b"<script " * 200_000),
    ("comments without end", b"<!--" * 300_000),
    ("sameAs without end", b'<script>"sameAs":[' + b'"sameAs":[' * 100_000),
    ("bytes that are no text", bytes(range(256)) * 1000),
]


@pytest.mark.parametrize("page", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_page_ends_soon_and_with_bounded_findings(page: bytes) -> None:
    started = time.monotonic()
    assert len(site(page).links) <= 5000
    assert time.monotonic() - started < 20
