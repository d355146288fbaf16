-- What is to be forgotten is found without a look at what is kept.
create index idempotency_keys_by_age on idempotency_keys (created_at);
