-- Jobs in flight: a stream whose pending list is the leases.

local function ensure_group(prefix)
    redis.pcall('XGROUP', 'CREATE', prefix .. 'running', GROUP, '0', 'MKSTREAM')
end

local function enter(prefix, job, account, priority)
    redis.call('XADD', prefix .. 'running', '*', 'job', job, 'account', account,
        'priority', priority)
end

-- Reads what was just entered for the consumer: everything before it was read
-- in the same way, so it is that and nothing else.
local function read_entered(prefix, consumer, count)
    local answer = redis.pcall('XREADGROUP', 'GROUP', GROUP, consumer,
        'COUNT', count, 'STREAMS', prefix .. 'running', '>')
    if answer and answer['err'] then
        ensure_group(prefix)
        answer = redis.call('XREADGROUP', 'GROUP', GROUP, consumer,
            'COUNT', count, 'STREAMS', prefix .. 'running', '>')
    end
    return answer and answer[1][2] or {}
end

-- An entry as the caller gets it: id, job, account, priority.
local function flatten(list, entries)
    for _, entry in ipairs(entries) do
        local fields = entry[2]
        if fields then
            list[#list + 1] = entry[1]
            list[#list + 1] = fields[2]
            list[#list + 1] = fields[4]
            list[#list + 1] = fields[6]
        end
    end
    return list
end

-- Ends a lease.  True if it was one.
local function end_lease(prefix, entry, account)
    local acknowledged = redis.pcall('XACK', prefix .. 'running', GROUP, entry)
    redis.call('XDEL', prefix .. 'running', entry)
    if acknowledged ~= 1 then
        return false
    end
    make_room(prefix, account)
    return true
end

-- Takes up to `count` jobs.  First comes how many milliseconds it is until the
-- next delayed one is due (-1: none), then the entries.
redis.register_function('facewire_take', function(keys, args)
    local prefix = keys[1]
    local consumer, count, cap = args[1], tonumber(args[2]), tonumber(args[3])
    local taken = 0
    promote(prefix)
    while taken < count do
        local job, account, priority = pick(prefix, cap)
        if not job then
            break
        end
        enter(prefix, job, account, priority)
        taken = taken + 1
    end
    local next_due = redis.call('ZRANGE', prefix .. 'delayed', 0, 0, 'WITHSCORES')
    local wait_ms = -1
    if next_due[2] then
        wait_ms = math.max(0, tonumber(next_due[2]) - now_ms())
    end
    if taken == 0 then
        return {wait_ms}
    end
    return flatten({wait_ms}, read_entered(prefix, consumer, taken))
end)

-- Renews a worker's leases, given as entry, job, account, priority.  For each
-- the answer is its entry (a new one, if Redis has forgotten it), or '' if the
-- lease is somebody else's by now.
redis.register_function('facewire_beat', function(keys, args)
    local prefix, consumer = keys[1], args[1]
    local stream = prefix .. 'running'
    local answer = {}
    redis.call('ZADD', prefix .. 'workers', now_ms(), consumer)
    ensure_group(prefix)
    for i = 2, #args, 4 do
        local entry, job, account, priority =
            args[i], args[i + 1], args[i + 2], args[i + 3]
        local pending = redis.call('XPENDING', stream, GROUP, entry, entry, 1)
        local is_forgotten = not pending[1] and
            redis.call('HEXISTS', prefix .. 'known', job) == 0
        if pending[1] and pending[1][2] == consumer then
            redis.call('XCLAIM', stream, GROUP, consumer, 0, entry, 'JUSTID')
            answer[#answer + 1] = entry
        elseif is_forgotten then
            redis.call('HSET', prefix .. 'known', job, priority .. ' ' .. account)
            redis.call('HINCRBY', prefix .. 'inflight', account, 1)
            enter(prefix, job, account, priority)
            answer[#answer + 1] = read_entered(prefix, consumer, 1)[1][1]
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
    local stream = prefix .. 'running'
    local claimed = redis.pcall('XAUTOCLAIM', stream, GROUP, consumer, lease_ms,
        '0-0', 'COUNT', count)
    if claimed['err'] then
        return {}
    end
    local gone = redis.call('ZRANGE', prefix .. 'workers', '-inf',
        now_ms() - 60000, 'BYSCORE', 'LIMIT', 0, 10)
    for _, worker in ipairs(gone) do
        local pending = redis.pcall('XPENDING', stream, GROUP, '-', '+', 1, worker)
        if not pending[1] then
            redis.pcall('XGROUP', 'DELCONSUMER', stream, GROUP, worker)
            redis.call('ZREM', prefix .. 'workers', worker)
        end
    end
    return flatten({}, claimed[2])
end)

-- The gate: the event that says how the job ended is added if it is new; in
-- every case the job is over.  1 if it was new.
redis.register_function('facewire_finish', function(keys, args)
    local prefix = keys[1]
    local entry, job, account = args[1], args[2], args[3]
    local added = publish(prefix, job, args[4], args[5], args[6], args[7], DAY_S)
    end_lease(prefix, entry, account)
    redis.call('HDEL', prefix .. 'known', job)
    -- No attempt so far has progress to tell any more; those after a replay have.
    local attempt = tonumber(string.match(args[4], ':(%d+)$') or '0')
    redis.call('SET', prefix .. 'attempt:' .. job, attempt + 1, 'EX', HOUR_S)
    return added
end)

-- The job will be tried again after a while.
redis.register_function('facewire_delay', function(keys, args)
    local prefix = keys[1]
    local entry, job, account, priority, delay_ms =
        args[1], args[2], args[3], args[4], tonumber(args[5])
    if end_lease(prefix, entry, account) then
        redis.call('HSET', prefix .. 'known', job, priority .. ' ' .. account)
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

-- The job is over without a word: its row is gone, or somebody else's.
redis.register_function('facewire_drop', function(keys, args)
    local prefix = keys[1]
    end_lease(prefix, args[1], args[3])
    redis.call('HDEL', prefix .. 'known', args[2])
    return 1
end)
