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
        redis.call('ZCOUNT', prefix .. 'workers', now_ms() - 5000, '+inf')}
end)
