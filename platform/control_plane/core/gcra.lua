-- The generic cell rate algorithm over several counters at once: either all of them count, or none does.
-- KEYS: the counters. ARGV: for each counter the microseconds that one request takes, and how many may come at once.
-- A counter holds the moment at which it is as if nothing had ever come. Time is the server's own, so that the clocks of
-- many processes do not matter. Gives: microseconds to wait (0: go on), which counter is tightest, how many more may
-- come at once under it, and after how many microseconds it is as if nothing had come.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local busy_until, wait, tightest, least = {}, 0, 1, nil

for place, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * place - 1]), tonumber(ARGV[2 * place])
  busy_until[place] = math.max(tonumber(redis.call('GET', key) or now), now) + interval
  wait = math.max(wait, busy_until[place] - now - interval * burst)
  local remaining = math.floor((interval * burst - (busy_until[place] - now)) / interval)
  if least == nil or remaining < least then
    tightest, least = place, remaining
  end
end

if wait > 0 then
  local interval = tonumber(ARGV[2 * tightest - 1])
  return {math.ceil(wait), tightest, 0, busy_until[tightest] - interval - now}
end
for place, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', busy_until[place]), 'PX', math.ceil((busy_until[place] - now) / 1000))
end
return {0, tightest, least, busy_until[tightest] - now}
