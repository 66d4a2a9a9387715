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

-- What is known of a job is one text: "<ended> <priority> <stages> <account>" while
-- it waits, runs or is delayed, and "<ended>" for a day behind its end.  `ended` is
-- the attempt whose end was told last, NONE, or GONE.  Stages have no blanks.
local NONE, GONE = '0', 'gone'

local function job_of(prefix, job)
    return prefix .. 'job:' .. job
end

local function known_of(ended, priority, stages, account)
    return ended .. ' ' .. priority .. ' ' .. stages .. ' ' .. account
end

local function ended_of(known)
    return known and string.match(known, '^%S+') or NONE
end

local function is_queued(known)
    return known and string.find(known, ' ', 1, true) ~= nil
end

-- Whether an attempt has nothing to tell any more.
local function is_over(ended, attempt)
    return ended == GONE or tonumber(ended) >= attempt
end

-- Adds an event to the log.  Servers alone read the stages beside the data.
local function log_event(prefix, log, job, event, topic, data, kept, stages)
    redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', kept, '*',
        'epoch', log, 'topic', topic, 'event', event, 'job', job,
        'data', data, 'stages', stages)
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

-- Progress of a job: refused (-1) if a later attempt has begun or an end was
-- told, 0 if it was told before, else 1; and to whoever starts it the stages that
-- it came with.  The hash `told` remembers an attempt and its progress for a day.
-- What follows the colon of an event's name ("search.face:2")
-- tells events of one name apart at the gate alone.
redis.register_function('facewire_progress', function(keys, args)
    local prefix = keys[1]
    local job, attempt, event = args[1], tonumber(args[2]), args[3]
    local memory = prefix .. 'told:' .. job
    local known = redis.call('GET', job_of(prefix, job))
    local told = redis.call('HMGET', memory, 'attempt', event)
    local latest = tonumber(told[1] or '0')
    if attempt < latest or is_over(ended_of(known), attempt) then
        return {-1, ''}
    end
    if attempt > latest then
        redis.call('HSET', memory, 'attempt', args[2], event, '1')
        redis.call('EXPIRE', memory, DAY_S)
    elseif not told[2] then
        redis.call('HSET', memory, event, '1')
    end
    if not told[2] then
        log_event(prefix, epoch(prefix), job, string.match(event, '^[^:]+'),
            args[4], args[5], args[6], '')
    end
    local stages = known and event == 'job.started' and
        string.match(known, '^%S+ %d+ (%S*)')
    return {told[2] and 0 or 1, stages or ''}
end)
