"""The tables of blind spots and of what was said of them, in SQL; like `schema` never edited once released."""

from __future__ import annotations

BLIND = """
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
"""

APPEND_ONLY = ("notices",)
