/*
 * stack.c - a whole Facewire of the story's own
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "patience.h"
#include "port.h"
#include "stack.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum { START_MS = 60000, STOP_MS = 60000 };

static void set(const char *name, const char *value)
{
    setenv(name, value, 1);
}

static void set_number(const char *name, int number)
{
    char text[16];

    snprintf(text, sizeof text, "%d", number);
    set(name, text);
}

/* What a story may have said before stays. */
static void set_unless(const char *name, const char *value)
{
    setenv(name, value, 0);
}

/* Where the models are is known from the source tree, unless it was said. */
static void find_models(void)
{
    if (!getenv("FACEWIRE_MODELS"))
        set("FACEWIRE_MODELS", unit_shared("FACEWIRE_MODELS", "models", "."));
}

static void tell_programs(struct stack *stack)
{
    char *endpoint = xprintf("http://127.0.0.1:%d", stack->engine_port);

    set("FACEWIRE_REDIS_URL",
        stack->has_cluster ? stack->cluster.url : stack->redis.url);
    set_number("FACEWIRE_LOG_PARTS", stack->parts);
    set("FACEWIRE_DATABASE_SOCKET", stack->mariadb.socket);
    set("FACEWIRE_DATABASE_PASSWORD", "secret");
    set("FACEWIRE_IMAGES", "images");
    set("FACEWIRE_ENGINE_DATA", "engine");
    set("FACEWIRE_ENGINE_KEYS", "engine/keys");
    set_number("FACEWIRE_ENGINE_PORT", stack->engine_port);
    set("FACEWIRE_REKOGNITION_ENDPOINT", endpoint);
    set("FACEWIRE_REKOGNITION_KEYS", "engine/keys");
    set_number("FACEWIRE_PORT", stack->port);
    set_unless("FACEWIRE_DRAIN_MS", "2000");
    free(endpoint);
}

char *stack_program(const char *path)
{
    return xprintf(STACK_BUILD "/%s", path);
}

static void start_program(struct child *child, const char *path,
                          const char *log)
{
    char *program = stack_program(path);
    const char *arguments[] = {program, NULL};

    child_start(child, arguments, log);
    free(program);
}

/* Until the address answers 200. */
static void await(struct child *child, int port, const char *path)
{
    struct patience patience = patience_of(START_MS);
    const char *token = getenv("FACEWIRE_API_TOKEN");
    char *headers = token && *token
                        ? xprintf("Authorization: Bearer %s\r\n", token)
                        : xstrdup("");
    int status = 0;

    while (status != 200) {
        if (!child_is_running(child) || !patience_lasts(&patience))
            child_give_up(child, "it did not start");
        if (port_answers(port, 100))
            json_destroy(talk_with(port, "GET", path, headers, "", 0, &status));
    }
    free(headers);
}

void stack_launch_engine(struct stack *stack)
{
    child_finish(&stack->engine);
    start_program(&stack->engine, "engine/facewire-engine", "engine.log");
}

void stack_start_engine(struct stack *stack)
{
    stack_launch_engine(stack);
    await(&stack->engine, stack->engine_port, "/healthz");
}

void stack_launch_server(struct stack *stack)
{
    child_finish(&stack->server);
    start_program(&stack->server, "server/facewire-server", "server.log");
}

void stack_start_server(struct stack *stack)
{
    stack_launch_server(stack);
    await(&stack->server, stack->port, "/readyz");
}

static bool says(const char *log, const char *words)
{
    char *text = unit_read_file(log, NULL);
    bool is_there = strstr(text, words) != NULL;

    free(text);
    return is_there;
}

/* The port tells only that somebody is there; its log tells of itself. */
void stack_start_another_server(struct child *server, const char *log)
{
    struct patience patience = patience_of(START_MS);

    fclose(fopen(log, "we"));
    child_finish(server);
    start_program(server, "server/facewire-server", log);
    while (!says(log, "listening at") || !says(log, "redis=facewire-events up"))
        if (!child_is_running(server) || !patience_lasts(&patience))
            child_give_up(server, "it did not start");
}

void stack_start_worker(struct stack *stack)
{
    child_finish(&stack->worker);
    start_program(&stack->worker, "worker/facewire-worker", "worker.log");
}

void stack_start_second_worker(struct stack *stack)
{
    child_finish(&stack->second_worker);
    start_program(&stack->second_worker, "worker/facewire-worker",
                  "worker.log");
}

void stack_kill_worker(struct stack *stack)
{
    child_signal(&stack->worker, SIGKILL);
    child_wait(&stack->worker, STOP_MS);
    stack_start_worker(stack);
}

static void start_redis(struct stack *stack)
{
    const char *parts = getenv("FACEWIRE_TEST_PARTS");

    stack->has_cluster = parts != NULL;
    stack->parts = parts ? atoi(parts) : 1;
    if (stack->has_cluster)
        redis_cluster_start(&stack->cluster,
                            getenv("FACEWIRE_TEST_REPLICAS") != NULL);
    else
        redis_server_start(&stack->redis, true);
}

static void stop_redis(struct stack *stack)
{
    if (stack->has_cluster)
        redis_cluster_stop(&stack->cluster);
    else
        redis_server_stop(&stack->redis);
}

void stack_empty_redis(const struct stack *stack)
{
    if (stack->has_cluster)
        redis_cluster_say(&stack->cluster, "FLUSHALL");
    else
        redis_server_say(&stack->redis, "FLUSHALL");
}

void stack_prepare(struct stack *stack)
{
    const char *clean[] = {"sh", "-c",
                           "rm -rf images engine append* nodes-* *.log", NULL};
    const char *migrate[] = {STACK_BUILD "/sql/facewire-migrate", NULL};

    *stack = (struct stack){.engine_port = port_free(), .port = port_free()};
    find_models();
    child_run(clean, "/dev/null");
    mkdir("images", 0700);
    mkdir("engine", 0700);
    start_redis(stack);
    mariadb_server_start(&stack->mariadb);
    tell_programs(stack);
    if (child_run(migrate, "migrate.log") != 0)
        fail_msg("the schema cannot be made: see migrate.log");
}

void stack_start(struct stack *stack)
{
    stack_prepare(stack);
    stack_start_server(stack);
}

void stack_start_all(struct stack *stack)
{
    stack_start(stack);
    stack_start_engine(stack);
    stack_start_worker(stack);
}

static void stop(struct child *child)
{
    int status;

    if (!child->name)
        return;
    status = child_is_running(child) ? child_stop(child, STOP_MS) : 0;
    if (status != 0)
        child_give_up(child, "it did not end well");
    child_finish(child);
}

void stack_stop(struct stack *stack)
{
    stop(&stack->server);
    stop(&stack->worker);
    stop(&stack->second_worker);
    stop(&stack->engine);
    stop_redis(stack);
    mariadb_server_stop(&stack->mariadb);
}
