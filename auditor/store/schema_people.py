"""The tables of people and of what they said, in SQL; like `schema` never edited once released."""

from __future__ import annotations

SAID = """
CREATE TABLE people ( -- Who looked by hand. The only names of people in the file; erasing one blanks it.
  key TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(8)))), -- random; the only thing the ledger holds of a person
  name TEXT NOT NULL, -- as first written; blank once erased
  folded TEXT, -- the name in small letters with single spaces, to recognise it by; empty once erased
  office TEXT NOT NULL, -- id of an agency, or as written
  UNIQUE (folded, office)
) STRICT, WITHOUT ROWID;
CREATE TABLE attestations ( -- What a person said in a look by hand. Append-only; sealed with its look.
  account_id INTEGER NOT NULL, -- of the look
  observed_at INTEGER NOT NULL, -- of the look
  run INTEGER NOT NULL, -- of the look
  said TEXT NOT NULL, -- post, nothing_new, no_post, gone, suspended, private, not_ours
  by_key TEXT NOT NULL REFERENCES people (key), -- who
  office TEXT NOT NULL, -- whom that person worked for
  second_key TEXT REFERENCES people (key), -- who looked too
  link TEXT, -- of the newest post, canonical
  minted_at INTEGER, -- the instant inside the link
  typed_on TEXT, -- the day as typed
  posts_30d INTEGER, -- posts of the last 30 days, as counted by the person
  screenshot TEXT, -- SHA-256 of a file that stays with the office, hexadecimal
  screenshot_name TEXT, -- its name
  manager INTEGER NOT NULL, -- 1: the account's own manager looked
  drawn INTEGER NOT NULL, -- 1: drawn by lot for a check by somebody else
  complaints INTEGER, -- received in the last 30 days, as the manager states
  answered INTEGER, -- of these
  source TEXT, -- digest of the row it came from: a second import changes nothing
  PRIMARY KEY (account_id, observed_at, run),
  FOREIGN KEY (account_id, observed_at, run) REFERENCES looks (account_id, observed_at, run)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attestations_by_source ON attestations (source) WHERE source IS NOT NULL;
CREATE INDEX attestations_by_instant ON attestations (observed_at);
CREATE TABLE told ( -- Posts as told in a look by hand, apart from those that were read. Append-only, sealed.
  account_id INTEGER NOT NULL, -- of the look
  observed_at INTEGER NOT NULL, -- of the look
  run INTEGER NOT NULL, -- of the look
  posted_at INTEGER NOT NULL, -- as told
  post_id TEXT NOT NULL, -- from the link; over 512 characters its beginning and its SHA-256
  kind INTEGER NOT NULL, -- 0 original, 1 repost, 2 reply, 3 other
  url TEXT, -- the link
  PRIMARY KEY (account_id, observed_at, run, posted_at, post_id),
  FOREIGN KEY (account_id, observed_at, run) REFERENCES looks (account_id, observed_at, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_instant ON told (observed_at);
"""

APPEND_ONLY = ("attestations", "told")

VIEWED = """
DROP VIEW v_accounts;
DROP VIEW v_posts;
CREATE VIEW v_accounts AS -- Accounts with what is known of them, for people; times in ISO 8601.
SELECT a.id, a.key, a.agency, a.platform, s.handle, a.native_id, v.status, v.reason, v.reason_detail,
  strftime('%Y-%m-%dT%H:%M:%SZ', v.since, 'unixepoch') AS since,
  strftime('%Y-%m-%dT%H:%M:%SZ', s.last_look_at, 'unixepoch') AS last_look_at, s.last_outcome, s.looks, s.failures,
  strftime('%Y-%m-%dT%H:%M:%SZ', (SELECT max(at) FROM (SELECT max(p.posted_at) AS at FROM posts p
    WHERE p.account_id = a.id UNION ALL SELECT max(t.posted_at) FROM told t WHERE t.account_id = a.id)), 'unixepoch')
    AS newest_post_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', n.next_look_at, 'unixepoch') AS next_look_at, n.why,
  strftime('%Y-%m-%dT%H:%M:%SZ', a.first_listed_at, 'unixepoch') AS first_listed_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', a.removed_at, 'unixepoch') AS removed_at
FROM accounts a JOIN states s ON s.account_id = a.id JOIN plan n ON n.account_id = a.id
LEFT JOIN verdicts v ON v.account_id = a.id;
CREATE VIEW v_posts AS -- Posts, read and told, with the name of the account; times in ISO 8601.
SELECT p.account_id, a.key, strftime('%Y-%m-%dT%H:%M:%SZ', p.posted_at, 'unixepoch') AS posted_at, p.post_id,
  CASE p.kind WHEN 0 THEN 'original' WHEN 1 THEN 'repost' WHEN 2 THEN 'reply' ELSE 'other' END AS kind, p.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.first_seen, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%SZ', p.last_seen, 'unixepoch') AS last_seen, 'read' AS how
FROM posts p JOIN accounts a ON a.id = p.account_id
UNION ALL
SELECT t.account_id, a.key, strftime('%Y-%m-%dT%H:%M:%SZ', t.posted_at, 'unixepoch'), t.post_id,
  CASE t.kind WHEN 0 THEN 'original' WHEN 1 THEN 'repost' WHEN 2 THEN 'reply' ELSE 'other' END, t.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', t.observed_at, 'unixepoch'),
  strftime('%Y-%m-%dT%H:%M:%SZ', t.observed_at, 'unixepoch'), 'told'
FROM told t JOIN accounts a ON a.id = t.account_id;
CREATE VIEW v_attestations AS -- What people said, with their names and the name of the account; times in ISO 8601.
SELECT s.account_id, a.key, strftime('%Y-%m-%dT%H:%M:%SZ', s.observed_at, 'unixepoch') AS observed_at, s.run, s.said,
  p.name AS by_name, s.office, q.name AS second_name, s.link,
  strftime('%Y-%m-%dT%H:%M:%SZ', s.minted_at, 'unixepoch') AS minted_at, s.typed_on, s.posts_30d, s.screenshot,
  s.screenshot_name, s.manager, s.drawn, s.complaints, s.answered, s.source
FROM attestations s JOIN accounts a ON a.id = s.account_id JOIN people p ON p.key = s.by_key
LEFT JOIN people q ON q.key = s.second_key;
"""
