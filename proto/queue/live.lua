-- The live lane: the newest frame of each session, nothing queued up.  None of it
-- goes to disk or to replicas: it is of no use after a second.
local function forget_soon()
    redis.set_repl(redis.REPL_NONE)
end

-- Offers a frame in place of the one that still waits, if any.  1 if it replaced
-- one.
redis.register_function('facewire_offer', function(keys, args)
    forget_soon()
    local prefix = keys[1]
    local session, meta, image, expires_ms, cap =
        args[1], args[2], args[3], args[4], tonumber(args[5])
    local frame = prefix .. 'live:frame:' .. session
    local ring = prefix .. 'live:ring'
    local replaced = redis.call('EXISTS', frame)
    redis.call('HSET', frame, 'meta', meta, 'image', image)
    redis.call('PEXPIRE', frame, expires_ms)
    redis.call('ZADD', ring, 'NX', now_ms(), session)
    if redis.call('ZCARD', ring) > cap then
        local oldest = redis.call('ZPOPMIN', ring)
        redis.call('DEL', prefix .. 'live:frame:' .. oldest[1])
    end
    ring_bell(prefix)
    return replaced
end)

-- Takes up to `count` frames: meta and image of each.
redis.register_function('facewire_take_live', function(keys, args)
    forget_soon()
    local prefix, count = keys[1], tonumber(args[1])
    local taken = {}
    while #taken < 2 * count do
        local session = redis.call('ZPOPMIN', prefix .. 'live:ring')[1]
        if not session then
            break
        end
        local frame = prefix .. 'live:frame:' .. session
        local parts = redis.call('HMGET', frame, 'meta', 'image')
        redis.call('DEL', frame)
        if parts[1] then
            taken[#taken + 1] = parts[1]
            taken[#taken + 1] = parts[2]
        end
    end
    return taken
end)

-- A result for one connection of one server.
redis.register_function('facewire_live_result', function(keys, args)
    forget_soon()
    local prefix, server, data = keys[1], args[1], args[2]
    local stream = prefix .. 'live:out:' .. server
    redis.call('XADD', stream, 'MAXLEN', '~', 256, '*', 'data', data)
    redis.call('EXPIRE', stream, 60)
    return 1
end)
