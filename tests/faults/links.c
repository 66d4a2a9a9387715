/*
 * links.c - a door on every way between two parts of a stack
 *
 * Programs are told of them by their settings, as an operator would.
 */
#include <stdio.h>
#include <stdlib.h>

#include "links.h"
#include "xalloc.h"

static char *door_path(const struct stack *stack, const char *who)
{
    return xprintf("%s/%s.door", stack->mariadb.folder, who);
}

static struct proxy *open_database(const struct stack *stack, const char *who)
{
    char *path = door_path(stack, who);
    struct proxy *proxy =
        proxy_create(path, &(struct proxy_place){stack->mariadb.socket, 0});

    free(path);
    return proxy;
}

static struct proxy *open_port(int port)
{
    return proxy_create(NULL, &(struct proxy_place){NULL, port});
}

void links_open(struct links *links, const struct stack *stack)
{
    *links = (struct links){
        .client_server = open_port(stack->port),
        .server_redis = open_port(stack->redis.port),
        .server_database = open_database(stack, "server"),
        .worker_redis = open_port(stack->redis.port),
        .worker_database = open_database(stack, "worker"),
        .worker_engine = open_port(stack->engine_port),
    };
}

void links_close(struct links *links)
{
    proxy_destroy(links->client_server);
    proxy_destroy(links->server_redis);
    proxy_destroy(links->server_database);
    proxy_destroy(links->worker_redis);
    proxy_destroy(links->worker_database);
    proxy_destroy(links->worker_engine);
    *links = (struct links){0};
}

void links_heal(struct links *links)
{
    proxy_heal(links->client_server);
    proxy_heal(links->server_redis);
    proxy_heal(links->server_database);
    proxy_heal(links->worker_redis);
    proxy_heal(links->worker_database);
    proxy_heal(links->worker_engine);
}

void links_cut_worker(struct links *links)
{
    proxy_cut_all(links->worker_redis);
    proxy_cut_all(links->worker_database);
    proxy_cut_all(links->worker_engine);
}

static void tell_port(const char *name, const char *scheme,
                      const struct proxy *proxy)
{
    char *url = xprintf("%s://127.0.0.1:%d", scheme, proxy_port(proxy));

    setenv(name, url, 1);
    free(url);
}

static void tell_database(const struct stack *stack, const char *who)
{
    char *path = door_path(stack, who);

    setenv("FACEWIRE_DATABASE_SOCKET", path, 1);
    free(path);
}

static void tell_server(const struct links *links, const struct stack *stack)
{
    tell_port("FACEWIRE_REDIS_URL", "redis", links->server_redis);
    tell_database(stack, "server");
}

void links_start_server(struct links *links, struct stack *stack)
{
    tell_server(links, stack);
    stack_start_server(stack);
}

void links_launch_server(struct links *links, struct stack *stack)
{
    tell_server(links, stack);
    stack_launch_server(stack);
}

void links_start_worker(struct links *links, struct stack *stack)
{
    tell_port("FACEWIRE_REDIS_URL", "redis", links->worker_redis);
    tell_port("FACEWIRE_REKOGNITION_ENDPOINT", "http", links->worker_engine);
    tell_database(stack, "worker");
    stack_start_worker(stack);
}

void links_start_second_worker(struct stack *stack)
{
    char *endpoint = xprintf("http://127.0.0.1:%d", stack->engine_port);

    setenv("FACEWIRE_REDIS_URL", stack->redis.url, 1);
    setenv("FACEWIRE_REKOGNITION_ENDPOINT", endpoint, 1);
    setenv("FACEWIRE_DATABASE_SOCKET", stack->mariadb.socket, 1);
    stack_start_second_worker(stack);
    free(endpoint);
}
