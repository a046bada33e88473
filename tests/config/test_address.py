"""Every way to write an account has one canonical form; what names no account is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.address import Address, AddressForm, AddressProblem, read_address, read_key
from auditor.platforms import platforms

FORMS: dict[str, AddressForm] = {name: platform.address for name, platform in platforms().items()}

SAME = [  # (key, native id, ways to write it without a label)
    (
        "instagram:dinkes.kota",
        None,
        [
            "https://www.instagram.com/Dinkes.Kota/",
            "http://instagram.com/dinkes.kota",
            "instagram.com/dinkes.kota/?hl=id",
            "www.instagram.com/dinkes.kota/tagged/",
            "HTTPS://WWW.INSTAGRAM.COM/dinkes.kota#top",
            "//instagram.com/dinkes.kota",
            "https://m.instagram.com:443/dinkes.kota/",
            "https://user:secret@www.instagram.com/dinkes.kota",
            "  https://www.instagram.com/dinkes%2Ekota/  ",
            "\u200bhttps://www.instagram.com/dinkes.kota\u200b",
            "https://www.instagram.com/@dinkes.kota",
            "https://id-id.instagram.com./dinkes.kota//",
        ],
    ),
    ("threads:dinkes.kota", None, ["https://www.threads.com/@Dinkes.kota", "https://threads.net/@dinkes.kota/replies"]),
    (
        "facebook:dinkes.kota",
        None,
        [
            "https://www.facebook.com/Dinkes.Kota",
            "https://m.facebook.com/dinkes.kota/about",
            "https://id-id.facebook.com/dinkes.kota/posts/",
            "https://fb.com/dinkes.kota",
            "https://web.facebook.com/dinkes.kota?ref=page",
            "https://www.facebook.com/pg/dinkes.kota/photos/",
        ],
    ),
    (
        "facebook:100064123456789",
        None,
        [
            "https://www.facebook.com/profile.php?id=100064123456789",
            "https://www.facebook.com/profile.php?__tn__=x&id=100064123456789&ref=y#z",
            "https://www.facebook.com/people/Dinas-Kesehatan/100064123456789/",
            "https://www.facebook.com/pages/Dinas Kesehatan/100064123456789",
            "https://www.facebook.com/p/Dinas-Kesehatan-100064123456789/",
        ],
    ),
    (
        "x:dinkes_kota",
        None,
        [
            "https://x.com/Dinkes_Kota",
            "https://twitter.com/@dinkes_kota?lang=id",
            "https://mobile.twitter.com/dinkes_kota/with_replies",
            "https://x.com/%40dinkes_kota",
        ],
    ),
    (
        "youtube:UCYsIZFg-1YwSinDvWHVcb6w",
        "UCYsIZFg-1YwSinDvWHVcb6w",
        [
            "https://www.youtube.com/channel/UCYsIZFg-1YwSinDvWHVcb6w/featured",
            "m.youtube.com/channel/UCYsIZFg-1YwSinDvWHVcb6w",
            "UCYsIZFg-1YwSinDvWHVcb6w",
        ],
    ),
    ("youtube:@dinkeskota", None, ["https://www.youtube.com/@DinkesKota", "https://youtube.com/@dinkeskota/videos"]),
    ("youtube:user/dinkes", None, ["https://www.youtube.com/user/Dinkes/about"]),
    ("youtube:c/dinkes", None, ["https://www.youtube.com/c/Dinkes"]),
    ("tiktok:dinkes.kota", None, ["https://www.tiktok.com/@dinkes.kota?lang=id-ID&_t=x", "tiktok.com/@Dinkes.Kota"]),
    (
        "telegram:dinkes_kota",
        None,
        ["https://t.me/dinkes_kota", "https://t.me/s/Dinkes_Kota", "telegram.me/dinkes_kota"],
    ),
    (
        "mastodon:@dinkes@sosial.kotacontoh.example",
        None,
        [
            "https://sosial.kotacontoh.example/@dinkes",
            "https://sosial.kotacontoh.example/users/Dinkes",
            "https://SOSIAL.kotacontoh.example:443/@dinkes/with_replies",
            "https://lain.example/@dinkes@sosial.kotacontoh.example",
            "@dinkes@sosial.kotacontoh.example",
        ],
    ),
    ("mastodon:@dinkes@sosial.example:8443", None, ["https://sosial.example:8443/@dinkes"]),
    (
        "bluesky:dinkes.kotacontoh.example",
        None,
        ["https://bsky.app/profile/Dinkes.kotacontoh.example", "https://bsky.app/profile/@dinkes.kotacontoh.example/"],
    ),
    (
        "bluesky:did:plc:z72i7hdynmk6r22z27h6tvur",
        "did:plc:z72i7hdynmk6r22z27h6tvur",
        ["https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur", "did:plc:z72i7hdynmk6r22z27h6tvur"],
    ),
    (
        "linkedin:dinkes-kota",
        None,
        ["https://id.linkedin.com/company/Dinkes-Kota/about/", "linkedin.com/showcase/dinkes-kota"],
    ),
    ("whatsapp_channel:0029VaAbCdEfGhIjKlMn", None, ["https://www.whatsapp.com/channel/0029VaAbCdEfGhIjKlMn"]),
    (
        "feed:https://dinkes.kotacontoh.example/feed/?Cat=3",
        "https://dinkes.kotacontoh.example/feed/?Cat=3",
        ["https://DINKES.kotacontoh.example:443/feed/?Cat=3#x", "dinkes.kotacontoh.example/feed/?Cat=3"],
    ),
]
CANONICAL = [(key, native, text) for key, native, texts in SAME for text in texts]


@pytest.mark.parametrize(("key", "native", "text"), CANONICAL, ids=[text for _, _, text in CANONICAL])
def test_a_pasted_link_has_one_canonical_form(key: str, native: str | None, text: str) -> None:
    address = read_address(text, FORMS)
    assert isinstance(address, Address), address
    assert (address.key, address.native_id) == (key, native)


LABELLED = [
    ("instagram", "@Dinkes", "instagram:dinkes"),
    ("instagram", "Kominfo.riau", "instagram:kominfo.riau"),
    ("x", "no", "x:no"),
    ("x", "030", "x:030"),
    ("tiktok", "@dinkes.kota", "tiktok:dinkes.kota"),
    ("youtube", "kominfotv", "youtube:kominfotv"),
    ("youtube", "@KemkomdigiTV", "youtube:@kemkomdigitv"),
    ("youtube", "user/BNPB", "youtube:user/bnpb"),
    ("mastodon", "dinkes@sosial.example", "mastodon:@dinkes@sosial.example"),
    ("mastodon", "@dinkes@localhost:3000", "mastodon:@dinkes@localhost:3000"),
    ("mastodon", "@dinkes@gts:8080", "mastodon:@dinkes@gts:8080"),
    ("bluesky", "@pemkot.kota.contoh", "bluesky:pemkot.kota.contoh"),
    ("bluesky", "bsky.app", "bluesky:bsky.app"),
    ("feed", "http://sekolah.kotacontoh.example:8080/rss.xml", "feed:http://sekolah.kotacontoh.example:8080/rss.xml"),
    ("feed", "https://kotacontoh.example/feed", "feed:https://kotacontoh.example/feed"),
    ("feed", "http://[::ffff:8.8.8.8]:81/feed", "feed:http://[::ffff:8.8.8.8]:81/feed"),
    ("facebook", "facebook.com/pemkot.kota", "facebook:pemkot.kota"),
    ("linkedin", "company/pemkot", "linkedin:pemkot"),
    ("telegram", "@dinkes_kota", "telegram:dinkes_kota"),
]


@pytest.mark.parametrize(("platform", "text", "key"), LABELLED, ids=[f"{p}: {t}" for p, t, _ in LABELLED])
def test_a_handle_beside_its_platform_has_one_canonical_form(platform: str, text: str, key: str) -> None:
    address = read_address(text, FORMS, platform)
    assert isinstance(address, Address), address
    assert address.key == key


REFUSED = [
    ("a host that only begins like a platform", "https://instagram.com.example.org/dinkes", None, "look_alike"),
    ("a host one letter off", "https://instagrarn.com/dinkes", None, "look_alike"),
    ("a host with the platform before the dash", "https://facebook-com.example/dinkes", None, "look_alike"),
    ("a profile path on a look-alike host", "https://tiktok.co/@dinkes", None, "look_alike"),
    ("a platform as user name of another host", "https://instagram.com@jahat.example/@x", None, "look_alike"),
    ("punycode", "https://xn--nstagram-qxa.com/dinkes", None, "look_alike"),
    ("letters of another alphabet", "https://instаgram.com/dinkes", None, "look_alike"),
    ("a look-alike beside its label", "https://instagram.com.example.org/dinkes", "instagram", "look_alike"),
    ("a private address", "http://192.168.1.7/feed/", None, "private"),
    ("this machine", "http://127.0.0.1:8080/feed/", "feed", "private"),
    ("this machine in version 6", "http://[::1]/feed/", "feed", "private"),
    ("this machine mapped into version 6", "http://[::ffff:127.0.0.1]/feed/", "feed", "private"),
    ("a private address behind a handle", "@dinkes@10.0.0.1", "mastodon", "private"),
    ("an address as one number", "http://2130706433/feed", "feed", "malformed"),
    ("an address in base sixteen", "http://0x7f.0.0.1/feed", "feed", "malformed"),
    ("a script", "javascript:alert(1)", None, "scheme"),
    ("a mail address", "mailto:umum@kotacontoh.example", None, "scheme"),
    ("another scheme", "ftp://kotacontoh.example/feed", "feed", "scheme"),
    ("a slash too few", "https:/x.com/dinkes", None, "malformed"),
    ("a port that is none", "https://x.com:99999/dinkes", None, "malformed"),
    ("a bare platform", "youtube.com", None, "home_page"),
    ("a bare platform with scheme", "https://www.facebook.com/", None, "home_page"),
    ("a bare platform beside its label", "instagram.com", "instagram", "home_page"),
    ("a home page", "https://dinkes.kotacontoh.example/", None, "not_a_feed"),
    ("the wrong label", "https://www.instagram.com/dinkes", "facebook", "other_platform"),
    ("a foreign host beside a label", "https://kotacontoh.example/dinkes", "instagram", "wrong_host"),
    ("no platform", "@dinkes", None, "no_platform"),
    ("a display name", "Diskominfotik Riau", "instagram", "blank"),
    ("a handle too long", "nama_yang_terlalu_panjang", "x", "pattern"),
    ("a time", "12:30", "x", "pattern"),
    ("a handle that ends in a dot", "dinkes.", "tiktok", "pattern"),
    ("a Mastodon name without its host", "@dinkes", "mastodon", "pattern"),
    ("no blank after the colon", "instagram:dinkes", None, "colon_blank"),
    ("typographic quotes", "“dinkes”", "instagram", "quotes"),
    ("an invisible sign inside", "din\u200bkes", "instagram", "invisible"),
    ("a terminal escape", "\x1b[31mdinkes", "instagram", "invisible"),
    ("nothing", "  ", None, "empty"),
    ("a huge text", "a" * 5000, "x", "too_long"),
    ("an unknown platform", "dinkes", "friendster", "unknown_platform"),
]


@pytest.mark.parametrize(("text", "platform", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_names_no_account_is_refused_with_its_reason(text: str, platform: str | None, code: str) -> None:
    found = read_address(text, FORMS, platform)
    assert isinstance(found, AddressProblem), found
    assert found.code == code


NO_ACCOUNT = [
    ("https://www.instagram.com/p/C1abcDEFghi/", "post"),
    ("https://www.instagram.com/dinkes/reel/C1abcDEFghi/", "post"),
    ("https://www.instagram.com/stories/dinkes/123/", "story"),
    ("https://www.instagram.com/explore/tags/dinkes/", "search"),
    ("https://www.threads.net/@dinkes/post/CuX", "post"),
    ("https://www.facebook.com/groups/12345678", "group"),
    ("https://www.facebook.com/events/12345678", "event"),
    ("https://www.facebook.com/sharer/sharer.php?u=x", "share"),
    ("https://www.facebook.com/watch/?v=1", "video"),
    ("https://www.facebook.com/dinkes.kota/posts/12345", "post"),
    ("https://www.facebook.com/story.php?story_fbid=1&id=2", "post"),
    ("https://www.facebook.com/profile.php", "incomplete"),
    ("https://x.com/dinkes/status/1870000000000000000", "post"),
    ("https://x.com/intent/follow?screen_name=dinkes", "share"),
    ("https://x.com/hashtag/dinkes", "search"),
    ("https://x.com/i/lists/1", "page_of_platform"),
    ("https://vt.tiktok.com/ZSabcdef1/", "short_link"),
    ("https://www.tiktok.com/@dinkes/video/7694484849219587349", "video"),
    ("https://t.me/+AbCdEf", "invitation"),
    ("https://t.me/joinchat/AbCdEf", "invitation"),
    ("https://t.me/dinkes_kota/123", "post"),
    ("https://www.youtube.com/watch?v=abc", "post"),
    ("https://www.linkedin.com/in/seseorang/", "person"),
    ("https://wa.me/6281200000000", "phone"),
    ("https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv", "invitation"),
    ("https://sosial.kotacontoh.example/@dinkes/112233445566", "post"),
    ("https://bsky.app/profile/dinkes.example/post/3k", "post"),
]


@pytest.mark.parametrize(("text", "reason"), NO_ACCOUNT, ids=[text for text, _ in NO_ACCOUNT])
def test_a_link_to_something_else_says_what_it_is(text: str, reason: str) -> None:
    found = read_address(text, FORMS)
    assert isinstance(found, AddressProblem), found
    assert (found.code, found.values.get("reason")) == ("not_account", reason)


def test_three_numbered_pages_stay_three() -> None:
    """The query is dropped, except where it is the identity."""
    keys = {read_key(f"https://www.facebook.com/profile.php?id=10006412345678{i}", FORMS) for i in range(3)}
    assert len(keys) == 3


def test_a_private_address_is_read_where_it_is_allowed() -> None:
    address = read_address("http://127.0.0.1:8080/feed/", FORMS, "feed", lambda host: host == "127.0.0.1:8080")
    assert isinstance(address, Address)
    assert address.handle == "http://127.0.0.1:8080/feed/"


def test_an_account_is_named_by_platform_and_handle_or_by_its_link() -> None:
    """`show x:dinkes` and `show https://x.com/dinkes` mean the same."""
    assert read_key("x:dinkes", FORMS) == read_address("dinkes", FORMS, "x")
    assert isinstance(read_key("https://x.com/dinkes", FORMS), Address)
    assert isinstance(read_key("feed:https://kotacontoh.example/feed/", FORMS), Address)


@pytest.mark.parametrize("key", sorted({key for key, _, _ in SAME}))
def test_a_canonical_key_reads_back_as_itself(key: str) -> None:
    address = read_key(key, FORMS)
    assert isinstance(address, Address), address
    assert address.key == key


@pytest.mark.parametrize("key", sorted({key for key, _, _ in SAME}))
def test_the_link_of_an_account_leads_back_to_it(key: str) -> None:
    address = read_key(key, FORMS)
    assert isinstance(address, Address)
    again = read_address(address.url, FORMS)
    assert isinstance(again, Address), again
    assert again.key == key


@settings(max_examples=300)
@given(st.text(max_size=60), st.sampled_from([None, *sorted(FORMS)]))
def test_no_text_whatsoever_breaks_the_reader(text: str, platform: str | None) -> None:
    """And what it accepts is canonical: reading it again changes nothing."""
    found = read_address(text, FORMS, platform)
    if isinstance(found, Address):
        again = read_key(found.key, FORMS)
        assert isinstance(again, Address)
        assert (again.key, again.handle) == (found.key, found.handle)


HOSTS = sorted({host for form in FORMS.values() for host in form.hosts} | {"sosial.example", "127.0.0.1"})
TEXTS = st.builds(
    "{}{}/{}{}".format,
    st.sampled_from(["", "https://", "http://www.", "//", "https://m."]),
    st.sampled_from(HOSTS),
    st.text("abcABC019@._-/%+=&?#:~ ", max_size=40),
    st.sampled_from(["", "/", "?id=123456", "/posts/"]),
)


@settings(max_examples=300)
@given(TEXTS)
def test_no_link_breaks_the_reader(text: str) -> None:
    found = read_address(text, FORMS)
    if isinstance(found, Address):
        again = read_key(found.key, FORMS)
        assert isinstance(again, Address)
        assert again.key == found.key
