-- The live lane: the newest frame of each session, nothing queued up.  None of it
-- goes to disk or to replicas: it is of no use after a second.
local function forget_soon()
    redis.set_repl(redis.REPL_NONE)
end

-- Offers a frame in place of the one that still waits, if any.  1 if one did.
redis.register_function('facewire_offer', function(keys, args)
    forget_soon()
    local prefix = keys[1]
    local session, meta, image, expires_ms, cap =
        args[1], args[2], args[3], args[4], tonumber(args[5])
    local frame = prefix .. 'live:frame:' .. session
    local ring = prefix .. 'live:ring'
    redis.call('HSET', frame, 'meta', meta, 'image', image)
    redis.call('PEXPIRE', frame, expires_ms)
    local is_new = redis.call('ZADD', ring, 'NX', now_ms(), session)
    if redis.call('ZCARD', ring) > cap then
        local oldest = redis.call('ZPOPMIN', ring)
        redis.call('DEL', prefix .. 'live:frame:' .. oldest[1])
    end
    ring_bell(prefix)
    return 1 - is_new
end)

-- Takes the frame that has waited longest: it becomes `live:taken:<consumer>`,
-- which its taker reads by itself.  An image that came back through here would
-- cost Redis more than all else that it does for a frame, since every byte of a
-- text is hashed.  How many frames wait behind it; -1: there was none.
redis.register_function('facewire_take_live', function(keys, args)
    forget_soon()
    local prefix, consumer = keys[1], args[1]
    local ring = prefix .. 'live:ring'
    while true do
        local session = redis.call('ZPOPMIN', ring)[1]
        if not session then
            return -1
        end
        local frame = prefix .. 'live:frame:' .. session
        if redis.call('EXISTS', frame) == 1 then
            redis.call('RENAME', frame, prefix .. 'live:taken:' .. consumer)
            return redis.call('ZCARD', ring)
        end
    end
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
