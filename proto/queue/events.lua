-- Events: added once each, behind a gate.

-- The name of the log.  It is made from the clock, so that it never comes again.
local function epoch(prefix)
    local name = redis.call('GET', prefix .. 'epoch')
    if not name then
        name = string.format('e%x', now_us())
        redis.call('SET', prefix .. 'epoch', name)
    end
    return name
end

-- What is remembered of a job: its attempt, and the events that were told.  An
-- attempt and an end keep it for a day.
local function memory_of(prefix, job)
    return prefix .. 'told:' .. job
end

-- Adds an event to the log.  What follows the colon of its name
-- ("search.face:2") tells events of one name apart at the gate alone.  Servers
-- alone read the stages beside the data.
local function log_event(prefix, job, event, topic, data, kept, stages)
    redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', kept, '*',
        'epoch', epoch(prefix), 'topic', topic,
        'event', string.match(event, '^[^:]+'), 'job', job, 'data', data,
        'stages', stages)
end

-- The gate: adds an event unless it was added for the job before.  1 if it was
-- new.
local function publish(prefix, job, event, topic, data, kept, stages)
    if redis.call('HSETNX', memory_of(prefix, job), event, '1') == 0 then
        return 0
    end
    log_event(prefix, job, event, topic, data, kept, stages)
    return 1
end

-- The log's name, its last id, how many entries were ever added to it, how many
-- it keeps, and whether the entry of an id is among those.
redis.register_function('facewire_log', function(keys, args)
    local prefix = keys[1]
    local name = epoch(prefix)
    local info = redis.pcall('XINFO', 'STREAM', prefix .. 'events')
    local last, added, kept = '0-0', 0, 0
    if not info['err'] then
        for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then last = info[i + 1] end
            if info[i] == 'entries-added' then added = info[i + 1] end
            if info[i] == 'length' then kept = info[i + 1] end
        end
    end
    local found = redis.call('XRANGE', prefix .. 'events', args[1], args[1])
    return {name, last, added, kept, #found}
end)

-- Progress of a job: refused (-1) if a later attempt has begun, 0 if it was told
-- before, else 1; and to whoever starts it the stages that it came with.
redis.register_function('facewire_progress', function(keys, args)
    local prefix = keys[1]
    local job, attempt = args[1], tonumber(args[2])
    local memory = memory_of(prefix, job)
    local latest = tonumber(redis.call('HGET', memory, 'attempt') or '0')
    if attempt < latest then
        return {-1, ''}
    end
    if attempt > latest then
        redis.call('HSET', memory, 'attempt', args[2])
        redis.call('EXPIRE', memory, DAY_S)
    end
    local known = args[3] == 'job.started' and
        redis.call('HGET', prefix .. 'known', job) or ''
    return {publish(prefix, job, args[3], args[4], args[5], args[6], ''),
        string.match(known, '^%d+ (%S*)') or ''}
end)
