/*
 * Somebody without models fetches them: `facewire models get`, in a tree of the
 * story's own whose models.lock names a server that does not always do well.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "digest.h"
#include "port.h"
#include "unit.h"
#include "xalloc.h"

enum { MODEL_BYTES = 200000, WAIT_MS = 10000 };

static const char log_path[] = "models.log";
static unsigned char model[MODEL_BYTES];
static char sha256[DIGEST_HEX_BYTES];
static int port;
static pid_t server;

/* ---- the server ---- */

/* What it sends for a path: as many bytes as it says, or not. */
static void answer(int fd, const char *request)
{
    bool is_cut = strstr(request, "/cut") != NULL;
    bool is_wrong = strstr(request, "/wrong") != NULL;
    bool is_long = strstr(request, "/long") != NULL;
    size_t said = MODEL_BYTES + (is_long ? 1000000 : 0);
    char head[256];

    if (strstr(request, "/missing")) {
        (void)!write(fd, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", 38);
        return;
    }
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n",
             said);
    (void)!write(fd, head, strlen(head));
    model[0] ^= is_wrong;
    (void)!write(fd, model, is_cut ? MODEL_BYTES / 2 : MODEL_BYTES);
    model[0] ^= is_wrong;
}

static _Noreturn void serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 8) < 0)
        _exit(1);
    for (;;) {
        char request[4096] = "";
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0 && read(fd, request, sizeof request - 1) > 0)
            answer(fd, request);
        close(fd);
    }
}

static int open_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof model; i++)
        model[i] = (unsigned char)(i * i % 251);
    digest_sha256_hex(model, sizeof model, sha256);
    port = port_free();
    server = fork();
    if (server == 0)
        serve();
    return port_answers(port, WAIT_MS) ? 0 : -1;
}

static int close_server(void **state)
{
    (void)state;
    return kill(server, SIGKILL);
}

/* ---- the tree ---- */

static void write_lock(const char *detector, const char *embedder)
{
    FILE *lock = fopen("below/tree/models.lock", "we");

    fprintf(lock,
            "# a comment\n"
            "detector finder.onnx %d %s MIT http://127.0.0.1:%d%s\n"
            "embedder kept.onnx %d %s MIT https://nowhere.invalid (converted)\n"
            "embedder knower.onnx %d %s MIT http://127.0.0.1:%d%s\n"
            "age ages.onnx 10 %s MIT https://nowhere.invalid (converted)\n",
            MODEL_BYTES, sha256, port, detector, MODEL_BYTES, sha256,
            MODEL_BYTES, sha256, port, embedder, sha256);
    fclose(lock);
}

/* A launcher with nothing but its scripts and such a lock. */
static void make_tree(const char *detector, const char *embedder)
{
    char *source = xstrdup(unit_source("facewire"));
    char *command;

    *strrchr(source, '/') = '\0';
    command = xprintf("rm -rf below; mkdir -p below/tree/deploy; cd below/tree;"
                      " cp '%s/facewire' .; cp -r '%s/deploy/local' deploy",
                      source, source);
    assert_int_equal(
        child_run((const char *[]){"sh", "-c", command, NULL}, log_path), 0);
    write_lock(detector, embedder);
    free(command);
    free(source);
}

/* Runs it, behind shell commands; what it says is to be freed. */
static char *get_models(const char *before, int wanted_status)
{
    char *command =
        xprintf("%s; cd below/tree; FACEWIRE_MODELS= no_proxy=127.0.0.1 exec "
                "./facewire models get",
                before);
    const char *arguments[] = {"sh", "-c", command, NULL};

    remove(log_path);
    assert_int_equal(child_run(arguments, log_path), wanted_status);
    free(command);
    return unit_read_file(log_path, NULL);
}

static void assert_says(char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
    free(text);
}

static void assert_model(const char *name)
{
    char path[256], found[DIGEST_HEX_BYTES];
    size_t len;
    char *bytes;

    snprintf(path, sizeof path, "below/tree/models/%s", name);
    bytes = unit_read_file(path, &len);
    digest_sha256_hex(bytes, len, found);
    assert_string_equal(found, sha256);
    free(bytes);
}

/* Neither the model nor a part of it. */
static void assert_nothing_left(void)
{
    const char *look[] = {"sh", "-c", "test -z \"$(ls below/tree/models)\"",
                          NULL};

    assert_int_equal(child_run(look, "/dev/null"), 0);
}

/* ---- the story ---- */

static void what_is_missing_is_fetched_and_told(void **state)
{
    char *said;

    (void)state;
    make_tree("/good", "/good");
    said = get_models(":", 0);
    assert_non_null(strstr(said, "getting finder.onnx from http://127.0.0.1:"));
    assert_non_null(strstr(said, "/models/knower.onnx\n"));
    assert_says(said, "age: none; attributes that need it are left out");
    assert_model("finder.onnx");
    assert_model("knower.onnx");
}

static void what_is_there_is_not_fetched_again(void **state)
{
    (void)state;
    make_tree("/good", "/good");
    free(get_models(":", 0));
    write_lock("/missing", "/missing");
    assert_says(get_models(":", 0), "/models/finder.onnx\n");
}

static void other_bytes_under_its_name_are_replaced(void **state)
{
    (void)state;
    make_tree("/good", "/good");
    free(get_models("mkdir below/tree/models; "
                    "echo old > below/tree/models/finder.onnx",
                    0));
    assert_model("finder.onnx");
}

static void other_bytes_that_come_are_refused(void **state)
{
    (void)state;
    make_tree("/wrong", "/good");
    assert_says(get_models(":", 1),
                "what came has other bytes than models.lock demands");
    assert_nothing_left();
}

static void more_bytes_than_the_lock_says_are_not_read(void **state)
{
    (void)state;
    make_tree("/long", "/good");
    assert_says(get_models(":", 1), "Maximum file size exceeded");
    assert_nothing_left();
}

static void a_download_that_breaks_off_leaves_nothing(void **state)
{
    (void)state;
    make_tree("/cut", "/good");
    assert_says(get_models(":", 1), "no detector model could be had");
    assert_nothing_left();
}

/* A file may have 64 blocks, as if the disk were full then. */
static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    make_tree("/good", "/good");
    assert_says(get_models("trap '' XFSZ; ulimit -f 64", 1),
                "no detector model could be had: put one that models.lock "
                "names into ");
    assert_nothing_left();
}

static void without_a_network_it_says_what_to_do(void **state)
{
    int there = port;

    (void)state;
    port = port_free();
    make_tree("/good", "/good");
    port = there;
    assert_says(get_models(":", 1), "no detector model could be had: put one "
                                    "that models.lock names into ");
    assert_nothing_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_fetched_and_told),
        cmocka_unit_test(what_is_there_is_not_fetched_again),
        cmocka_unit_test(other_bytes_under_its_name_are_replaced),
        cmocka_unit_test(other_bytes_that_come_are_refused),
        cmocka_unit_test(more_bytes_than_the_lock_says_are_not_read),
        cmocka_unit_test(a_download_that_breaks_off_leaves_nothing),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(without_a_network_it_says_what_to_do),
    };

    return cmocka_run_group_tests(tests, open_server, close_server);
}
