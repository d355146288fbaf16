-- Signs each message with every active key of its author's domain; one that cannot be signed waits.
--
-- The stock module takes one selector per domain from Redis. We sign with two (RSA and Ed25519), and want the keys of
-- a domain with one question: HGETALL <prefix><domain> gives selector, key, selector, key …
-- Written by the Fleetpost agent; changes made here are lost.

local lua_redis = require "lua_redis"
local logger = require "rspamd_logger"

local redis = lua_redis.parse_redis_server('fleetpost')
local prefix = rspamd_config:get_all_opt('fleetpost').key_prefix

local SIGNED = 'DKIM_SIGNED'
local FOREIGN = 'FLEETPOST_FOREIGN_AUTHOR'

local function domain_of(address)
  return address and address.domain and address.domain:lower() or nil
end

local function author_domain(task)
  local authors = task:get_from('mime') or {}
  -- "From :" is an author to some readers, though not to Rspamd (RFC 5322 §4.5.2).
  local headers = '\n' .. tostring(task:get_raw_headers()):lower()
  if #authors ~= 1 or headers:find('\nfrom[ \t]+:') then
    return nil
  end
  return domain_of(authors[1])
end

-- Somebody who logged in writes in their own domain's name only, the agent in every name that it is given, and what
-- else is on the node (sendmail, by which Sieve scripts would answer with whatever author they like) in nobody's.
local function is_foreign(task, domain)
  local user = task:get_user()
  if user then
    return domain ~= (user:lower():match('@([^@]+)$'))
  end
  return tostring(task:get_request_header('MTA-Name')) ~= 'INJECT'  -- milter_macro_daemon_name of the agent's port
end

local function sign(task)
  local domain = author_domain(task)
  if is_foreign(task, domain) then
    task:insert_result(FOREIGN, 1.0)
    return
  end
  if not domain then
    return
  end

  local function with_keys(err, keys)
    if err or type(keys) ~= 'table' then
      logger.errx(task, 'no signing keys for %s: %s', domain, err)
      return
    end
    for i = 1, #keys, 2 do
      local done = rspamd_plugins.dkim.sign(task, { domain = domain, selector = keys[i], rawkey = keys[i + 1] })
      if done then
        task:insert_result(SIGNED, 1.0, keys[i])
      end
    end
  end

  lua_redis.redis_make_request(task, redis, domain, false, with_keys, 'HGETALL', { prefix .. domain })
end

local function hold_back(task)
  if task:has_symbol(FOREIGN) then
    local words = task:get_user() and 'Write the From address in the domain that you logged in with'
      or 'Mail that nobody logged in to send does not leave this host'
    task:set_pre_result('reject', words, 'fleetpost')
  elseif not task:has_symbol(SIGNED) then
    task:set_pre_result('soft reject', 'This message cannot be signed just now, please try again', 'fleetpost')
  end
end

local signer = rspamd_config:register_symbol({ name = SIGNED, type = 'normal', score = 0.0, callback = sign })
rspamd_config:register_symbol({ name = FOREIGN, type = 'virtual', score = 0.0, parent = signer })
rspamd_config:register_symbol({ name = 'FLEETPOST_HOLD_BACK', type = 'postfilter', callback = hold_back })
