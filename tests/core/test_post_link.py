"""Pasted addresses of posts: what each says, and what is no post."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings, strategies as st

from auditor.core.address import Address, AddressProblem, read_address
from auditor.core.post_link import PostForm, PostLink, read_post
from auditor.platforms import platforms
from auditor.platforms._posts import post_forms

ALL = platforms()
FORMS = post_forms(ALL)
ADDRESSES = {name: platform.address for name, platform in ALL.items()}
AT = datetime(2021, 8, 17, 19, 0, 42, 944_000, UTC)
SEEN_2022 = datetime(2022, 10, 5, 18, 40, 30, 908_000, UTC)
VIDEO = datetime(2022, 2, 1, 11, 15, 16, tzinfo=UTC)
STATUS = datetime(2026, 10, 14, 19, 3, 19, 931_000, UTC)

CODE, TWEET, CLIP, TOOT = "CSr71Gzlqo4", "1577730467436138524", "7059698374567611694", "117440813461137764"
ON_X, ON_TIKTOK = f"https://x.com/dinkes/status/{TWEET}", f"https://www.tiktok.com/@dinkes.contoh/video/{CLIP}"
ON_FACEBOOK, PFBID = "https://www.facebook.com/dinkes.contoh/posts/1234567890", "pfbid02AbCdEfGhIjKlMn"
ON_LINKEDIN = "https://www.linkedin.com/feed/update/urn:li:activity:7123456789012345678/"
ON_YOUTUBE = "https://www.youtube.com/watch?v=dQContoh_-1"

POSTS: dict[str, tuple[str, str, str, str | None, datetime | None]] = {
    # written: (platform, native id, canonical address, handle, instant)
    f"https://www.instagram.com/p/{CODE}/": (
        "instagram",
        CODE,
        f"https://www.instagram.com/p/{CODE}/",
        None,
        AT,
    ),
    f"instagram.com/reels/{CODE}/?igsh=MzRlODBiNWFlZA==": (
        "instagram",
        CODE,
        f"https://www.instagram.com/reel/{CODE}/",
        None,
        AT,
    ),
    f"http://m.instagram.com/tv/{CODE}#komentar": (
        "instagram",
        CODE,
        f"https://www.instagram.com/tv/{CODE}/",
        None,
        AT,
    ),
    f"https://www.instagram.com/Dinkes.Contoh/p/{CODE}/": (
        "instagram",
        CODE,
        f"https://www.instagram.com/dinkes.contoh/p/{CODE}/",
        "dinkes.contoh",
        AT,
    ),
    f"https://instagr.am/p/{CODE}": ("instagram", CODE, f"https://www.instagram.com/p/{CODE}/", None, AT),
    "https://www.instagram.com/p/CSr71Gzlqo/": (
        "instagram",
        "CSr71Gzlqo",
        "https://www.instagram.com/p/CSr71Gzlqo/",
        None,
        None,
    ),
    f"https://twitter.com/Dinkes/status/{TWEET}?s=20": ("x", TWEET, ON_X, "dinkes", SEEN_2022),
    f"//mobile.twitter.com//dinkes/statuses/{TWEET}/": ("x", TWEET, ON_X, "dinkes", SEEN_2022),
    f"x.com/dinkes/status/{TWEET}/photo/1": ("x", TWEET, ON_X, "dinkes", SEEN_2022),
    f"https://x.com/i/web/status/{TWEET}": ("x", TWEET, f"https://x.com/i/status/{TWEET}", None, SEEN_2022),
    f"https://x.com/i/statuses/{TWEET}": ("x", TWEET, f"https://x.com/i/status/{TWEET}", None, SEEN_2022),
    "https://x.com/dinkes/status/29700000000": (
        "x",
        "29700000000",
        "https://x.com/dinkes/status/29700000000",
        "dinkes",
        None,
    ),
    f"https://www.tiktok.com/%40Dinkes.Contoh/video/{CLIP}?lang=id": (
        "tiktok",
        CLIP,
        ON_TIKTOK,
        "dinkes.contoh",
        VIDEO,
    ),
    f"https://m.tiktok.com/v/{CLIP}.html": ("tiktok", CLIP, f"https://www.tiktok.com/embed/v2/{CLIP}", None, VIDEO),
    f"https://www.tiktok.com/@dinkes.contoh/photo/{CLIP}": (
        "tiktok",
        CLIP,
        f"https://www.tiktok.com/@dinkes.contoh/photo/{CLIP}",
        "dinkes.contoh",
        None,
    ),
    "https://www.threads.net/@dinkes.contoh/post/C8AbCdEfGhI": (
        "threads",
        "C8AbCdEfGhI",
        "https://www.threads.com/@dinkes.contoh/post/C8AbCdEfGhI",
        "dinkes.contoh",
        None,
    ),
    "https://id-id.facebook.com/Dinkes.Contoh/posts/selamat-pagi/1234567890?__cft__=x": (
        "facebook",
        "1234567890",
        ON_FACEBOOK,
        "dinkes.contoh",
        None,
    ),
    f"https://m.facebook.com/story.php?story_fbid={PFBID}&id=100064000000000&m_entstream_source=timeline": (
        "facebook",
        PFBID,
        f"https://www.facebook.com/permalink.php?story_fbid={PFBID}&id=100064000000000",
        "100064000000000",
        None,
    ),
    "https://web.facebook.com/watch/?ref=saved&v=1234567890": (
        "facebook",
        "1234567890",
        "https://www.facebook.com/watch/?v=1234567890",
        None,
        None,
    ),
    "https://www.facebook.com/photo.php?fbid=1234567890&set=a.1": (
        "facebook",
        "1234567890",
        "https://www.facebook.com/photo/?fbid=1234567890",
        None,
        None,
    ),
    "https://www.facebook.com/reel/1234567890": (
        "facebook",
        "1234567890",
        "https://www.facebook.com/reel/1234567890",
        None,
        None,
    ),
    "https://www.facebook.com/dinkes.contoh/videos/halo/1234567890/": (
        "facebook",
        "1234567890",
        "https://www.facebook.com/dinkes.contoh/videos/1234567890",
        "dinkes.contoh",
        None,
    ),
    "https://www.facebook.com/dinkes.contoh/photos/a.12.34/1234567890/?type=3": (
        "facebook",
        "1234567890",
        "https://www.facebook.com/dinkes.contoh/photos/1234567890",
        "dinkes.contoh",
        None,
    ),
    "https://id.linkedin.com/posts/kota-contoh_halo-dunia-activity-7123456789012345678-AbCd?utm_source=share": (
        "linkedin",
        "7123456789012345678",
        ON_LINKEDIN,
        None,
        None,
    ),
    "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7123456789012345678": (
        "linkedin",
        "7123456789012345678",
        ON_LINKEDIN,
        None,
        None,
    ),
    "https://www.whatsapp.com/channel/0029VaCONTOHcontoh/123": (
        "whatsapp_channel",
        "123",
        "https://whatsapp.com/channel/0029VaCONTOHcontoh/123",
        "0029VaCONTOHcontoh",
        None,
    ),
    "https://t.me/s/Dinkes_Contoh/123?single": (
        "telegram",
        "123",
        "https://t.me/dinkes_contoh/123",
        "dinkes_contoh",
        None,
    ),
    f"https://sosial.kotacontoh.example/@Humas/{TOOT}": (
        "mastodon",
        TOOT,
        f"https://sosial.kotacontoh.example/@humas/{TOOT}",
        "humas@sosial.kotacontoh.example",
        STATUS,
    ),
    f"https://sosial.kotacontoh.example/users/humas/statuses/{TOOT}": (
        "mastodon",
        TOOT,
        f"https://sosial.kotacontoh.example/@humas/{TOOT}",
        "humas@sosial.kotacontoh.example",
        STATUS,
    ),
    "https://bsky.app/profile/Humas.KotaContoh.example/post/3n2ykuqaqdk2o": (
        "bluesky",
        "3n2ykuqaqdk2o",
        "https://bsky.app/profile/humas.kotacontoh.example/post/3n2ykuqaqdk2o",
        "humas.kotacontoh.example",
        None,
    ),
    "https://youtu.be/dQContoh_-1?si=x": ("youtube", "dQContoh_-1", ON_YOUTUBE, None, None),
    "https://m.youtube.com/watch?app=desktop&v=dQContoh_-1&t=3s": ("youtube", "dQContoh_-1", ON_YOUTUBE, None, None),
}

NO_POSTS = {
    "an account": ("https://www.instagram.com/dinkes.contoh/", "post_is_account"),
    "a tab of an account": ("https://www.instagram.com/dinkes.contoh/reels/", "post_is_account"),
    "an account by its number": ("https://www.facebook.com/profile.php?id=100064000000000", "post_is_account"),
    "an account on any server": ("https://sosial.kotacontoh.example/@humas", "post_is_account"),
    "a channel": ("https://t.me/dinkes_contoh", "post_is_account"),
    "an account of X": ("https://twitter.com/dinkes", "post_is_account"),
    "a short link of TikTok": ("https://vt.tiktok.com/ZSabc123/", "post_short"),
    "another short link of TikTok": ("https://www.tiktok.com/t/ZSabc123/", "post_short"),
    "a short link of Facebook": ("https://fb.me/abc", "post_short"),
    "a short video link of Facebook": ("https://fb.watch/abc_123/", "post_short"),
    "what Facebook's share button copies": ("https://www.facebook.com/share/p/1AbCdEfGh/", "post_short"),
    "what Instagram's share button copies": ("https://www.instagram.com/share/reel/BAabc1def/", "post_short"),
    "a link that leaves Instagram": ("https://l.instagram.com/?u=https%3A%2F%2Fx.com%2Fa", "post_short"),
    "a link that leaves Facebook": ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fa", "post_short"),
    "a short link of X": ("https://t.co/abc", "post_short"),
    "a short link of LinkedIn": ("https://lnkd.in/abc", "post_short"),
    "a story is gone tomorrow": ("https://www.instagram.com/stories/dinkes.contoh/3123456789/", "post_no_form"),
    "a group's post is nobody's account": ("https://www.facebook.com/groups/123456/posts/1234567890/", "post_no_form"),
    "a front page": ("https://www.tiktok.com/", "post_no_form"),
    "a live stream": ("https://www.tiktok.com/@dinkes.contoh/live", "post_no_form"),
    "somebody's bookmarks": ("https://x.com/i/bookmarks", "post_no_form"),
    "an id with letters": ("https://x.com/dinkes/status/15777abc", "post_no_form"),
    "a remote copy of a status": (f"https://sosial.kotacontoh.example/@humas@lain.example/{TOOT}", "post_no_form"),
    "a news page": ("https://www.kotacontoh.example/berita/42", "post_unknown"),
    "a word": ("halo", "post_unknown"),
    "a misspelt host": (f"https://www.instagrarn.com/p/{CODE}", "look_alike"),
    "a known host below another": (f"https://instagram.com.jahat.example/p/{CODE}", "look_alike"),
    "a known host as user": (f"https://instagram.com@jahat.example/p/{CODE}", "look_alike"),
    "letters of another alphabet": (f"https://instаgram.com/p/{CODE}", "look_alike"),
    "a private address": ("http://127.0.0.1/@humas/117440813461137764", "private"),
    "another scheme": ("javascript:alert(1)", "scheme"),
    "nothing": (" ", "empty"),
    "quotation marks": (f"“https://www.instagram.com/p/{CODE}/”", "quotes"),
    "a hidden character": (f"https://www.instagram.com/p/{CODE}\u202e/", "invisible"),
    "two encodings deep": ("https://x.com/dinkes/status/15777%252F30467436138524", "post_no_form"),
    "a line end in the path": (f"https://x.com/dinkes/status/{TWEET}%0A", "post_no_form"),
    "a number of another script": ("https://x.com/dinkes/status/١٢٣٤٥٦٧٨٩", "post_no_form"),
    "the same parameter twice": ("https://www.facebook.com/watch/?v=1234567890&v=987654321", "post_no_form"),
    "a very long text": ("https://x.com/" + "a" * 5000, "too_long"),
}


def read(text: str) -> PostLink:
    found = read_post(text, FORMS)
    assert isinstance(found, PostLink), found
    return found


@pytest.mark.parametrize(("written", "expected"), POSTS.items(), ids=POSTS)
def test_a_post_is_read_from_its_address(
    written: str, expected: tuple[str, str, str, str | None, datetime | None]
) -> None:
    platform, native_id, url, handle, minted_at = expected
    assert read(written) == PostLink(platform, native_id, url, minted_at, handle)


@pytest.mark.parametrize("written", POSTS, ids=POSTS)
def test_the_canonical_address_of_a_post_is_its_own(written: str) -> None:
    assert read(read(written).url) == read(written)


@pytest.mark.parametrize("written", POSTS, ids=POSTS)
def test_a_post_is_never_an_account_too(written: str) -> None:
    assert isinstance(read_address(written, ADDRESSES), AddressProblem)
    assert isinstance(read_address(read(written).url, ADDRESSES), AddressProblem)


@pytest.mark.parametrize("written", POSTS, ids=POSTS)
def test_blanks_around_an_address_are_nothing(written: str) -> None:
    assert read(f" \u200b\t{written}\ufeff\n") == read(written)


@pytest.mark.parametrize(("written", "code"), NO_POSTS.values(), ids=NO_POSTS)
def test_what_is_no_post_is_named(written: str, code: str) -> None:
    found = read_post(written, FORMS)
    assert isinstance(found, AddressProblem)
    assert found.code == code
    if code.startswith("post_"):
        assert found.values.keys() == {"text", "host", "platform"}
        assert (found.values["platform"] == "") == (code == "post_unknown")


def test_a_private_server_is_read_where_it_is_allowed() -> None:
    found = read_post(f"http://127.0.0.1:8080/@humas/{TOOT}", FORMS, lambda host: host == "127.0.0.1:8080")
    assert isinstance(found, PostLink)
    assert found.handle == "humas@127.0.0.1:8080"


@pytest.mark.parametrize("name", [name for name, platform in ALL.items() if platform.address.hosts])
def test_every_platform_of_known_hosts_knows_its_posts(name: str) -> None:
    assert ALL[name].posts
    assert name in {platform for platform, *_ in POSTS.values()}


@given(handle=st.from_regex(r"[A-Za-z0-9_]{2,15}", fullmatch=True))
@settings(max_examples=100)
@example(handle="status")
@example(handle="i1")
def test_the_handle_in_the_path_never_changes_the_instant(handle: str) -> None:
    assert read(f"https://x.com/{handle}/status/{TWEET}").minted_at == SEEN_2022
    assert read(f"https://www.tiktok.com/@{handle}/video/{CLIP}").minted_at == VIDEO
    assert read(f"https://www.instagram.com/{handle}/p/{CODE}/").minted_at == AT


HOSTS = sorted(host for hosts, _ in FORMS.values() for host in hosts)
PARTS = st.sampled_from(
    [
        "p",
        "reel",
        "status",
        "video",
        "@humas",
        "humas",
        "i",
        "web",
        "posts",
        "..",
        "%2e%2e",
        "",
        CODE,
        TWEET,
        CLIP,
        TOOT,
    ]
)
PATHS = st.lists(PARTS | st.text(max_size=12), max_size=5).map("/".join)


@given(host=st.sampled_from([*HOSTS, "sosial.kotacontoh.example"]), path=PATHS, query=st.text(max_size=20))
@settings(max_examples=200)
def test_whatever_is_pasted_ends_as_a_post_or_a_problem_and_only_posts_have_instants(
    host: str, path: str, query: str
) -> None:
    found = read_post(f"https://{host}/{path}?{query}", FORMS)
    if isinstance(found, AddressProblem):
        assert found.code
        return
    assert read_post(found.url, FORMS) == found
    assert not isinstance(read_address(found.url, ADDRESSES), Address)


@given(text=st.text(max_size=60))
@settings(max_examples=100)
def test_a_text_without_a_host_is_never_a_post(text: str) -> None:
    assert "." in text or isinstance(read_post(text, FORMS), AddressProblem)


V, SHORT_HOST = frozenset({"v"}), frozenset({"tu.example"})
TUBE = {
    "tube": (
        frozenset({"tube.example", "tu.example"}),
        (
            PostForm(re.compile(r"/watch\?v=(?P<id>[A-Za-z]+)"), "https://tube.example/watch?v={id}", keep_query=V),
            PostForm(re.compile(r"/(?P<id>[A-Za-z]+)"), "https://tube.example/watch?v={id}", hosts=SHORT_HOST),
        ),
    )
}


class TestForms:
    """What a platform may declare."""

    @pytest.mark.parametrize(
        "written",
        ["https://www.tube.example/watch?list=x&v=Abc&t=3", "https://tu.example/Abc?si=x", "m.tu.example/Abc/"],
    )
    def test_a_query_may_be_the_identity_and_a_form_may_belong_to_one_host(self, written: str) -> None:
        assert read_post(written, TUBE) == PostLink("tube", "Abc", "https://tube.example/watch?v=Abc", None, None)

    def test_a_form_of_one_host_is_none_of_another(self) -> None:
        found = read_post("https://tube.example/Abc", TUBE)
        assert isinstance(found, AddressProblem)
        assert found.code == "post_no_form"
