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

-- Adds an event unless it was added for the job before.  What follows the colon
-- of its name ("search.face:2") tells events of one name apart at the gate alone.
local function publish(prefix, job, event, topic, data, kept, gate_s)
    local gate = prefix .. 'done:' .. job .. ':' .. event
    if not redis.call('SET', gate, '1', 'NX', 'EX', gate_s) then
        return 0
    end
    local name = string.match(event, '^[^:]+')
    redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', kept, '*',
        'epoch', epoch(prefix), 'topic', topic, 'event', name, 'job', job,
        'data', data)
    return 1
end

-- The log's name, its last id, how many entries were ever added to it, and how
-- many it keeps.
redis.register_function('facewire_log', function(keys)
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
    return {name, last, added, kept}
end)

-- Progress of a job: refused (-1) if a later attempt has begun, 0 if it was told
-- before, else 1.
redis.register_function('facewire_progress', function(keys, args)
    local prefix = keys[1]
    local job, attempt = args[1], tonumber(args[2])
    local key = prefix .. 'attempt:' .. job
    if attempt < tonumber(redis.call('GET', key) or '0') then
        return -1
    end
    redis.call('SET', key, attempt, 'EX', HOUR_S)
    return publish(prefix, job, args[3], args[4], args[5], args[6], HOUR_S)
end)
