-- Jobs in flight.  A lease is an entry in `leases`, by when it was last renewed, and
-- says by itself whose it is and of which job:
-- "<when it was made> <consumer> <job> <priority> <account>".

-- Makes leases for jobs of one account, and adds them to `list` as callers get
-- them.  With the time in them they never come again, even when Redis forgets the
-- ones before.
local function make_leases(prefix, consumer, jobs, account, priority, list)
    local now = now_us()
    local now_text = string.format('%.0f', math.floor(now / 1000))
    local head = string.format('%.0f ', now) .. consumer .. ' '
    local tail = ' ' .. priority .. ' ' .. account
    local leases = {}
    for i, job in ipairs(jobs) do
        local entry, count = head .. job .. tail, #list
        leases[2 * i - 1], leases[2 * i] = now_text, entry
        list[count + 1], list[count + 2] = entry, job
        list[count + 3], list[count + 4] = account, priority
    end
    redis.call('ZADD', prefix .. 'leases', unpack(leases))
end

-- Ends leases, each of a job of the account beside it.  The answer has for each
-- whether it was one.
local function end_leases(prefix, entries, accounts)
    local held = redis.call('ZMSCORE', prefix .. 'leases', unpack(entries))
    local ended, is_counted = {}, {}
    for i, entry in ipairs(entries) do
        if held[i] and not is_counted[entry] then
            ended[accounts[i]] = (ended[accounts[i]] or 0) + 1
            is_counted[entry] = true
        end
    end
    redis.call('ZREM', prefix .. 'leases', unpack(entries))
    for account, count in pairs(ended) do
        make_room(prefix, account, count)
    end
    return held
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
            return list
        end
        make_leases(prefix, consumer, jobs, account, priority, list)
        taken = taken + #jobs
    end
    if redis.call('EXISTS', prefix .. 'ring:0', prefix .. 'ring:1') > 0 then
        ring_bell(prefix)
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
        local memory = job_of(prefix, job)
        if redis.call('ZSCORE', prefix .. 'leases', entry) then
            redis.call('ZADD', prefix .. 'leases', now, entry)
            answer[#answer + 1] = entry
        elseif redis.call('EXISTS', memory) == 0 then
            local list = {}
            redis.call('SET', memory, known_of(NONE, priority, '', account))
            redis.call('HINCRBY', prefix .. 'inflight', account, 1)
            make_leases(prefix, consumer, {job}, account, priority, list)
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
        local job, priority, account = string.match(entry,
            '^%S+ %S+ (%S+) (%d+) (.*)$')
        redis.call('ZREM', prefix .. 'leases', entry)
        make_leases(prefix, consumer, {job}, account, priority, list)
    end
    redis.call('ZREMRANGEBYSCORE', prefix .. 'workers', '-inf', now - 60000)
    return list
end)

-- The gate: tells how jobs ended, each end if it is new; in every case the jobs
-- are over.  Behind the number of events that the log keeps come for each: entry,
-- job, account, event with its attempt, topic, data and stages.  The answer has
-- for each 1 if its end was new.
redis.register_function('facewire_finish', function(keys, args)
    local prefix, kept = keys[1], args[1]
    local entries, accounts, memories = {}, {}, {}
    for i = 2, #args, 7 do
        local k = #entries + 1
        entries[k], accounts[k] = args[i], args[i + 2]
        memories[k] = job_of(prefix, args[i + 1])
    end
    local known, log = redis.call('MGET', unpack(memories)), epoch(prefix)
    local answer, since = {}, {}
    for k, memory in ipairs(memories) do
        local i = 7 * k - 5
        local event, attempt = string.match(args[i + 3], '^([^:]+):(%d+)$')
        local ended = since[memory] or ended_of(known[k])
        local is_new = not is_over(ended, tonumber(attempt))
        if is_new then
            log_event(prefix, log, args[i + 1], event, args[i + 4], args[i + 5],
                kept, args[i + 6])
            ended = attempt
        end
        redis.call('SET', memory, ended, 'EX', DAY_S)
        since[memory] = ended
        answer[k] = is_new and 1 or 0
    end
    end_leases(prefix, entries, accounts)
    return answer
end)

-- The job is over, for its row is gone: the event says so, unless its end was
-- told before.  An attempt that was overtaken may come to its own end before or
-- behind this one: whichever is first is told.
redis.register_function('facewire_drop', function(keys, args)
    local prefix = keys[1]
    local entry, job, account = args[1], args[2], args[3]
    local memory = job_of(prefix, job)
    local ended = ended_of(redis.call('GET', memory))
    local is_new = ended == NONE
    if is_new then
        log_event(prefix, epoch(prefix), job, string.match(args[4], '^[^:]+'),
            args[5], args[6], args[7], '')
        ended = GONE
    end
    redis.call('SET', memory, ended, 'EX', DAY_S)
    end_leases(prefix, {entry}, {account})
    return is_new and 1 or 0
end)

-- The job will be tried again after a while.
redis.register_function('facewire_delay', function(keys, args)
    local prefix = keys[1]
    local entry, job, account, delay_ms =
        args[1], args[2], args[3], tonumber(args[5])
    if end_leases(prefix, {entry}, {account})[1] then
        redis.call('ZADD', prefix .. 'delayed', now_ms() + delay_ms, job)
    end
    return 1
end)

-- The worker goes away: somebody else may have the job at once.
redis.register_function('facewire_hand_back', function(keys, args)
    local prefix = keys[1]
    local entry, job, account, priority = args[1], args[2], args[3], args[4]
    if end_leases(prefix, {entry}, {account})[1] then
        wait(prefix, priority, account, {job}, true)
    end
    return 1
end)
