/*
 * peer.c - programs that we are measured beside
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "log.h"
#include "patience.h"
#include "peer.h"
#include "xalloc.h"

enum { READY_MS = 30000, RESULT_MS = 180000, LINE_BYTES = 64 * 1024 };

/* Looks for a line of its log that begins so; to be freed. */
static char *find_line(const struct child *child, const char *beginning)
{
    FILE *log = fopen(child->log, "re");
    char *line = xmalloc(LINE_BYTES);
    bool is_found = false;

    while (log && !is_found && fgets(line, LINE_BYTES, log))
        is_found = strncmp(line, beginning, strlen(beginning)) == 0;
    if (log)
        fclose(log);
    if (is_found)
        return line;
    free(line);
    return NULL;
}

char *peer_path(const char *file)
{
    return xprintf("%s/bench/peers/%s", BENCH_SOURCE, file);
}

void peer_start(struct child *child, const char *const *arguments,
                const char *log)
{
    struct patience patience = patience_of(READY_MS);
    char *line;

    unlink(log);
    child_start(child, arguments, log);
    while (!(line = find_line(child, "ready")))
        if (!child_is_running(child) || !patience_lasts(&patience))
            child_give_up(child, "it did not get ready");
    free(line);
}

struct json *peer_result(struct child *child)
{
    struct json *result;
    char *line;

    if (child_wait(child, RESULT_MS) != 0)
        child_give_up(child, "it did not end well");
    line = find_line(child, "{");
    result = line ? json_parse(line, strlen(line)) : NULL;
    if (!result)
        child_give_up(child, "it found nothing");
    free(line);
    child_finish(child);
    return result;
}

void peer_stop(struct child *child)
{
    child_stop(child, 5000);
    child_finish(child);
}

bool peer_has(const char *program)
{
    char *command = xprintf("command -v %s", program);
    const char *arguments[] = {"sh", "-c", command, NULL};
    bool has = child_run(arguments, "/dev/null") == 0;

    free(command);
    return has;
}
