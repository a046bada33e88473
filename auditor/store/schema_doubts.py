"""The tables of doubted lanes, in SQL; like `schema` never edited once released."""

from __future__ import annotations

DOUBTED = """
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
"""

APPEND_ONLY = ("doubts", "doubted", "doubt_ends")

IS_DOUBTED = """
(l.outcome = 'seen' AND l.route <> 'hand' AND EXISTS (SELECT 1 FROM doubted d JOIN doubts o ON o.id = d.doubt_id
  LEFT JOIN doubt_ends e ON e.doubt_id = o.id AND e.ended_at <= :until
  WHERE d.account_id = l.account_id AND o.found_at <= :until AND o.start < l.observed_at
    AND (e.doubt_id IS NULL OR l.observed_at < e.counts_from)))
"""
