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

local function wait(prefix, priority, account, job, first)
    local list = list_of(prefix, priority, account)
    redis.call(first and 'LPUSH' or 'RPUSH', list, job)
    if redis.call('SISMEMBER', prefix .. 'capped', account) == 0 then
        join_ring(prefix, priority, account)
        ring_bell(prefix)
    end
end

-- Moves what is due out of the schedule, some at a time.
local function promote(prefix)
    local due = redis.call('ZRANGE', prefix .. 'delayed', '-inf', now_ms(),
        'BYSCORE', 'LIMIT', 0, 100)
    for _, job in ipairs(due) do
        redis.call('ZREM', prefix .. 'delayed', job)
        local known = redis.call('HGET', prefix .. 'known', job)
        if known then
            local priority, account = string.match(known, '^(%d+) (.*)$')
            wait(prefix, priority, account, job, false)
        end
    end
end

-- The next job, or nothing: interactive before backfill, and inside each the
-- account that has had least of its share.
local function pick(prefix, cap)
    for priority = 0, 1 do
        local ring = prefix .. 'ring:' .. priority
        local first = redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES')
        if first[1] then
            local account, time = first[1], tonumber(first[2])
            local list = list_of(prefix, priority, account)
            local job = redis.call('LPOP', list)
            local weight = tonumber(
                redis.call('HGET', prefix .. 'weight', account) or '1')
            redis.call('SET', prefix .. 'clock:' .. priority, time)
            if redis.call('EXISTS', list) == 0 then
                redis.call('ZREM', ring, account)
            else
                redis.call('ZADD', ring, time + 1 / weight, account)
            end
            local flying = redis.call('HINCRBY', prefix .. 'inflight', account, 1)
            if flying >= cap then
                redis.call('SADD', prefix .. 'capped', account)
                redis.call('ZREM', prefix .. 'ring:0', account)
                redis.call('ZREM', prefix .. 'ring:1', account)
            end
            return job, account, priority
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
    if redis.call('HSETNX', prefix .. 'known', job,
        priority .. ' ' .. account) == 0 then
        return 0
    end
    publish(prefix, job, 'job.queued', args[5], args[6], args[7], HOUR_S)
    if tonumber(delay_ms) > 0 then
        redis.call('ZADD', prefix .. 'delayed', now_ms() + delay_ms, job)
    else
        wait(prefix, priority, account, job, false)
    end
    return 1
end)
