-- When it was switched on again: what is to bring back all that it missed has to reach up to there.
alter table webhooks add column missed_until timestamptz;
