-- Whose item on the node let a mail in, before anybody has looked at it: of one tenant only so much may wait. Null: the
-- platform's own, or it came before this.
alter table inbound_mails add column let_in_by uuid;
