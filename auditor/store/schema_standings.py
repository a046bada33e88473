"""The table of judgements that are kept for reports, in SQL; like `schema` never edited once released."""

from __future__ import annotations

STANDING = """
CREATE TABLE standings ( -- What the looks at each account add up to: reports read this and no history while it stands.
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id), -- the account
  judged_at INTEGER NOT NULL DEFAULT 0, -- when it was judged: it says nothing of an earlier instant
  until INTEGER NOT NULL DEFAULT 0, -- it stands before this instant; 0: something it rests on was written since
  falls INTEGER NOT NULL DEFAULT 0, -- how often that happened: what was judged of older facts is not kept
  mark TEXT NOT NULL DEFAULT '', -- of the policy for this account and of the program that judged
  status TEXT, -- active, slow, inactive, never_posted, lost, unknown
  since INTEGER, -- when it became true
  reason TEXT, -- why
  reason_detail TEXT, -- the closer word
  confirmed INTEGER, -- 1 confirmed, 0 not yet
  next_change_at INTEGER, -- when a look is owed that could change it
  confirmable_at INTEGER, -- when the next look would confirm
  proven_until INTEGER, -- known posts alone prove until here that it is not silent
  observed_at INTEGER, -- the look that judged
  post_at INTEGER, -- the newest counted post, at the instant it counts
  post_id TEXT, -- its id
  post_kind INTEGER, -- its kind, as in posts
  post_url TEXT, -- its address
  silent_since INTEGER, -- start of the silence
  age_from INTEGER, -- the account is at least as old as this
  first_look_at INTEGER, -- the first sight
  post_days INTEGER, -- days on which a counted post was ever seen
  overlays TEXT, -- exempt, new: a JSON list
  flags TEXT, -- of the freshest sight, a JSON list
  owed TEXT, -- evidence of a person's look that a letter would still lack, a JSON list
  posts_7d INTEGER, -- counted posts in the 7 days before that look; empty where not all of them was read
  posts_30d INTEGER, -- the same of 30 days
  posts_90d INTEGER, -- the same of 90 days
  posts_365d INTEGER, -- the same of 365 days
  active_days_90d INTEGER, -- days with a post of these 90
  gap_median INTEGER, -- between posts of a year, in tenths of a day
  gap_p90 INTEGER, -- nine of ten gaps are no longer, in tenths of a day
  longest_silence INTEGER, -- in whole days
  weeks TEXT, -- posts in each of twelve weeks, a JSON list
  at_least_30d INTEGER, -- posts known in 30 days, read completely or not
  route TEXT, -- of the look that judged
  looks INTEGER, -- how many it rests on
  last_tried_at INTEGER, -- the newest look, also a failed one
  failing_since INTEGER, -- first of the present row of misses
  dark_since INTEGER, -- the same of misses that say nothing of the account
  failures INTEGER, -- how many those are
  last_miss TEXT, -- outcome of the newest look, where it was a miss
  newest_deleted INTEGER, -- 1: a later look no longer found the newest counted post
  told_at INTEGER, -- the newest look by a person
  read_since INTEGER -- the first look of a machine that answered about it
) STRICT;
CREATE INDEX standings_by_end ON standings (until);
INSERT INTO standings (account_id) SELECT id FROM accounts;
CREATE TRIGGER standings_begin AFTER INSERT ON accounts
BEGIN INSERT INTO standings (account_id) VALUES (NEW.id); END;
CREATE TRIGGER standings_fall_by_look AFTER INSERT ON looks
BEGIN UPDATE standings SET until = 0, falls = falls + 1 WHERE account_id = NEW.account_id; END;
CREATE TRIGGER standings_fall_by_doubt AFTER INSERT ON doubted
BEGIN UPDATE standings SET until = 0, falls = falls + 1 WHERE account_id = NEW.account_id; END;
CREATE TRIGGER standings_fall_by_belief AFTER INSERT ON doubt_ends
BEGIN UPDATE standings SET until = 0, falls = falls + 1
WHERE account_id IN (SELECT account_id FROM doubted WHERE doubt_id = NEW.doubt_id); END;
CREATE TRIGGER standings_fall_by_deletion AFTER DELETE ON posts
BEGIN UPDATE standings SET until = 0, falls = falls + 1, post_id = NULL, post_url = NULL
WHERE account_id = OLD.account_id; END;
CREATE TRIGGER standings_fall_by_forgetting AFTER UPDATE OF post_id ON posts
BEGIN UPDATE standings SET until = 0, falls = falls + 1, post_id = NULL, post_url = NULL
WHERE account_id = OLD.account_id; END;
"""
