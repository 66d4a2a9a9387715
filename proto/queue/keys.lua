#!lua name=facewire
-- The functions that server and workers share work with; see queue.md.  Every
-- function gets the keys' prefix as its one key.

local HOUR_S = 3600
local DAY_S = 86400
local GROUP = 'workers'

local function now_us()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function now_ms()
    return math.floor(now_us() / 1000)
end

-- Wakes one worker that waits for work.  More than a few tokens say nothing new.
local function ring_bell(prefix)
    redis.call('LPUSH', prefix .. 'bell', '1')
    redis.call('LTRIM', prefix .. 'bell', 0, 63)
end
