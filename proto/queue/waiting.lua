-- Jobs that wait: lists by priority and account, and a ring of the accounts that
-- have work and room.

local function list_of(prefix, priority, account)
    return prefix .. 'wait:' .. priority .. ':' .. account
end

-- An account that joins begins where the others are: it gets no credit for the
-- time in which it had nothing to do.
local function join_ring(prefix, priority, account)
    local ring = prefix .. 'ring:' .. priority
    local start = redis.call('GET', prefix .. 'clock:' .. priority) or '0'
    redis.call('ZADD', ring, 'NX', start, account)
end

-- Lets jobs of one account wait.
local function wait(prefix, priority, account, jobs, first)
    local list = list_of(prefix, priority, account)
    local length = redis.call(first and 'LPUSH' or 'RPUSH', list, unpack(jobs))
    if redis.call('SISMEMBER', prefix .. 'capped', account) == 0 then
        -- With others before it, its account is in the ring already.
        if length == #jobs then
            join_ring(prefix, priority, account)
        end
        ring_bell(prefix)
    end
end

-- Moves what is due out of the schedule, some at a time, and returns how many
-- milliseconds it is until the next is due (-1: none).
local function promote(prefix)
    local schedule = prefix .. 'delayed'
    local next_due = redis.call('ZRANGE', schedule, 0, 0, 'WITHSCORES')
    if not next_due[2] then
        return -1
    end
    local now = now_ms()
    if tonumber(next_due[2]) > now then
        return next_due[2] - now
    end
    local due = redis.call('ZRANGE', schedule, '-inf', now, 'BYSCORE', 'LIMIT',
        0, 100)
    for _, job in ipairs(due) do
        redis.call('ZREM', schedule, job)
        local known = redis.call('GET', job_of(prefix, job))
        if is_queued(known) then
            local priority, account = string.match(known, '^%S+ (%d+) %S* (.*)$')
            wait(prefix, priority, account, {job}, false)
        end
    end
    next_due = redis.call('ZRANGE', schedule, 0, 0, 'WITHSCORES')
    return next_due[2] and math.max(0, next_due[2] - now) or -1
end

-- How many jobs an account gets in one go: until it is the next one's turn, and
-- while it has room.
local function turn_of(prefix, account, weight, lead, count, cap)
    local flying = redis.call('HGET', prefix .. 'inflight', account) or 0
    local turn = lead and math.ceil(lead * weight) or count
    return math.max(1, math.min(turn, count, cap - flying))
end

-- The next jobs, `count` at most, of one account: its list, the account and the
-- priority; or nothing.  Interactive goes before backfill, and inside each the
-- account that has had least of its share.
local function pick(prefix, count, cap)
    for _, priority in ipairs(PRIORITIES) do
        local ring = prefix .. 'ring:' .. priority
        local first = redis.call('ZRANGE', ring, 0, 1, 'WITHSCORES')
        if first[1] then
            local account, time = first[1], tonumber(first[2])
            local list = list_of(prefix, priority, account)
            local weight = tonumber(
                redis.call('HGET', prefix .. 'weight', account) or '1')
            local turn = turn_of(prefix, account, weight,
                first[4] and first[4] - time, count, cap)
            local jobs = redis.call('LPOP', list, turn)
            redis.call('SET', prefix .. 'clock:' .. priority,
                time + (#jobs - 1) / weight)
            if #jobs < turn or redis.call('EXISTS', list) == 0 then
                redis.call('ZREM', ring, account)
            else
                redis.call('ZADD', ring, time + #jobs / weight, account)
            end
            local flying = redis.call('HINCRBY', prefix .. 'inflight', account,
                #jobs)
            if flying >= cap then
                redis.call('SADD', prefix .. 'capped', account)
                redis.call('ZREM', prefix .. 'ring:0', account)
                redis.call('ZREM', prefix .. 'ring:1', account)
            end
            return jobs, account, priority
        end
    end
end

-- So many jobs of the account less are in flight.
local function make_room(prefix, account, count)
    if redis.call('HINCRBY', prefix .. 'inflight', account, -count) <= 0 then
        redis.call('HDEL', prefix .. 'inflight', account)
    end
    if redis.call('SREM', prefix .. 'capped', account) == 1 then
        for _, priority in ipairs(PRIORITIES) do
            if redis.call('EXISTS', list_of(prefix, priority, account)) == 1 then
                join_ring(prefix, priority, account)
                ring_bell(prefix)
            end
        end
    end
end

-- Adds jobs that are not in the queue yet, and says that they are queued unless they
-- had a life already.  Behind the number of events that the log keeps come for
-- each: job, account, priority, topic, data and stages.  The answer has for each 1,
-- or 0 if it is there.
redis.register_function('facewire_add', function(keys, args)
    local prefix, kept = keys[1], args[1]
    local memories = {}
    for i = 2, #args, 6 do
        memories[#memories + 1] = job_of(prefix, args[i])
    end
    local known, log = redis.call('MGET', unpack(memories)), epoch(prefix)
    local answer, news, lines, is_added = {}, {}, {}, {}
    for k, memory in ipairs(memories) do
        local i = 6 * k - 4
        local job, account, priority, stages =
            args[i], args[i + 1], args[i + 2], args[i + 5]
        local is_new = not is_queued(known[k]) and not is_added[job]
        if is_new then
            local line = priority .. account
            lines[line] = lines[line] or {priority, account, {}}
            table.insert(lines[line][3], job)
            is_added[job] = true
            news[#news + 1] = memory
            news[#news + 1] =
                known_of(ended_of(known[k]), priority, stages, account)
            if not known[k] then
                log_event(prefix, log, job, 'job.queued', args[i + 3],
                    args[i + 4], kept, stages)
            end
        end
        answer[k] = is_new and 1 or 0
    end
    if #news > 0 then
        redis.call('MSET', unpack(news))
    end
    for _, line in pairs(lines) do
        wait(prefix, line[1], line[2], line[3], false)
    end
    return answer
end)
