CREATE TABLE migrations ( -- Which steps made this schema, and when.
  version INTEGER PRIMARY KEY, -- counted from 1; PRAGMA user_version is the newest
  name TEXT NOT NULL, -- of the step
  applied_at INTEGER NOT NULL -- by the clock of the program that ran it
) STRICT;
CREATE TABLE registers ( -- The lists of accounts that were in force, each from `at` on. Append-only, chained.
  id INTEGER PRIMARY KEY, -- a higher one was kept later, and wins where both are in force
  sha256 TEXT NOT NULL, -- of the files it came from
  at INTEGER NOT NULL, -- in force from this instant on
  document BLOB NOT NULL -- the whole list as text, compressed with zlib
) STRICT;
CREATE TABLE policies ( -- The written policies that were in force, each from `at` on. Append-only, chained.
  id INTEGER PRIMARY KEY, -- a higher one was kept later, and wins where both are in force
  version TEXT NOT NULL, -- hash of its canonical form
  at INTEGER NOT NULL, -- in force from this instant on
  document TEXT NOT NULL -- the whole policy
) STRICT;
CREATE TABLE accounts ( -- A listed account. One taken off the list keeps its row, its history and its number.
  id INTEGER PRIMARY KEY, -- the account's number in every other table
  key TEXT NOT NULL, -- "platform:handle" as people write it today
  platform TEXT NOT NULL, -- its name in the configuration
  handle TEXT NOT NULL, -- canonical, as listed today
  native_id TEXT, -- the platform's stable id, given in the list or learnt at the first sight; then never changed
  agency TEXT NOT NULL, -- id of the office that answers for it today
  first_listed_at INTEGER NOT NULL, -- when it first stood in a list
  removed_at INTEGER -- when it was taken off the list; empty while it is listed
) STRICT;
CREATE INDEX accounts_by_key ON accounts (key);
CREATE INDEX accounts_by_native_id ON accounts (platform, native_id);
CREATE TRIGGER accounts_keep_native_id BEFORE UPDATE OF native_id ON accounts
WHEN OLD.native_id IS NOT NULL AND NEW.native_id IS NOT OLD.native_id AND NEW.handle = OLD.handle
BEGIN SELECT RAISE(ABORT, 'a learnt native id never changes'); END;
CREATE TABLE listings ( -- From when to when an account stood in the list.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  listed_at INTEGER NOT NULL, -- the register that named it came into force
  removed_at INTEGER, -- the register that no longer named it came into force
  PRIMARY KEY (account_id, listed_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX listings_by_removal ON listings (removed_at) WHERE removed_at IS NOT NULL;
CREATE TABLE names ( -- Every key, handle and id an account was ever called by. Append-only.
  id INTEGER PRIMARY KEY, -- looks refer to it
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  named_by TEXT NOT NULL, -- list or platform
  key TEXT, -- "platform:handle"; empty where the platform's handle does not fit the form of the listed key
  handle TEXT NOT NULL, -- canonical in the list, as answered by the platform
  native_id TEXT, -- the id the answer named; empty for the list
  first_at INTEGER NOT NULL -- when it was first called so
) STRICT;
CREATE INDEX names_by_account ON names (account_id, handle);
CREATE INDEX names_by_handle ON names (handle);
CREATE INDEX names_by_key ON names (key);
CREATE TABLE runs ( -- One run of the program that looked or judged.
  id INTEGER PRIMARY KEY, -- every look names its run
  kind TEXT NOT NULL, -- poll, run, report
  started_at INTEGER NOT NULL, -- by the program's clock
  ended_at INTEGER, -- empty while it runs, and for ever if it was killed
  rehearsal INTEGER NOT NULL, -- 1: the clock was set with --now
  register_sha256 TEXT NOT NULL, -- the list it worked with
  policy_version TEXT NOT NULL, -- the policy it worked with
  totals TEXT NOT NULL -- its counts, a JSON object
) STRICT;
CREATE TABLE looks ( -- One look at one account at one instant. Append-only; each past day is sealed in the ledger.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  observed_at INTEGER NOT NULL, -- when we looked
  run INTEGER NOT NULL REFERENCES runs (id), -- within one run an account is looked at once in a second
  outcome TEXT NOT NULL, -- seen, a barrier (gone, suspended, protected, wrong_kind, taken) or why nothing was learnt
  detail TEXT, -- the closer word
  horizon INTEGER, -- seen: all from here to the look was listed; empty: from the beginning; the look itself: nothing
  control_ok INTEGER, -- 1 the control account answered, 0 it did not, empty: none was asked
  route TEXT NOT NULL, -- api, feed, page, hand
  name_id INTEGER REFERENCES names (id), -- seen: the handle and id the answer named
  created_at INTEGER, -- seen: of the account, as the platform states it
  reset_at INTEGER, -- missed: when asking again makes sense, if the platform said so
  counters TEXT, -- seen: a JSON object of numbers the platform states
  flags TEXT, -- seen: a JSON list of words such as limited, positive_only
  PRIMARY KEY (account_id, observed_at, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX looks_by_instant ON looks (observed_at);
CREATE TABLE exchanges ( -- What was asked in a look and what was answered: never the body. Append-only, sealed.
  account_id INTEGER NOT NULL, -- of the look
  observed_at INTEGER NOT NULL, -- of the look
  run INTEGER NOT NULL, -- of the look
  n INTEGER NOT NULL, -- in the order asked, from 0
  method TEXT NOT NULL, -- GET, POST, …
  url TEXT NOT NULL, -- without secrets
  status INTEGER, -- of the answer; empty: none came
  sha256 BLOB, -- of the body
  length INTEGER NOT NULL, -- of the body, in bytes
  at INTEGER NOT NULL, -- when the answer came
  headers TEXT, -- selected ones, a JSON object
  PRIMARY KEY (account_id, observed_at, run, n),
  FOREIGN KEY (account_id, observed_at, run) REFERENCES looks (account_id, observed_at, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE shapes ( -- Keys and tags, no values, of answers nobody understood. Deleted after 30 days.
  account_id INTEGER NOT NULL, -- of the exchange
  observed_at INTEGER NOT NULL, -- of the exchange
  run INTEGER NOT NULL, -- of the exchange
  n INTEGER NOT NULL, -- of the exchange
  shape TEXT NOT NULL, -- at most 4 KiB
  PRIMARY KEY (account_id, observed_at, run, n),
  FOREIGN KEY (account_id, observed_at, run, n) REFERENCES exchanges (account_id, observed_at, run, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX shapes_by_age ON shapes (observed_at);
CREATE TABLE posts ( -- That something was posted, and when: never what. Once per account, id and date.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  posted_at INTEGER NOT NULL, -- the platform's claim
  post_id TEXT NOT NULL, -- the platform's id; over 512 characters its beginning and its SHA-256
  kind INTEGER NOT NULL, -- 0 original, 1 repost, 2 reply, 3 other; as the newest look that listed it says
  first_seen INTEGER NOT NULL, -- the look that first listed it
  last_seen INTEGER NOT NULL, -- the newest look that listed it
  url TEXT, -- only where it cannot be derived from the id
  first_kind INTEGER, -- the kind it had at first_seen, where it differs
  kind_since INTEGER, -- the look that changed the kind
  PRIMARY KEY (account_id, posted_at, post_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE undated ( -- Listed items without a date; a new one makes its look cover nothing.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  item TEXT NOT NULL, -- its id or address
  first_seen INTEGER NOT NULL, -- the look that first listed it
  PRIMARY KEY (account_id, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE validators ( -- ETag and Last-Modified of pages, to ask whether anything changed.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  url TEXT NOT NULL, -- as asked
  adapter INTEGER NOT NULL, -- version of the adapter that understood the page
  etag TEXT, -- verbatim
  last_modified TEXT, -- verbatim
  at INTEGER NOT NULL, -- the look that got them
  PRIMARY KEY (account_id, url, adapter)
) STRICT, WITHOUT ROWID;
CREATE TABLE states ( -- What follows from the looks at an account, kept so that nobody reads its history for it.
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id), -- the account
  handle TEXT NOT NULL, -- the newest: named by the platform, or corrected in the list since
  name_id INTEGER REFERENCES names (id), -- what the newest sight called it
  first_look_at INTEGER, -- the oldest look
  last_look_at INTEGER, -- the newest look, also a failed one
  last_run INTEGER, -- its run
  looks INTEGER NOT NULL DEFAULT 0, -- how many
  failures INTEGER NOT NULL DEFAULT 0, -- misses since the last answer about the account
  failing_since INTEGER, -- the first of them
  last_outcome TEXT, -- of the newest look
  seen_at INTEGER, -- the newest sight
  last_horizon INTEGER, -- its horizon
  covered_until INTEGER -- the newest sight that covered anything
) STRICT;
CREATE TABLE plan ( -- When each account is looked at next. What is due lives here and nowhere else.
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id), -- the account
  next_look_at INTEGER, -- empty: never planned, due at once
  why TEXT NOT NULL DEFAULT '' -- boundary, overflow, max_age, confirmation, retry, hand
) STRICT;
CREATE INDEX plan_by_next_look ON plan (next_look_at);
CREATE TABLE lanes ( -- A serial queue that shares one quota: why it waits, for every process.
  name TEXT PRIMARY KEY, -- of the credential or host
  blocked_until INTEGER, -- nothing is asked before; empty with a reason: until an answer comes or a person acts
  reason TEXT, -- why it is blocked; empty: it is not
  since INTEGER, -- blocked for this reason since
  last_ok_at INTEGER, -- the last look on it that answered
  failing_since INTEGER -- the first sweep since then without any answer
) STRICT, WITHOUT ROWID;
CREATE TABLE spending ( -- Units taken from a lane's budget of a window; windows older than 62 days are dropped.
  lane TEXT NOT NULL, -- the lane
  window_start INTEGER NOT NULL, -- the window
  units INTEGER NOT NULL, -- taken so far
  PRIMARY KEY (lane, window_start)
) STRICT, WITHOUT ROWID;
CREATE TABLE controls ( -- Known-good accounts, status endpoints and sentinels.
  id INTEGER PRIMARY KEY, -- its answers refer to it
  platform TEXT NOT NULL, -- the platform it vouches for
  account TEXT NOT NULL, -- key or address
  UNIQUE (platform, account)
) STRICT;
CREATE TABLE control_answers ( -- What a control answered. Append-only.
  id INTEGER PRIMARY KEY, -- in the order recorded
  control_id INTEGER NOT NULL REFERENCES controls (id), -- the control
  at INTEGER NOT NULL, -- when it was asked
  healthy INTEGER NOT NULL, -- 1 as it should, 0 not
  lane TEXT NOT NULL -- the lane it was asked on
) STRICT;
CREATE INDEX control_answers_by_control ON control_answers (control_id, at);
CREATE TABLE verdicts ( -- The newest verdict of each account: what the next one is compared with.
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id), -- the account
  status TEXT NOT NULL, -- active, slow, inactive, never_posted, lost, unknown
  since INTEGER, -- when it became true
  reason TEXT NOT NULL, -- why
  reason_detail TEXT, -- the closer word
  confirmed INTEGER NOT NULL, -- 1 confirmed, 0 not yet
  judged_at INTEGER NOT NULL -- when it was judged
) STRICT;
CREATE TABLE changes ( -- A verdict that differs from the one before; dated at its cause. Append-only, chained.
  id INTEGER PRIMARY KEY, -- in the order recorded
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  old TEXT, -- status before; empty for the first
  new TEXT NOT NULL, -- status after
  since INTEGER, -- when it became true
  reason TEXT NOT NULL, -- why
  judged_at INTEGER NOT NULL -- when it was noticed
) STRICT;
CREATE INDEX changes_by_account ON changes (account_id, id);
CREATE INDEX changes_by_instant ON changes (judged_at);
CREATE TABLE heartbeats ( -- Signs of life.
  name TEXT PRIMARY KEY, -- whose
  at INTEGER NOT NULL, -- the newest
  detail TEXT NOT NULL -- what is worth saying with it, a JSON object
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger ( -- The hash chain over changes, registers, policies and the looks of each past day. Append-only.
  seq INTEGER PRIMARY KEY, -- from 1, without a gap
  at INTEGER NOT NULL, -- when it was written, by the facts it seals
  kind TEXT NOT NULL, -- change, register, policy, day
  subject TEXT NOT NULL, -- the row's id, or the day (UTC); of several entries for one day the newest counts
  rows INTEGER NOT NULL, -- how many rows the digest covers
  digest TEXT NOT NULL, -- SHA-256 of those rows
  previous TEXT NOT NULL, -- hash of the entry before; empty for the first
  hash TEXT NOT NULL -- SHA-256 of this entry's other fields
) STRICT;
CREATE INDEX ledger_by_subject ON ledger (kind, subject);
CREATE TRIGGER looks_forbid_update BEFORE UPDATE ON looks
BEGIN SELECT RAISE(ABORT, 'looks is append-only'); END;
CREATE TRIGGER looks_forbid_delete BEFORE DELETE ON looks
BEGIN SELECT RAISE(ABORT, 'looks is append-only'); END;
CREATE TRIGGER exchanges_forbid_update BEFORE UPDATE ON exchanges
BEGIN SELECT RAISE(ABORT, 'exchanges is append-only'); END;
CREATE TRIGGER exchanges_forbid_delete BEFORE DELETE ON exchanges
BEGIN SELECT RAISE(ABORT, 'exchanges is append-only'); END;
CREATE TRIGGER names_forbid_update BEFORE UPDATE ON names
BEGIN SELECT RAISE(ABORT, 'names is append-only'); END;
CREATE TRIGGER names_forbid_delete BEFORE DELETE ON names
BEGIN SELECT RAISE(ABORT, 'names is append-only'); END;
CREATE TRIGGER changes_forbid_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER changes_forbid_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER ledger_forbid_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
CREATE TRIGGER ledger_forbid_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
CREATE TRIGGER registers_forbid_update BEFORE UPDATE ON registers
BEGIN SELECT RAISE(ABORT, 'registers is append-only'); END;
CREATE TRIGGER registers_forbid_delete BEFORE DELETE ON registers
BEGIN SELECT RAISE(ABORT, 'registers is append-only'); END;
CREATE TRIGGER policies_forbid_update BEFORE UPDATE ON policies
BEGIN SELECT RAISE(ABORT, 'policies is append-only'); END;
CREATE TRIGGER policies_forbid_delete BEFORE DELETE ON policies
BEGIN SELECT RAISE(ABORT, 'policies is append-only'); END;
CREATE TRIGGER control_answers_forbid_update BEFORE UPDATE ON control_answers
BEGIN SELECT RAISE(ABORT, 'control_answers is append-only'); END;
CREATE TRIGGER control_answers_forbid_delete BEFORE DELETE ON control_answers
BEGIN SELECT RAISE(ABORT, 'control_answers is append-only'); END;
CREATE VIEW v_looks AS -- Looks with the name of the account and the route; times in ISO 8601.
SELECT l.account_id, a.key, strftime('%Y-%m-%dT%H:%M:%SZ', l.observed_at, 'unixepoch') AS observed_at, l.run,
  l.outcome, l.detail, CASE WHEN l.outcome <> 'seen' THEN NULL WHEN l.horizon IS NULL THEN 'the beginning'
  WHEN l.horizon = l.observed_at THEN 'nothing' ELSE strftime('%Y-%m-%dT%H:%M:%SZ', l.horizon, 'unixepoch') END
    AS read_back_to, l.control_ok, l.route, n.handle, n.native_id, l.counters, l.flags
FROM looks l JOIN accounts a ON a.id = l.account_id LEFT JOIN names n ON n.id = l.name_id;
CREATE VIEW v_changes AS -- Changes of verdict with the name of the account; times in ISO 8601.
SELECT c.id, c.account_id, a.key, a.agency, c.old, c.new, strftime('%Y-%m-%dT%H:%M:%SZ', c.since, 'unixepoch') AS since,
  c.reason, strftime('%Y-%m-%dT%H:%M:%SZ', c.judged_at, 'unixepoch') AS judged_at
FROM changes c JOIN accounts a ON a.id = c.account_id;
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
CREATE TRIGGER attestations_forbid_update BEFORE UPDATE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
CREATE TRIGGER attestations_forbid_delete BEFORE DELETE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
CREATE TRIGGER told_forbid_update BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'told is append-only'); END;
CREATE TRIGGER told_forbid_delete BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'told is append-only'); END;
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
CREATE TABLE holds ( -- Too many accounts changed at once: a hold of the brake. Append-only, chained with its accounts.
  id INTEGER PRIMARY KEY, -- in the order they began
  kind TEXT NOT NULL, -- platform, agency, register
  name TEXT NOT NULL, -- of the platform, id of the agency; empty for the register
  began_at INTEGER NOT NULL, -- when it was judged
  changed INTEGER NOT NULL, -- accounts of the scope that changed within a day
  judged INTEGER NOT NULL -- accounts of the scope that were judged within a day
) STRICT;
CREATE TABLE held ( -- An account in a hold: the verdict that stays, and the one that waits. Append-only.
  hold_id INTEGER NOT NULL REFERENCES holds (id), -- the hold
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  old TEXT NOT NULL, -- status that was released last
  old_since INTEGER, -- when that became true
  old_reason TEXT NOT NULL, -- why
  old_detail TEXT, -- the closer word
  old_confirmed INTEGER NOT NULL, -- 1 confirmed, 0 not yet
  new TEXT NOT NULL, -- status that waits: inactive, lost
  new_since INTEGER, -- when that would be true
  new_reason TEXT NOT NULL, -- why
  new_detail TEXT, -- the closer word
  new_confirmed INTEGER NOT NULL, -- 1 confirmed, 0 not yet
  PRIMARY KEY (hold_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_account ON held (account_id);
CREATE TABLE brake_releases ( -- A person let go what the brake held. Append-only, chained; the person by key alone.
  id INTEGER PRIMARY KEY, -- in the order recorded
  at INTEGER NOT NULL, -- when
  by_key TEXT NOT NULL REFERENCES people (key), -- who
  office TEXT NOT NULL, -- whom that person works for
  reason TEXT NOT NULL, -- as written
  holds TEXT NOT NULL -- numbers of the holds and of their accounts, a JSON array of pairs
) STRICT;
CREATE TABLE hold_ends ( -- How an account left a hold. Append-only.
  hold_id INTEGER NOT NULL, -- the hold
  account_id INTEGER NOT NULL, -- the account
  at INTEGER NOT NULL, -- when
  how TEXT NOT NULL, -- released: by a person, looks: by itself, left: judged otherwise, removed: no longer listed
  release_id INTEGER REFERENCES brake_releases (id), -- of a person
  PRIMARY KEY (hold_id, account_id),
  FOREIGN KEY (hold_id, account_id) REFERENCES held (hold_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE falls ( -- Accounts that changed to inactive or lost within a day and were not held: counted with the next.
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id), -- the account
  old TEXT NOT NULL, -- status before
  at INTEGER NOT NULL -- when it was judged
) STRICT;
CREATE TRIGGER holds_forbid_update BEFORE UPDATE ON holds
BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;
CREATE TRIGGER holds_forbid_delete BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'holds is append-only'); END;
CREATE TRIGGER held_forbid_update BEFORE UPDATE ON held
BEGIN SELECT RAISE(ABORT, 'held is append-only'); END;
CREATE TRIGGER held_forbid_delete BEFORE DELETE ON held
BEGIN SELECT RAISE(ABORT, 'held is append-only'); END;
CREATE TRIGGER brake_releases_forbid_update BEFORE UPDATE ON brake_releases
BEGIN SELECT RAISE(ABORT, 'brake_releases is append-only'); END;
CREATE TRIGGER brake_releases_forbid_delete BEFORE DELETE ON brake_releases
BEGIN SELECT RAISE(ABORT, 'brake_releases is append-only'); END;
CREATE TRIGGER hold_ends_forbid_update BEFORE UPDATE ON hold_ends
BEGIN SELECT RAISE(ABORT, 'hold_ends is append-only'); END;
CREATE TRIGGER hold_ends_forbid_delete BEFORE DELETE ON hold_ends
BEGIN SELECT RAISE(ABORT, 'hold_ends is append-only'); END;
CREATE VIEW v_holds AS -- What the brake held and holds, with the name of the account; times in ISO 8601.
SELECT h.id, h.kind, h.name, strftime('%Y-%m-%dT%H:%M:%SZ', h.began_at, 'unixepoch') AS began_at, h.changed, h.judged,
  m.account_id, a.key, m.old, m.new, strftime('%Y-%m-%dT%H:%M:%SZ', m.new_since, 'unixepoch') AS new_since,
  strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch') AS ended_at, e.how, p.name AS by_name, r.office, r.reason
FROM holds h JOIN held m ON m.hold_id = h.id JOIN accounts a ON a.id = m.account_id
LEFT JOIN hold_ends e ON e.hold_id = m.hold_id AND e.account_id = m.account_id
LEFT JOIN brake_releases r ON r.id = e.release_id LEFT JOIN people p ON p.key = r.by_key;
CREATE TABLE doubts ( -- Lanes that seemed to answer with old rows. Append-only, chained with their accounts.
  id INTEGER PRIMARY KEY, -- in the order found; accounts found later in the same doubt have a row of their own
  lane TEXT NOT NULL, -- the lane
  start INTEGER NOT NULL, -- sights after this instant are doubted: they prove no silence
  found_at INTEGER NOT NULL -- when it was noticed; what is judged as of an earlier instant knows nothing of it
) STRICT;
CREATE INDEX doubts_by_lane ON doubts (lane);
CREATE TABLE doubted ( -- The accounts whose sights are doubted. Append-only.
  account_id INTEGER NOT NULL REFERENCES accounts (id), -- the account
  doubt_id INTEGER NOT NULL REFERENCES doubts (id), -- the doubt
  expected INTEGER NOT NULL, -- 1: by its own rhythm it should have moved, 0: it rested already
  PRIMARY KEY (account_id, doubt_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX doubted_by_doubt ON doubted (doubt_id);
CREATE TABLE doubt_ends ( -- How doubts ended. Append-only, chained.
  doubt_id INTEGER PRIMARY KEY REFERENCES doubts (id), -- the doubt
  ended_at INTEGER NOT NULL, -- when
  how TEXT NOT NULL, -- moved, vouched (people looked at two and found nothing newer), released
  counts_from INTEGER NOT NULL, -- sights from here on count again; the start of the doubt: all of them
  by_key TEXT REFERENCES people (key), -- who released it
  office TEXT, -- whom that person worked for
  reason TEXT -- in that person's words
) STRICT;
CREATE TRIGGER doubts_forbid_update BEFORE UPDATE ON doubts
BEGIN SELECT RAISE(ABORT, 'doubts is append-only'); END;
CREATE TRIGGER doubts_forbid_delete BEFORE DELETE ON doubts
BEGIN SELECT RAISE(ABORT, 'doubts is append-only'); END;
CREATE TRIGGER doubted_forbid_update BEFORE UPDATE ON doubted
BEGIN SELECT RAISE(ABORT, 'doubted is append-only'); END;
CREATE TRIGGER doubted_forbid_delete BEFORE DELETE ON doubted
BEGIN SELECT RAISE(ABORT, 'doubted is append-only'); END;
CREATE TRIGGER doubt_ends_forbid_update BEFORE UPDATE ON doubt_ends
BEGIN SELECT RAISE(ABORT, 'doubt_ends is append-only'); END;
CREATE TRIGGER doubt_ends_forbid_delete BEFORE DELETE ON doubt_ends
BEGIN SELECT RAISE(ABORT, 'doubt_ends is append-only'); END;
CREATE TABLE blind_spots ( -- What could not be observed, one row from its beginning to its end.
  id INTEGER PRIMARY KEY, -- its notices refer to it
  kind TEXT NOT NULL, -- network, credential, platform, account, agency
  subject TEXT NOT NULL, -- platform, lane or agency id; with the kind it names the spot while it lasts
  platform TEXT NOT NULL, -- blank of a network or an agency
  reason TEXT NOT NULL, -- the newest: an outcome word, offline, frozen, stale, several_causes
  began_at INTEGER NOT NULL, -- the first look that failed
  accounts INTEGER NOT NULL, -- how many, as of the newest round
  statuses TEXT NOT NULL, -- of how many of them which status was last known, a JSON object
  told_at INTEGER, -- when its beginning was told
  reminded_at INTEGER, -- when it was last told again
  said INTEGER NOT NULL, -- notices so far
  said_at INTEGER NOT NULL, -- the newest notice; set back with the clock
  last_event TEXT NOT NULL, -- began, lasts, ended: the newest notice
  ended_at INTEGER -- when it could be seen again, or nobody needed it any more; empty while it lasts
) STRICT;
CREATE UNIQUE INDEX blind_spots_that_last ON blind_spots (kind, subject) WHERE ended_at IS NULL;
CREATE INDEX blind_spots_by_end ON blind_spots (ended_at);
CREATE TABLE notices ( -- What was said of a blind spot, and when. Append-only.
  id INTEGER PRIMARY KEY, -- in the order said
  spot_id INTEGER NOT NULL REFERENCES blind_spots (id), -- the spot
  number INTEGER NOT NULL, -- from 1: whoever writes a number first is the one who says it
  event TEXT NOT NULL, -- began, lasts, ended
  at INTEGER NOT NULL, -- when it was said
  reason TEXT NOT NULL, -- as it was then
  since INTEGER NOT NULL, -- as it was then
  accounts INTEGER NOT NULL, -- as it was then
  statuses TEXT NOT NULL, -- as it was then
  UNIQUE (spot_id, number)
) STRICT;
CREATE INDEX notices_by_instant ON notices (at);
CREATE TRIGGER notices_forbid_update BEFORE UPDATE ON notices
BEGIN SELECT RAISE(ABORT, 'notices is append-only'); END;
CREATE TRIGGER notices_forbid_delete BEFORE DELETE ON notices
BEGIN SELECT RAISE(ABORT, 'notices is append-only'); END;
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
