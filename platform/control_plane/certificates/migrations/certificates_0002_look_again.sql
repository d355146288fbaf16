-- Authorities say themselves when they want to be asked again about renewal (RFC 9773 §4.3); what is over is due.
alter table certificates rename column window_checked_at to window_due_at;
