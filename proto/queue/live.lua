-- The live lane: the newest frame of each session, nothing queued up.  Frames
-- stay with their server until a worker is named to it, and go from one to the
-- other through a channel; here stands only who waits for whom.  None of it goes
-- to disk or to replicas: it is of no use after a second.
local function forget_soon()
    redis.set_repl(redis.REPL_NONE)
end

local WORKERS_WAIT_S = '10' -- they say so anew each second

-- Tells a server something, in the order in which it is told.
local function tell_server(prefix, server, data)
    local stream = prefix .. 'live:out:' .. server
    redis.call('XADD', stream, 'MAXLEN', '~', 256, '*', 'data', data)
    redis.call('EXPIRE', stream, 60)
end

-- Offers a session's frame.  The worker that is to have it; '' if it has to wait
-- for one.  Too many that wait drop the one that has waited longest.
redis.register_function('facewire_offer', function(keys, args)
    forget_soon()
    local prefix, session, server, cap = keys[1], args[1], args[2], tonumber(args[3])
    local ring = prefix .. 'live:ring'
    local waiting = server .. ' ' .. session
    local consumer = redis.call('LPOP', prefix .. 'live:free')
    if consumer then
        redis.call('ZREM', ring, waiting)
        return consumer
    end
    redis.call('ZADD', ring, 'NX', now_ms(), waiting)
    if redis.call('ZCARD', ring) > cap then
        redis.call('ZPOPMIN', ring)
    end
    return ''
end)

-- A worker has room for so many frames, and no more: those that have waited
-- longest are called for, and for the others it waits itself.  How many were.
redis.register_function('facewire_await_frames', function(keys, args)
    forget_soon()
    local prefix, consumer, room = keys[1], args[1], tonumber(args[2])
    local free = prefix .. 'live:free'
    local called = 0
    redis.call('LREM', free, 0, consumer)
    while called < room do
        local waiting = redis.call('ZPOPMIN', prefix .. 'live:ring')[1]
        if not waiting then
            break
        end
        local server, session = string.match(waiting, '^(%S+) (%S+)$')
        tell_server(prefix, server,
            '{"give":"' .. session .. '","to":"' .. consumer .. '"}')
        called = called + 1
    end
    for _ = called + 1, room do
        redis.call('RPUSH', free, consumer)
    end
    redis.call('EXPIRE', free, WORKERS_WAIT_S)
    return called
end)

-- A result for one connection of one server.
redis.register_function('facewire_live_result', function(keys, args)
    forget_soon()
    tell_server(keys[1], args[1], args[2])
    return 1
end)
