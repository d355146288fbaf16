"""The audit log: what was done to a tenant's things, by whom and on behalf of whom; append-only and hash-chained."""
