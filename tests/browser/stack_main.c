/*
 * stack_main.c - keeps a whole Facewire up for tests that are not written in C
 *
 * It says where the server listens, as one line of JSON, then does what the
 * lines of its input ask ("kill server", "start server" …) and answers each
 * with a line of its own.  When the input ends, whoever read the answers is
 * gone, and so is the stack.
 */
#include <signal.h>

#include "stack.h"
#include "unit.h"

static struct stack stack;

static const struct part {
    const char *name;
    struct child *child;
    void (*start)(struct stack *stack);
} parts[] = {
    {"server", &stack.server, stack_start_server},
    {"worker", &stack.worker, stack_start_worker},
    {"engine", &stack.engine, stack_start_engine},
};

static void kill_part(const struct part *part)
{
    child_signal(part->child, SIGKILL);
    child_wait(part->child, 10000);
}

static const struct part *part_of(const char *name)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}

static bool obey(const char *line)
{
    char verb[16], name[16];
    const struct part *part;

    if (strcmp(line, "empty redis\n") == 0) {
        redis_server_say(&stack.redis, "flushall");
        return true;
    }
    if (sscanf(line, "%15s %15s", verb, name) != 2 || !(part = part_of(name)))
        return false;
    if (strcmp(verb, "kill") == 0)
        kill_part(part);
    else if (strcmp(verb, "start") == 0)
        part->start(&stack);
    else
        return false;
    return true;
}

int main(void)
{
    char line[64];

    stack_start_all(&stack);
    printf("{\"port\":%d}\n", stack.port);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        printf("{\"ok\":%s}\n", obey(line) ? "true" : "false");
        fflush(stdout);
    }
    stack_stop(&stack);
    return 0;
}
