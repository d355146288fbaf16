-- Mail that is handed up is scored like all other and never refused for its score: reports come as archives, and some
-- quote what they complain of. It goes for mails whose recipients are all in such domains; the file says which.
local domains = rspamd_config:add_map({
  url = '/var/lib/fleetpost/maps/never_refused',
  type = 'set',
  description = 'domains whose mail is handed up',
})

rspamd_config:register_symbol({
  name = 'FLEETPOST_NEVER_REFUSED',
  type = 'prefilter',
  priority = 10,
  flags = 'empty,explicit_disable,ignore_passthrough',
  callback = function(task)
    local recipients = task:get_recipients('smtp') or {}
    for _, recipient in ipairs(recipients) do
      if not domains:get_key(recipient.domain:lower()) then
        return
      end
    end
    if #recipients > 0 then
      task:set_settings({ actions = { reject = 1000000 } })
    end
  end,
})
