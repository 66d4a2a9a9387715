-- One rate for all workers: a generic cell rate limiter for each operation.

-- The factor that throttling has left, grown by 1% a second since.
local function factor_of(state, now)
    local factor = tonumber(state[3] or '1')
    local since = tonumber(state[4] or now)
    return math.min(1, factor + 0.01 * (now - since) / 1000000)
end

-- Reserves `cost` calls.  The answer: in how many microseconds the first may be
-- made (0 or less: at once), and how many lie between one and the next.  If the
-- first lies more than `patience_ms` away, the slots stay reserved for the job.
redis.register_function('facewire_limit', function(keys, args)
    local prefix, operation, job = keys[1], args[1], args[2]
    local rate, cost = tonumber(args[3]), tonumber(args[4])
    local is_backfill, patience_ms = args[5] == '1', tonumber(args[6])
    local key = prefix .. 'limit:' .. operation
    local grant = prefix .. 'grant:' .. job .. ':' .. operation
    local now = now_us()
    local granted = redis.call('GETDEL', grant)
    if granted then
        local start, interval = string.match(granted, '^(%S+) (%S+)$')
        return {math.floor(tonumber(start) - now), math.floor(tonumber(interval))}
    end
    local state = redis.call('HMGET', key, 'tat', 'backfill', 'factor', 'since')
    local factor = factor_of(state, now)
    local interval = 1000000 / (rate * factor)
    local burst = math.max(1000000, interval)
    local tat = math.max(tonumber(state[1] or '0'), now)
    local start = tat + interval - burst
    if is_backfill then
        -- A backfill draws at 80% of the rate; the rest is kept for people.
        local slower = interval / 0.8
        local backfill = math.max(tonumber(state[2] or '0'), now)
        start = math.max(start, backfill + slower - burst)
        redis.call('HSET', key, 'backfill', string.format('%.0f', backfill + slower * cost))
        interval = slower
    end
    redis.call('HSET', key, 'tat',
        string.format('%.0f', tat + 1000000 / (rate * factor) * cost))
    redis.call('EXPIRE', key, DAY_S)
    if start - now > patience_ms * 1000 then
        redis.call('SET', grant, string.format('%.0f %.0f', start, interval),
            'EX', 3600)
    end
    return {math.floor(start - now), math.floor(interval)}
end)

-- The service asked to slow down.
redis.register_function('facewire_slow_down', function(keys, args)
    local prefix, operation = keys[1], args[1]
    local key = prefix .. 'limit:' .. operation
    local now = now_us()
    local state = redis.call('HMGET', key, 'tat', 'backfill', 'factor', 'since',
        'slowed')
    if state[5] and now - tonumber(state[5]) < 1000000 then
        return 0
    end
    local factor = math.max(0.05, factor_of(state, now) * 0.7)
    redis.call('HSET', key, 'factor', factor, 'since', string.format('%.0f', now),
        'slowed', string.format('%.0f', now))
    return 1
end)
