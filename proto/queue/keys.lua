#!lua name=facewire
-- The functions that server and workers share work with; see queue.md.  Every
-- function gets the keys' prefix as its one key.

-- Texts, since a number costs more to pass on.
local DAY_S = '86400'
local PRIORITIES = {'0', '1'}
local BELL_MAX = 64

local function now_us()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function now_ms()
    return math.floor(now_us() / 1000)
end

-- Wakes one worker that waits for work; if it leaves some, it wakes the next.
-- More than a few tokens say nothing new.
local function ring_bell(prefix)
    local bell = prefix .. 'bell'
    if redis.call('LPUSH', bell, '1') > BELL_MAX then
        redis.call('LTRIM', bell, 0, BELL_MAX / 2 - 1)
    end
end

-- How many parts there are: the number that came first since Redis was empty.
redis.register_function('facewire_agree', function(keys, args)
    local key = keys[1] .. 'parts'
    redis.call('SET', key, args[1], 'NX')
    return tonumber(redis.call('GET', key))
end)
