-- Jobs that wait: lists by priority and account, and a ring of the accounts that
-- have work and room.

-- What is known of a job.  Its stages have no blanks.
local function known_of(priority, stages, account)
    return priority .. ' ' .. stages .. ' ' .. account
end

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

local function wait(prefix, priority, account, job, first)
    local list = list_of(prefix, priority, account)
    local length = redis.call(first and 'LPUSH' or 'RPUSH', list, job)
    if redis.call('SISMEMBER', prefix .. 'capped', account) == 0 then
        -- With others before it, its account is in the ring already.
        if length == 1 then
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
        local known = redis.call('HGET', prefix .. 'known', job)
        if known then
            local priority, account = string.match(known, '^(%d+) %S* (.*)$')
            wait(prefix, priority, account, job, false)
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
    for priority = 0, 1 do
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

-- One job of the account less is in flight.
local function make_room(prefix, account)
    if redis.call('HINCRBY', prefix .. 'inflight', account, -1) <= 0 then
        redis.call('HDEL', prefix .. 'inflight', account)
    end
    if redis.call('SREM', prefix .. 'capped', account) == 1 then
        for priority = 0, 1 do
            if redis.call('EXISTS', list_of(prefix, priority, account)) == 1 then
                join_ring(prefix, priority, account)
                ring_bell(prefix)
            end
        end
    end
end

-- Adds a job that is not known yet, and says that it is queued.  1, or 0 if it
-- is known.
redis.register_function('facewire_add', function(keys, args)
    local prefix = keys[1]
    local job, account, priority, delay_ms = args[1], args[2], args[3], args[4]
    local stages = args[8]
    if redis.call('HSETNX', prefix .. 'known', job,
        known_of(priority, stages, account)) == 0 then
        return 0
    end
    publish(prefix, job, 'job.queued', args[5], args[6], args[7], stages)
    if tonumber(delay_ms) > 0 then
        redis.call('ZADD', prefix .. 'delayed', now_ms() + delay_ms, job)
    else
        wait(prefix, priority, account, job, false)
    end
    return 1
end)
