-- Seals mail that is passed on for somebody else (RFC 8617): so its next reader can believe what our checks had found.
--
-- The stock module asks for a chain to be verified here, where nobody has come in. We verified it at the node that took
-- the mail, and are told what came of it: "cv=pass; spf=pass smtp.mailfrom=…; …".
-- Written by the Fleetpost agent; changes made here are lost.

local hash = require "rspamd_cryptobox_hash"
local lua_mime = require "lua_mime"
local lua_util = require "lua_util"
local rsa = require "rspamd_rsa"
local rsa_privkey = require "rspamd_rsa_privkey"
local util = require "rspamd_util"

local AAR, AMS, AS = 'ARC-Authentication-Results', 'ARC-Message-Signature', 'ARC-Seal'
local MOST_INSTANCES = 50

local function fields_of(task, name)
  local found, count = {}, 0
  for _, field in ipairs(task:get_header_full(name) or {}) do
    local number = tonumber(field.value:match('%f[%w]i%s*=%s*(%d+)'))
    if not number or found[number] then
      return nil
    end
    found[number], count = field.value, count + 1
  end
  return found, count
end

-- Whatever is there already, in the order in which it was written; nil for what is no chain.
local function chain_of(task)
  local chain, length = {}, nil
  for _, name in ipairs({ AAR, AMS, AS }) do
    local found, count = fields_of(task, name)
    if not found or (length and count ~= length) then
      return nil
    end
    chain[name], length = found, count
  end
  for number = 1, length do
    for _, found in pairs(chain) do
      if not found[number] then
        return nil
      end
    end
  end
  return length < MOST_INSTANCES and chain or nil, length
end

local function digest(chain, length, results, signature, seal)
  local canonical = rspamd_plugins.dkim.canon_header_relaxed
  local context = hash.create_specific('sha256')
  for number = 1, length do
    for _, name in ipairs({ AAR, AMS, AS }) do
      context:update(canonical(name, chain[name][number]))
    end
  end
  context:update(canonical(AAR, results))
  context:update(canonical(AMS, signature))
  context:update('arc-seal:' .. seal)
  return context:bin()
end

-- Takes the key as PEM: RFC 8617 knows RSA only. Gives false where the mail has a chain that nobody could go on with: it is passed on as it is.
local function seal(task, domain, selector, text, validity, results)
  local chain, length = chain_of(task)
  if not chain or validity == 'fail' or (length == 0) ~= (validity == 'none') then
    return false
  end
  local number = length + 1
  local signed, signature = rspamd_plugins.dkim.sign(task, {
    domain = domain,
    selector = selector,
    rawkey = text,
    sign_type = 'arc-sign',
    arc_idx = number,
    arc_cv = validity,
    no_cache = true,
  })
  if not signed then
    return false
  end
  signature = lua_util.fold_header(task, AMS, signature)
  results = lua_util.fold_header(task, AAR, string.format('i=%d; %s', number, results), ';')
  local value = string.format('i=%d; a=rsa-sha256; t=%d; cv=%s; d=%s; s=%s; b=', number,
    math.floor(util.get_time()), validity, domain, selector)
  local line_break = task:has_flag('milter') and 'lf' or task:get_newlines_type()
  local bytes = rsa.sign_memory(rsa_privkey.load_pem(text), digest(chain, length, results, signature, value))
  value = value .. bytes:base64(70, line_break)
  lua_mime.modify_headers(task, {
    add = {
      [AAR] = { order = 1, value = results },
      [AMS] = { order = 1, value = signature },
      [AS] = { order = 1, value = lua_util.fold_header(task, AS, value) },
    },
    order = { AAR, AMS, AS },
  })
  return true
end

return seal
