"""Pages that gave the token's user a role: read with their own tokens, which appear nowhere."""

from __future__ import annotations

import pytest

from auditor.core.model import AccountRef, Miss, Missed, Seen, Stops, Unreadable
from auditor.fetch.answer import Refused, missed
from auditor.platforms._facebook_batch import MAX_ROLE_PAGES, ROLES, roles, try_token
from auditor.platforms.base import Window
from auditor.platforms.facebook import PLATFORM

from .script import NOW
from .test_facebook import NO_ALIAS, OTHER, PAGE, SAMPLE, SINCE, THIRD, Graph, Part, edge, error, many, one, ref, seen

CANARY, SECOND = "EAABurungKenari111", "EAABurungKenari222"
ACCOUNTS = "me/accounts"


def given(*rows: tuple[str, str, str], after: str = "") -> Part:
    """(page, user name, token) as `me/accounts` lists them."""
    data = [{"id": page, "username": name, "access_token": token, "tasks": ["ANALYZE"]} for page, name, token in rows]
    paging = {"cursors": {"before": "QQ", "after": after or "QQ"}}
    more = {"next": f"https://graph.facebook.com/v26.0/me/accounts?access_token=RAHASIA&after={after}"}
    return Part(body={"data": data, "paging": paging | (more if after else {})})


OWN = given((PAGE, "Dinkes.Contoh", CANARY))


class TestWithARole:
    """The Page's token in place of the credential's."""

    def test_its_question_brings_its_own_token_and_the_others_do_not(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE, edge(OTHER): SAMPLE})
        many([ref(), ref("disdik.contoh", OTHER)], graph)
        assert [asked.params.get("access_token") for asked in graph.asked] == [CANARY, None]

    def test_its_name_needs_no_resolving(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE})
        found = seen(one(graph, ref(native_id=None)))
        assert (found.native_id, found.handle) == (PAGE, "dinkes.contoh")
        assert [asked.path for asked in graph.asked] == [edge()]

    def test_its_name_of_today_is_known_without_a_further_question(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE})
        assert seen(one(graph, ref("dinkes.lama.contoh"))).handle == "dinkes.contoh"
        assert seen(one(graph, ref("61550000000001"))).handle == "61550000000001"

    def test_a_page_that_is_resolved_to_one_with_a_role_is_read_with_it(self) -> None:
        graph = Graph({ACCOUNTS: OWN, "dinkes.lama.contoh": Part(body={"id": PAGE}), edge(): SAMPLE})
        one(graph, ref("dinkes.lama.contoh", None))
        assert [asked.params.get("access_token") for asked in graph.asked] == [None, CANARY]

    def test_where_there_is_an_app_secret_its_token_is_signed(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE})
        graph.proofs = {CANARY: "tanda"}
        one(graph)
        assert graph.asked[0].params["appsecret_proof"] == "tanda"

    def test_where_there_is_none_nothing_is_signed(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE})
        one(graph)
        assert "appsecret_proof" not in graph.asked[0].params

    @pytest.mark.parametrize(
        "refusal", [error(190, sub=492), error(190), error(190, sub=463, status=401), error(102)], ids=str
    )
    def test_a_role_that_was_taken_back_is_that_pages_matter_and_never_the_credentials(self, refusal: Part) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): refusal, edge(OTHER): SAMPLE})
        first, second = many([ref(), ref("disdik.contoh", OTHER)], graph)
        assert first == Missed(Miss.PERMISSION_MISSING, "role_lost", stops=Stops.ACCOUNT)
        assert isinstance(second, Seen)

    def test_a_page_whose_token_says_that_it_was_deleted_is_not_explained_any_further(self) -> None:
        gone = error(190, "This Page access token belongs to a Page that has been deleted.")
        graph = Graph({ACCOUNTS: OWN, edge(): gone, "dinkes.contoh": NO_ALIAS})
        outcome = one(graph)
        assert isinstance(outcome, Missed)
        assert outcome.reason is Miss.AMBIGUOUS_ABSENCE

    def test_a_page_that_was_merged_is_not_asked_for_with_the_old_ones_token(self) -> None:
        merged = error(21, f"(#21) Page ID {PAGE} was migrated to page ID {OTHER}.  Please update")
        graph = Graph({ACCOUNTS: OWN, edge(): merged, edge(OTHER): SAMPLE})
        one(graph)
        assert [asked.params.get("access_token") for asked in graph.asked] == [CANARY, None]


class TestList:
    """`me/accounts`, once per door."""

    def test_it_is_asked_once_while_the_door_is_open(self) -> None:
        graph = Graph({ACCOUNTS: OWN, edge(): SAMPLE})
        for _ in range(3):
            one(graph)
        assert len(graph.singles) == 1
        assert graph.singles[0].params == {"fields": "id,username,access_token,tasks", "limit": "100"}

    def test_it_is_paged_by_cursors(self) -> None:
        pages = [given((PAGE, "a", CANARY), after="QQB"), given((OTHER, "b", SECOND), after="QQC"), given()]
        graph = Graph({ACCOUNTS: pages})
        assert set(roles(graph)) == {PAGE, OTHER}
        assert [asked.params.get("after") for asked in graph.singles] == [None, "QQB", "QQC"]

    def test_it_ends_even_where_the_list_does_not(self) -> None:
        graph = Graph({ACCOUNTS: [given((str(n), "a", "t"), after=f"Q{n}") for n in range(99)]})
        roles(graph)
        assert len(graph.singles) == MAX_ROLE_PAGES
        graph = Graph({ACCOUNTS: given((PAGE, "a", "t"), after="SAMA")})
        roles(graph)
        assert len(graph.singles) == 2

    @pytest.mark.parametrize(
        "refusal",
        [
            error(10),
            error(200),
            error(2500),
            error(100, "(#100) nonexisting field (accounts)"),
            Part(body={"halo": 1}),
            Part(404, "<html>Not Found"),
            Part(405, ""),
            Part(501, "Unsupported"),
        ],
        ids=[
            "not allowed",
            "not allowed by another number",
            "no user",
            "no such edge",
            "of another shape",
            "no such path, said in HTML",
            "no such path, said in nothing",
            "no such path, said in plain text",
        ],
    )
    def test_where_it_is_not_to_be_had_the_route_goes_on_without_roles(self, refusal: Part) -> None:
        graph = Graph({ACCOUNTS: refusal, edge(): SAMPLE})
        assert isinstance(one(graph), Seen)
        assert isinstance(one(graph), Seen)
        assert len(graph.singles) == 1

    @pytest.mark.parametrize(
        ("refusal", "reason"),
        [
            (error(190, sub=463), Miss.CREDENTIAL_REJECTED),
            (error(4), Miss.RATE_LIMITED),
            (Part(503, "<html>"), Miss.UNREACHABLE),
            (missed(Miss.QUOTA_EXHAUSTED), Miss.QUOTA_EXHAUSTED),
        ],
        ids=["a dead token", "too fast", "an outage", "no units left"],
    )
    def test_what_stops_everything_stops_here(self, refusal: Part | Refused, reason: Miss) -> None:
        graph = Graph({ACCOUNTS: refusal})
        assert PLATFORM.keyed is not None
        assert PLATFORM.keyed.bulk is not None
        with pytest.raises(Refused) as caught:
            list(PLATFORM.keyed.bulk([(ref(), Window(SINCE, NOW))], graph))
        assert isinstance(caught.value.outcome, Missed)
        assert caught.value.outcome.reason is reason
        assert not graph.batches

    def test_rows_without_a_token_or_of_no_known_shape_give_no_role(self) -> None:
        rows = [{"id": PAGE}, {"access_token": "t"}, "halo", None, {"id": THIRD, "access_token": CANARY}]
        assert set(roles(Graph({ACCOUNTS: Part(body={"data": rows})}))) == {THIRD}

    def test_a_page_without_a_name_is_nobodys_name(self) -> None:
        found = roles(Graph({ACCOUNTS: Part(body={"data": [{"id": PAGE, "access_token": CANARY}]})}))
        graph = Graph({ACCOUNTS: Part(body={"data": [{"id": PAGE, "access_token": CANARY}]}), "a.b.c": NO_ALIAS})
        assert found[PAGE].username == ""
        assert isinstance(one(graph, AccountRef("facebook", "a.b.c")), Unreadable)
        assert [asked.path for asked in graph.asked] == ["a.b.c"]


class TestTry:
    """What `auditor connect facebook` asks."""

    def test_it_is_one_call_and_tells_how_many_pages_gave_a_role(self) -> None:
        graph = Graph({ACCOUNTS: given((PAGE, "a", CANARY), (OTHER, "b", SECOND))})
        try_token(graph)
        assert len(graph.singles) == 1
        known = graph.memory[ROLES]
        assert isinstance(known, dict)
        assert len(known) == 2

    @pytest.mark.parametrize(
        ("refusal", "reason", "detail"),
        [
            (error(190, sub=463), Miss.CREDENTIAL_REJECTED, "expired"),
            (error(10), Miss.PERMISSION_MISSING, "10"),
            (error(2500), Miss.OUR_REQUEST_INVALID, "2500"),
        ],
        ids=["expired", "not allowed", "of an app"],
    )
    def test_what_is_wrong_is_the_outcome(self, refusal: Part, reason: Miss, detail: str) -> None:
        with pytest.raises(Refused) as caught:
            try_token(Graph({ACCOUNTS: refusal}))
        assert caught.value.outcome == Missed(reason, detail)


def test_a_pages_token_is_in_no_text_made_of_what_was_learnt() -> None:
    graph = Graph({ACCOUNTS: OWN, edge(): error(190, CANARY), "dinkes.contoh": error(100, CANARY, 33)})
    outcome = one(graph)
    assert CANARY not in repr((outcome, graph.memory, roles(graph)))
    assert CANARY not in str(missed(Miss.UNREACHABLE, str(outcome)))
