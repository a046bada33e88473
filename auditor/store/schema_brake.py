"""The tables of the brake, in SQL; like `schema` never edited once released."""

from __future__ import annotations

HELD = """
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
"""

APPEND_ONLY = ("holds", "held", "brake_releases", "hold_ends")

VIEWED = """
CREATE VIEW v_holds AS -- What the brake held and holds, with the name of the account; times in ISO 8601.
SELECT h.id, h.kind, h.name, strftime('%Y-%m-%dT%H:%M:%SZ', h.began_at, 'unixepoch') AS began_at, h.changed, h.judged,
  m.account_id, a.key, m.old, m.new, strftime('%Y-%m-%dT%H:%M:%SZ', m.new_since, 'unixepoch') AS new_since,
  strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch') AS ended_at, e.how, p.name AS by_name, r.office, r.reason
FROM holds h JOIN held m ON m.hold_id = h.id JOIN accounts a ON a.id = m.account_id
LEFT JOIN hold_ends e ON e.hold_id = m.hold_id AND e.account_id = m.account_id
LEFT JOIN brake_releases r ON r.id = e.release_id LEFT JOIN people p ON p.key = r.by_key;
"""
