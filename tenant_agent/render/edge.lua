-- Turns away at the door what would do harm inside: mail that goes in a circle, and more than a flood of it.
--
-- Whoever sends too much is asked to wait, so that nothing is lost: bounces are counted by who hands them in, since
-- anybody can make them up, and all mail by the domain that it is for, since it waits with the mail of others. A mail
-- counts once for each of its recipients, as it is kept once for each.

local lua_redis = require "lua_redis"

local redis = lua_redis.parse_redis_server('fleetpost')
local LOOP, FLOOD = 'FLEETPOST_LOOP', 'FLEETPOST_FLOOD'
local MINUTE = 60
local MOST_BOUNCES = 120
local MOST_FOR_A_DOMAIN = 3000
local IPV6_SITE_BITS = 64

local function plain(address)
  local name, domain = address:lower():match('^%s*<?([^%s<>]*)@([^%s<>@]+)>?%s*$')
  return name and name:match('^[^+]*') .. '@' .. domain
end

-- What a route has passed on bears the address that it came to (as Postfix's own "Delivered-To:" does).
local function has_been_here(task, recipients)
  local before = {}
  for _, field in ipairs(task:get_header_full('Delivered-To') or {}) do
    before[plain(field.decoded or '') or ''] = true
  end
  for _, recipient in ipairs(recipients) do
    if not before[plain(recipient.addr or '') or 0] then
      return false
    end
  end
  return #recipients > 0
end

local function refuse_circles(task)
  local recipients = task:get_recipients('smtp') or {}
  if has_been_here(task, recipients) then
    task:insert_result(LOOP, 1.0)
    task:set_pre_result('reject', 'This mail has been at this address before: it goes in a circle', 'fleetpost')
  end
end

local function count(task, key, asked)
  local function counted(err, number)
    if err or type(number) ~= 'number' then
      return  -- who cannot count lets it in
    end
    if number == asked.number then
      lua_redis.redis_make_request(task, redis, key, true, function() end, 'EXPIRE', { key, tostring(MINUTE) })
    elseif number > asked.most then
      task:insert_result(FLOOD, 1.0)
      task:set_pre_result('soft reject', asked.words, 'fleetpost')
    end
  end
  lua_redis.redis_make_request(task, redis, key, true, counted, 'INCRBY', { key, tostring(asked.number) })
end

local function site_of(task)
  local address = task:get_from_ip()
  if not address or not address:is_valid() then
    return 'nobody'
  end
  return tostring(address:get_version() == 6 and address:apply_mask(IPV6_SITE_BITS) or address)
end

local function is_bounce(recipient)
  return #recipient.user == 36 and recipient.domain:lower():find('^bounce%.')
end

local function hold_up_floods(task)
  if not redis then
    return
  end
  local all = {}
  for _, recipient in ipairs(task:get_recipients('smtp') or {}) do
    local key, most, words = 'fleetpost:mail:' .. recipient.domain:lower(), MOST_FOR_A_DOMAIN,
      'Too much mail for this domain just now, please try again in a minute'
    if is_bounce(recipient) then
      key, most, words = 'fleetpost:bounces:' .. site_of(task), MOST_BOUNCES,
        'Too many bounces from your address, please try again in a minute'
    end
    all[key] = all[key] or { number = 0, most = most, words = words }
    all[key].number = all[key].number + 1
  end
  for key, asked in pairs(all) do
    count(task, key .. ':' .. math.floor(os.time() / MINUTE), asked)
  end
end

rspamd_config:register_symbol({ name = LOOP, type = 'prefilter', priority = 9, callback = refuse_circles })
rspamd_config:register_symbol({ name = FLOOD, type = 'prefilter', priority = 8, callback = hold_up_floods })
