-- Mail that is handed up is scored like all other and never refused for its score: reports come as archives, and some
-- quote what they complain of; so do bounces. It goes for mails whose recipients are all in such domains, of which the
-- file says which, or return paths.
local domains = rspamd_config:add_map({
  url = '@DOMAINS@',
  type = 'set',
  description = 'domains whose mail is handed up',
})

local function is_return_path(recipient)
  local user = recipient.user:lower()
  return #user == 36 and user:find('^[0-9a-v]+$') and recipient.domain:lower():find('^bounce%.')
end

rspamd_config:register_symbol({
  name = 'FLEETPOST_NEVER_REFUSED',
  type = 'prefilter',
  priority = 10,
  flags = 'empty,explicit_disable,ignore_passthrough',
  callback = function(task)
    local recipients = task:get_recipients('smtp') or {}
    for _, recipient in ipairs(recipients) do
      if not domains:get_key(recipient.domain:lower()) and not is_return_path(recipient) then
        return
      end
    end
    if #recipients > 0 then
      task:set_settings({ actions = { reject = 1000000 } })
    end
  end,
})
