-- Jobs in flight.  A lease is an entry in `leases`, by when it was last renewed;
-- `holders` says whose it is and of which job.

local function holder_of(consumer, job, account, priority)
    return consumer .. ' ' .. job .. ' ' .. priority .. ' ' .. account
end

-- Adds a lease to `list` as callers get it.
local function tell_lease(list, entry, job, account, priority)
    local count = #list
    list[count + 1] = entry
    list[count + 2] = job
    list[count + 3] = account
    list[count + 4] = priority
end

-- Makes leases for jobs of one account, and tells them in `list`.  Entries are
-- made of the time, so that they never come again, even when Redis forgets the
-- ones before; `serial` keeps those of one call apart.
local function make_leases(prefix, consumer, jobs, account, priority, serial, list)
    local now = now_us()
    local now_text = string.format('%.0f', math.floor(now / 1000))
    local leases, holders = {}, {}
    for i, job in ipairs(jobs) do
        local entry = string.format('%.0f-%d', now, serial + i)
        leases[2 * i - 1], leases[2 * i] = now_text, entry
        holders[2 * i - 1] = entry
        holders[2 * i] = holder_of(consumer, job, account, priority)
        tell_lease(list, entry, job, account, priority)
    end
    redis.call('ZADD', prefix .. 'leases', unpack(leases))
    redis.call('HSET', prefix .. 'holders', unpack(holders))
end

-- Ends a lease.  True if it was one.
local function end_lease(prefix, entry, account)
    if redis.call('ZREM', prefix .. 'leases', entry) == 0 then
        return false
    end
    redis.call('HDEL', prefix .. 'holders', entry)
    make_room(prefix, account)
    return true
end

-- Takes up to `count` jobs.  First comes how many milliseconds it is until the
-- next delayed one is due (-1: none), then the leases.
redis.register_function('facewire_take', function(keys, args)
    local prefix = keys[1]
    local consumer, count, cap = args[1], tonumber(args[2]), tonumber(args[3])
    local list, taken = {promote(prefix)}, 0
    while taken < count do
        local jobs, account, priority = pick(prefix, count - taken, cap)
        if not jobs then
            break
        end
        make_leases(prefix, consumer, jobs, account, priority, taken, list)
        taken = taken + #jobs
    end
    return list
end)

-- Renews a worker's leases, given as entry, job, account, priority.  For each
-- the answer is its entry (a new one, if Redis has forgotten it), or '' if the
-- lease is somebody else's by now.
redis.register_function('facewire_beat', function(keys, args)
    local prefix, consumer = keys[1], args[1]
    local now = now_ms()
    local answer = {}
    redis.call('ZADD', prefix .. 'workers', now, consumer)
    for i = 2, #args, 4 do
        local entry, job, account, priority =
            args[i], args[i + 1], args[i + 2], args[i + 3]
        local holder = redis.call('HGET', prefix .. 'holders', entry)
        local is_forgotten = not holder and
            redis.call('HEXISTS', prefix .. 'known', job) == 0
        if holder == holder_of(consumer, job, account, priority) then
            redis.call('ZADD', prefix .. 'leases', now, entry)
            answer[#answer + 1] = entry
        elseif is_forgotten then
            local list = {}
            redis.call('HSET', prefix .. 'known', job,
                known_of(priority, '', account))
            redis.call('HINCRBY', prefix .. 'inflight', account, 1)
            make_leases(prefix, consumer, {job}, account, priority, i, list)
            answer[#answer + 1] = list[1]
        else
            answer[#answer + 1] = ''
        end
    end
    return answer
end)

-- Gives leases that have run out to this worker, and forgets workers that are
-- long gone.
redis.register_function('facewire_sweep', function(keys, args)
    local prefix, consumer, lease_ms, count = keys[1], args[1], args[2], args[3]
    local now = now_ms()
    local lost = redis.call('ZRANGE', prefix .. 'leases', '-inf', now - lease_ms,
        'BYSCORE', 'LIMIT', 0, count)
    local list = {}
    for _, entry in ipairs(lost) do
        local holder = redis.call('HGET', prefix .. 'holders', entry)
        local job, priority, account = string.match(holder,
            '^%S+ (%S+) (%d+) (.*)$')
        redis.call('ZADD', prefix .. 'leases', now, entry)
        redis.call('HSET', prefix .. 'holders', entry,
            holder_of(consumer, job, account, priority))
        tell_lease(list, entry, job, account, priority)
    end
    redis.call('ZREMRANGEBYSCORE', prefix .. 'workers', '-inf', now - 60000)
    return list
end)

-- The gate: the event that says how the job ended is added if it is new; in
-- every case the job is over.  1 if it was new.
redis.register_function('facewire_finish', function(keys, args)
    local prefix = keys[1]
    local entry, job, account = args[1], args[2], args[3]
    local memory = memory_of(prefix, job)
    local told = redis.call('HMGET', memory, args[4], 'ended')
    local is_new = not told[1] and told[2] ~= 'gone'
    if is_new then
        -- No attempt so far has progress to tell any more; those after a replay
        -- have.
        local attempt = string.match(args[4], ':(%d+)$') or '0'
        redis.call('HSET', memory, args[4], '1', 'attempt',
            string.format('%d', attempt + 1), 'ended', 'told')
        redis.call('EXPIRE', memory, DAY_S)
        log_event(prefix, job, args[4], args[5], args[6], args[7], args[8])
    end
    end_lease(prefix, entry, account)
    redis.call('HDEL', prefix .. 'known', job)
    return is_new and 1 or 0
end)

-- The job is over, for its row is gone: the event says so, unless its end was
-- told before.  An attempt that was overtaken may come to its own end before or
-- behind this one: whichever is first is told.
redis.register_function('facewire_drop', function(keys, args)
    local prefix = keys[1]
    local entry, job, account = args[1], args[2], args[3]
    local memory = memory_of(prefix, job)
    local added = 0
    if redis.call('HSETNX', memory, 'ended', 'gone') == 1 then
        redis.call('EXPIRE', memory, DAY_S)
        added = publish(prefix, job, args[4], args[5], args[6], args[7], '')
    end
    end_lease(prefix, entry, account)
    redis.call('HDEL', prefix .. 'known', job)
    return added
end)

-- The job will be tried again after a while.
redis.register_function('facewire_delay', function(keys, args)
    local prefix = keys[1]
    local entry, job, account, priority, delay_ms =
        args[1], args[2], args[3], args[4], tonumber(args[5])
    if end_lease(prefix, entry, account) then
        redis.call('HSETNX', prefix .. 'known', job,
            known_of(priority, '', account))
        redis.call('ZADD', prefix .. 'delayed', now_ms() + delay_ms, job)
    end
    return 1
end)

-- The worker goes away: somebody else may have the job at once.
redis.register_function('facewire_hand_back', function(keys, args)
    local prefix = keys[1]
    local entry, job, account, priority = args[1], args[2], args[3], args[4]
    if end_lease(prefix, entry, account) then
        wait(prefix, priority, account, job, true)
    end
    return 1
end)
