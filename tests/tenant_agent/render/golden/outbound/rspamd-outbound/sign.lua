-- Signs each message with every active key of its author's domain; one that cannot be signed waits.
--
-- The stock module takes one selector per domain from Redis. We sign with two (RSA and Ed25519), and want the keys of
-- a domain with one question: HGETALL <prefix><domain> gives selector, key, selector, key …
-- Written by the Fleetpost agent; changes made here are lost.

local lua_mime = require "lua_mime"
local lua_redis = require "lua_redis"
local logger = require "rspamd_logger"

local redis = lua_redis.parse_redis_server('fleetpost')
local options = rspamd_config:get_all_opt('fleetpost')
local prefix = options.key_prefix
local seal = dofile(options.seal)

local SIGNED = 'DKIM_SIGNED'
local FOREIGN = 'FLEETPOST_FOREIGN_AUTHOR'
local OWN = 'FLEETPOST_OWN_AUTHOR'
local PASSED_ON = 'FLEETPOST_PASSED_ON'
local MARK = 'X-Fleetpost-Passed-On'

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

local function ask_keys(task, domain, with_keys)
  local function answered(err, keys)
    if err or type(keys) ~= 'table' then
      logger.errx(task, 'no signing keys for %s: %s', domain, err)
      return
    end
    with_keys(keys)
  end

  lua_redis.redis_make_request(task, redis, domain, false, answered, 'HGETALL', { prefix .. domain })
end

-- What the agent passes on was written by others, and only their word can be for that: it is sealed for the domain whose
-- mail it was, by the return path, and signed for nobody, least of all for whom it says it is from.
local function pass_on(task, mark)
  lua_mime.modify_headers(task, { remove = { [MARK] = 0 } })
  local from = (task:get_from('smtp') or {})[1]
  local domain = (domain_of(from) or ''):match('^bounce%.(.+)$')
  local validity, results = mark:match('^cv=(%a+); (.+)$')
  if not domain or not results then
    return
  end
  ask_keys(task, domain, function(keys)
    for i = 1, #keys, 2 do
      if keys[i + 1]:find('^-----BEGIN') then  -- the others are no RSA keys
        local sealed = seal(task, domain, keys[i], keys[i + 1], validity, options.hostname .. '; ' .. results)
        task:insert_result(PASSED_ON, 1.0, sealed and 'sealed' or 'as it is')
        return
      end
    end
  end)
end

local function sign(task)
  local mark = task:get_header(MARK)
  if mark and not is_foreign(task, nil) then
    pass_on(task, mark)
    return
  end
  local domain = author_domain(task)
  if is_foreign(task, domain) then
    task:insert_result(FOREIGN, 1.0)
    return
  end
  if not domain then
    return
  end
  -- The host's own name is no customer's domain: only the agent writes in it, and there are no keys for it.
  if domain == options.hostname then
    task:insert_result(OWN, 1.0)
    return
  end

  ask_keys(task, domain, function(keys)
    for i = 1, #keys, 2 do
      local done = rspamd_plugins.dkim.sign(task, { domain = domain, selector = keys[i], rawkey = keys[i + 1] })
      if done then
        task:insert_result(SIGNED, 1.0, keys[i])
      end
    end
  end)
end

local function hold_back(task)
  if task:has_symbol(FOREIGN) then
    local words = task:get_user() and 'Write the From address in the domain that you logged in with'
      or 'Mail that nobody logged in to send does not leave this host'
    task:set_pre_result('reject', words, 'fleetpost')
  elseif not (task:has_symbol(SIGNED) or task:has_symbol(OWN) or task:has_symbol(PASSED_ON)) then
    task:set_pre_result('soft reject', 'This message cannot be signed just now, please try again', 'fleetpost')
  end
end

local signer = rspamd_config:register_symbol({ name = SIGNED, type = 'normal', score = 0.0, callback = sign })
rspamd_config:register_symbol({ name = FOREIGN, type = 'virtual', score = 0.0, parent = signer })
rspamd_config:register_symbol({ name = OWN, type = 'virtual', score = 0.0, parent = signer })
rspamd_config:register_symbol({ name = PASSED_ON, type = 'virtual', score = 0.0, parent = signer })
rspamd_config:register_symbol({ name = 'FLEETPOST_HOLD_BACK', type = 'postfilter', callback = hold_back })
