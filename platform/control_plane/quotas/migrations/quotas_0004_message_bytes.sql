-- How large messages may be reaches nodes with what they are granted; a plan that is changed is told anew.
alter table quota_leases add column message_bytes bigint;
