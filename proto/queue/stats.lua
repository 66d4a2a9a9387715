local function count_workers(prefix)
    return redis.call('ZCOUNT', prefix .. 'workers', now_ms() - 5000, '+inf')
end

-- What there is to do, for people who watch.
redis.register_function('facewire_stats', function(keys)
    local prefix = keys[1]
    local waiting = {0, 0}
    local accounts = redis.call('SMEMBERS', prefix .. 'capped')
    for priority = 0, 1 do
        local sum = 0
        for _, account in ipairs(redis.call('ZRANGE', prefix .. 'ring:' .. priority, 0, -1)) do
            sum = sum + redis.call('LLEN', list_of(prefix, priority, account))
        end
        for _, account in ipairs(accounts) do
            sum = sum + redis.call('LLEN', list_of(prefix, priority, account))
        end
        waiting[priority + 1] = sum
    end
    return {waiting[1], waiting[2], redis.call('ZCARD', prefix .. 'live:ring'),
        redis.call('ZCARD', prefix .. 'leases'),
        redis.call('ZCARD', prefix .. 'delayed'),
        count_workers(prefix)}
end)

-- How the recognition service answered a worker lately: '', or what is wrong.
redis.register_function('facewire_tell_recognition', function(keys, args)
    redis.call('SET', keys[1] .. 'recognition', args[1], 'EX', DAY_S)
    return 1
end)

-- The workers that were heard of lately, and what one told last of the
-- recognition service, behind whether one did.
redis.register_function('facewire_workers', function(keys)
    local told = redis.call('GET', keys[1] .. 'recognition')
    return {count_workers(keys[1]), told and 1 or 0, told or ''}
end)
