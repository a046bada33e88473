"""TikTok's page for embedding a creator: at least this recent, and a silence only where a video's own page says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from auditor.core.model import AccountRef, Barrier, Miss, Missed, Outcome, PostKind, Seen, Unreadable
from auditor.fetch.answer import Refused
from auditor.platforms import _tiktok_embed as embed
from auditor.platforms._minted import tiktok_id
from auditor.platforms.base import Window
from auditor.platforms.tiktok import KEYED, PLATFORM

from .script import NOW, Reply, Script, Scripted, of_html

DAY = timedelta(days=1)
NUMBER, ID = "7223931798543156230", "7710098464271783544"
PINNED = "7319000000000000000"  # of 2024
VECTORS = {  # recorded pairs of id and create_time
    "6748451240264420610": 1571246252,
    "6742501081818877190": 1569860870,
    "6984138651336838402": 1626121503,
    "7042692929109986561": 1639754738,
    "7059698374567611694": 1643714123,
    "7065799023130643713": 1645134536,
    "7023491746608712966": 1635284105,
    "6982497745948921092": 1625739481,
}


def minted(at: datetime, n: int = 0) -> str:
    return str((int(at.timestamp()) << 32) + n)


def video(id_: Any = ID, **more: Any) -> dict[str, Any]:
    return {"id": id_, "privateItem": False, "authorUniqueId": "humas_contoh"} | more


def state(path: str, entry: Any) -> Reply:
    text = json.dumps({"source": {"data": {path: entry}}})
    return of_html(f'<html><body><script id="{embed.STATE}" type="application/json">{text}</script></body></html>')


def creator(*listed: Any, user: dict[str, Any] | None = None, path: str = "/embed/@humas_contoh", **more: Any) -> Reply:
    who = {"code": 200, "id": NUMBER, "uniqueId": "humas_contoh", "privateAccount": False, "followerCount": 15300}
    entry = {"isError": False, "userInfo": who | (user or {}), "videoList": list(listed)} | more
    return state(path, entry)


def single(id_: str, created: Any) -> Reply:
    return state(f"/embed/v2/{id_}", {"videoData": {"itemInfos": {"id": id_, "createTime": created}}})


def asking(page: Scripted | Script, native_id: str | None = None, **pages: Scripted) -> Outcome:
    own = {f"/v2/{name.removeprefix('v')}": reply for name, reply in pages.items()}
    script = page if isinstance(page, Script) else Script({"/@humas_contoh": page, **own})
    assert PLATFORM.timeline is not None
    try:
        ref = AccountRef("tiktok", "humas_contoh", native_id)
        outcome = PLATFORM.timeline(ref, None, script, Window(NOW - 60 * DAY, NOW))
    except Refused as refused:
        return refused.outcome
    assert isinstance(outcome, Seen | Unreadable | Missed)
    return outcome


def seen(page: Scripted | Script, native_id: str | None = None, **pages: Scripted) -> Seen:
    outcome = asking(page, native_id, **pages)
    assert isinstance(outcome, Seen), outcome
    return outcome


@pytest.mark.parametrize(("id_", "published"), VECTORS.items())
def test_an_id_is_minted_up_to_37_seconds_before_publication(id_: str, published: int) -> None:
    at = tiktok_id(id_)
    assert at is not None
    assert -37 <= at.timestamp() - published <= 0


class TestPage:
    """What the page lists."""

    def test_the_sample_is_at_least_this_recent_and_says_so(self) -> None:
        found = seen(creator(video()))
        (post,) = found.posts
        assert (post.native_id, post.posted_at) == (ID, datetime.fromtimestamp(1795147188, UTC))
        assert (found.native_id, found.handle, found.flags) == (NUMBER, "humas_contoh", frozenset({"lower_bound"}))
        assert found.counters == {"followers": 15300}

    def test_the_newest_id_wins_wherever_a_pin_stands(self) -> None:
        found = seen(creator(video(PINNED), video(), video(minted(NOW - 9 * DAY))))
        assert found.posts[0].native_id == ID
        assert found.horizon == NOW - 9 * DAY

    def test_a_pin_at_the_end_of_nothing_reaches_back_no_further_than_the_list(self) -> None:
        listed = [video(PINNED), *(video(minted(NOW - n * DAY)) for n in range(9))]
        assert seen(creator(*listed)).horizon == NOW - 8 * DAY

    def test_fewer_than_ten_are_not_taken_for_all(self) -> None:
        """The page promises up to ten; region and age may keep some away."""
        assert seen(creator(video(), video(minted(NOW - 9 * DAY)))).horizon == NOW - 9 * DAY

    def test_a_list_that_stands_oldest_first_covers_nothing(self) -> None:
        assert seen(creator(*(video(minted(NOW - n * DAY)) for n in (4, 3, 2, 1)))).horizon == NOW

    def test_private_videos_are_not_listed_and_others_videos_are_no_posts_of_this_account(self) -> None:
        mine, theirs, hidden = minted(NOW - DAY), minted(NOW - 2 * DAY), minted(NOW)
        found = seen(creator(video(hidden, privateItem=True), video(mine), video(theirs, authorUniqueId="lain")))
        assert [(p.native_id, p.kind) for p in found.posts] == [(mine, PostKind.ORIGINAL), (theirs, PostKind.REPOST)]

    def test_an_id_survives_unrounded_as_text_and_as_a_number(self) -> None:
        assert seen(creator(video(int(ID)))).posts[0].native_id == ID

    def test_an_id_that_carries_no_date_is_undated(self) -> None:
        """The vendor's sample id gives 1975."""
        assert seen(creator(video(), video("702874395068494965"))).undated == {"702874395068494965"}

    def test_an_entry_that_cannot_be_read_makes_the_list_cover_nothing(self) -> None:
        assert seen(creator(video(), {"id": None})).horizon == NOW

    @pytest.mark.parametrize("path", ["/embed/@humas_contoh/", "/embed/@Humas_Contoh", "/embed/@humas_contoh?lang=id"])
    def test_the_entry_is_found_however_its_address_is_written(self, path: str) -> None:
        assert seen(creator(video(), path=path)).posts

    @pytest.mark.parametrize("code", [0, 200, "200", None], ids=repr)
    def test_every_good_code_is_good(self, code: Any) -> None:
        assert seen(creator(video(), user={"code": code})).posts

    @settings(max_examples=100)
    @given(
        st.dictionaries(
            st.sampled_from(["userInfo", "videoList", "isError", "errorCode"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "code"]), inner, max_size=2)
                ),
                max_leaves=6,
            ),
        )
    )
    def test_nothing_but_an_outcome_comes_of_any_state(self, entry: dict[str, Any]) -> None:
        outcome = asking(state("/embed/@humas_contoh", entry))
        assert not isinstance(outcome, Seen) or outcome.horizon is not None


class TestIdentity:
    """Whose page it is."""

    def test_another_id_behind_the_name_is_taken(self) -> None:
        assert asking(creator(video()), native_id="1") == Unreadable(Barrier.TAKEN, "handle_taken")

    def test_an_id_that_a_consent_told_is_of_another_kind_and_stays(self) -> None:
        assert seen(creator(video()), native_id="-000contoh-humas").native_id == "-000contoh-humas"

    def test_a_new_name_is_learnt_where_the_id_proves_it(self) -> None:
        found = seen(creator(video(authorUniqueId="baru"), user={"uniqueId": "Baru"}), native_id=NUMBER)
        assert (found.handle, found.posts[0].kind) == ("baru", PostKind.ORIGINAL)

    def test_another_name_without_a_known_id_is_not_believed(self) -> None:
        assert asking(creator(video(), user={"uniqueId": "lain"})) == Missed(Miss.UNRECOGNISED, "another name")


class TestSilence:
    """Drafts bear the date of their upload: a silence rests on the page of the newest video."""

    OLD = NOW - 31 * DAY

    def test_a_video_of_this_week_is_not_looked_up(self) -> None:
        script = Script({"/@humas_contoh": creator(video(minted(NOW - embed.SURE_FOR + timedelta(hours=1))))})
        seen(script)
        assert len(script.requests) == 1

    def test_an_older_one_is_confirmed_by_its_own_page(self) -> None:
        id_ = minted(self.OLD)
        found = seen(creator(video(id_)), **{f"v{id_}": single(id_, str(int(self.OLD.timestamp()) + 12))})
        assert [p.native_id for p in found.posts] == [id_]
        assert found.horizon == self.OLD

    def test_a_draft_that_was_published_later_is_a_post_of_that_day(self) -> None:
        id_, published = minted(self.OLD), NOW - 21 * DAY
        found = seen(creator(video(id_)), **{f"v{id_}": single(id_, str(int(published.timestamp())))})
        assert [(p.native_id, p.posted_at) for p in found.posts] == [
            (f"published:{id_}", published),
            (id_, self.OLD),
        ]
        assert found.posts[0].url == f"https://www.tiktok.com/embed/v2/{id_}"
        assert found.posts[0].url != found.posts[1].url

    def test_a_late_video_above_a_newer_id_is_looked_up_too(self) -> None:
        draft, newest = minted(NOW - 50 * DAY), minted(self.OLD)
        pages = {
            f"v{draft}": single(draft, str(int((NOW - 2 * DAY).timestamp()))),
            f"v{newest}": single(newest, str(int(self.OLD.timestamp()))),
        }
        assert seen(creator(video(draft), video(newest)), **pages).posts[0].posted_at == NOW - 2 * DAY

    @pytest.mark.parametrize(
        "reply",
        [
            of_html("", 503),
            of_html("<title>Security Check</title>"),
            of_html("halo"),
            state("/embed/v2/0", {}),
            state("/embed/v2/{id}", {"isError": True, "errorCode": 10204, "errorStatus": 400}),
            single("{id}", None),
            single("{id}", "soon"),
            single("{id}", "1500000000"),
            single("1", "1795147200"),
        ],
        ids=["away", "blocked", "unknown", "other", "removed", "no date", "words", "before its id", "another video"],
    )
    def test_what_cannot_be_confirmed_covers_nothing(self, reply: Reply) -> None:
        id_ = minted(self.OLD)
        told = Reply(reply.status, reply.body.replace(b"{id}", id_.encode()), reply.headers)
        found = seen(creator(video(id_)), **{f"v{id_}": told})
        assert (found.horizon, [p.native_id for p in found.posts]) == (NOW, [id_])

    def test_asked_too_often_in_between_is_asked_too_often(self) -> None:
        id_ = minted(self.OLD)
        outcome = asking(creator(video(id_)), **{f"v{id_}": of_html("", 429)})
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.RATE_LIMITED

    def test_a_newest_video_deep_in_the_list_is_no_order_we_know(self) -> None:
        listed = [video(minted(self.OLD - n * DAY)) for n in (9, 8, 7, 6)]
        script = Script({"/@humas_contoh": creator(*listed, video(minted(self.OLD)))})
        assert seen(script).horizon == NOW
        assert len(script.requests) == 1


class TestDeclaration:
    """Two routes at once, and one of them on demand."""

    def test_the_page_is_used_only_where_the_office_says_so(self) -> None:
        assert (PLATFORM.gate, PLATFORM.url_setting, PLATFORM.capability.default_on) == ("embed", "embed_url", False)
        assert KEYED.gate is None

    def test_both_are_the_same_platform_at_different_hosts(self) -> None:
        assert PLATFORM.keyed is KEYED
        assert (PLATFORM.base_url, KEYED.base_url) == ("https://www.tiktok.com/embed", "https://open.tiktokapis.com")
