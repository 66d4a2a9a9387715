#include "unit.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "basics.h"
#include "clock.h"
#include "database.h"
#include "errors.h"
#include "mariadb_server.h"
#include "xalloc.h"

static struct mariadb_server server;

/* A database on a loop of its own, and how the last work ended. */
struct client {
    uv_loop_t loop;
    struct database *database;
    int done;
    int error;
    int busy;        /* so many were not begun */
    int unavailable; /* so many had no connection */
};

static int start_server(void **state)
{
    (void)state;
    mariadb_server_start(&server);
    mariadb_server_say(&server,
                       "USE facewire; CREATE TABLE words (id INT PRIMARY KEY, "
                       "word LONGTEXT CHARACTER SET utf8mb4, n BIGINT, x "
                       "DOUBLE) ENGINE=InnoDB");
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    mariadb_server_stop(&server);
    uv_library_shutdown(); /* OpenSSL keeps something for each thread */
    return 0;
}

static int empty_table(void **state)
{
    (void)state;
    mariadb_server_say(&server, "DELETE FROM facewire.words");
    return 0;
}

static struct database_options options_of(const char *path, size_t connections)
{
    return (struct database_options){.host = "",
                                     .socket = path,
                                     .user = "facewire",
                                     .password = "secret",
                                     .name = "facewire",
                                     .ca_file = "",
                                     .connections = connections,
                                     .waiting_max = 1000,
                                     .limit_ms = 2000};
}

static void open_client_with(struct client *client,
                             const struct database_options *options)
{
    *client = (struct client){0};
    uv_loop_init(&client->loop);
    client->database = database_create(&client->loop, options);
}

static void open_client(struct client *client, const char *path,
                        size_t connections)
{
    struct database_options options = options_of(path, connections);

    open_client_with(client, &options);
}

static void close_client(struct client *client)
{
    uv_run(&client->loop, UV_RUN_DEFAULT);
    database_destroy(client->database);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&client->loop), 0);
}

static void on_done(void *owner, int error)
{
    struct client *client = owner;

    client->done++;
    client->error = error;
}

static int run(struct client *client, database_work_fn *work, void *task)
{
    assert_int_equal(
        database_run(client->database, work, task, on_done, client), PENDING);
    uv_run(&client->loop, UV_RUN_DEFAULT);
    return client->error;
}

struct word {
    int64_t id;
    const char *text;
    size_t len;
    struct value n;
    double x;
    int rows;
    bool commit;
};

static int insert(struct connection *connection, void *task)
{
    struct word *word = task;
    struct value values[] = {value_integer(word->id),
                             value_bytes(word->text, word->len), word->n,
                             value_real(word->x)};

    return connection_run(connection,
                          "INSERT INTO words (id, word, n, x) VALUES (?,?,?,?)",
                          values, COUNT(values), NULL, NULL);
}

static int on_word(void *owner, const struct row *row)
{
    struct word *word = owner;

    word->rows++;
    assert_int_equal(row_integer(row, 0), word->id);
    assert_int_equal(row_len(row, 1), word->len);
    assert_memory_equal(row_text(row, 1), word->text, word->len);
    assert_null(row_text(row, 2));
    assert_int_equal(row_integer(row, 2), 0);
    assert_true(row_real(row, 3) == word->x);
    return 0;
}

static int select_one(struct connection *connection, void *task)
{
    struct word *word = task;
    struct value id = value_integer(word->id);

    return connection_run(connection,
                          "SELECT id, word, n, x FROM words WHERE id = ?", &id,
                          1, on_word, word);
}

static void values_come_back_as_they_went(void **state)
{
    static char large[300000];
    struct word words[] = {
        {.id = 1, .text = "short", .len = 5, .x = 0.5},
        {.id = -9007199254740993, .text = "", .len = 0, .x = -1e300},
        {.id = 2, .text = large, .len = sizeof large, .x = 1.0 / 3},
        {.id = 3, .text = large, .len = 256, .x = 0},
        {.id = 4, .text = large, .len = 255, .x = 99.9991226196289},
    };
    struct client client;

    (void)state;
    memset(large, 'w', sizeof large);
    mariadb_server_say(&server, "ALTER TABLE facewire.words MODIFY id BIGINT");
    open_client(&client, server.socket, 1);
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_int_equal(run(&client, insert, &words[i]), 0);
        assert_int_equal(run(&client, select_one, &words[i]), 0);
        assert_int_equal(words[i].rows, 1);
    }
    close_client(&client);
}

static void the_same_key_twice_is_a_duplicate(void **state)
{
    struct word word = {.id = 1, .text = "a", .len = 1};
    struct client client;

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, insert, &word), 0);
    assert_int_equal(run(&client, insert, &word), E_DUPLICATE);
    assert_int_equal(run(&client, select_one, &word), 0);
    close_client(&client);
}

static int insert_in_transaction(struct connection *connection, void *task)
{
    struct word *word = task;
    int error = connection_begin(connection);

    if (error == 0)
        error = insert(connection, task);
    if (error == 0 && word->commit)
        error = connection_commit(connection);
    return error;
}

static void what_is_not_committed_is_rolled_back(void **state)
{
    struct word word = {.id = 7, .text = "a", .len = 1};
    struct client client;

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, insert_in_transaction, &word), 0);
    assert_int_equal(run(&client, select_one, &word), 0);
    assert_int_equal(word.rows, 0);
    word.commit = true;
    assert_int_equal(run(&client, insert_in_transaction, &word), 0);
    assert_int_equal(run(&client, select_one, &word), 0);
    assert_int_equal(word.rows, 1);
    close_client(&client);
}

static int count_up(struct connection *connection, void *task)
{
    int *runs = task;

    (void)connection;
    ++*runs;
    return *runs < 3 ? E_CONFLICT : 0;
}

static void a_conflict_is_tried_again(void **state)
{
    struct client client;
    int runs = 0;

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, count_up, &runs), 0);
    assert_int_equal(runs, 3);
    close_client(&client);
}

static void many_pieces_of_work_share_few_connections(void **state)
{
    enum { PIECES = 200 };
    static struct word words[PIECES];
    struct client client;

    (void)state;
    open_client(&client, server.socket, 3);
    for (int i = 0; i < PIECES; i++) {
        words[i] = (struct word){.id = 100 + i, .text = "w", .len = 1};
        assert_int_equal(
            database_run(client.database, insert, &words[i], on_done, &client),
            PENDING);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(client.done, PIECES);
    assert_int_equal(client.error, 0);
    close_client(&client);
}

static int sleep_long(struct connection *connection, void *task)
{
    (void)task;
    return connection_run(connection, "SELECT SLEEP(30)", NULL, 0, NULL, NULL);
}

static void a_statement_past_its_limit_is_given_up(void **state)
{
    struct client client;
    struct word word = {.id = 8, .text = "a", .len = 1};

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, sleep_long, NULL), E_CONNECTION);
    assert_int_equal(run(&client, insert, &word), 0);
    close_client(&client);
}

/* A certificate that is good for 127.0.0.1. */
static void make_certificate(void)
{
    static const char *const arguments[] = {
        "openssl",  "req",
        "-x509",    "-newkey",
        "rsa:2048", "-nodes",
        "-days",    "2",
        "-subj",    "/CN=127.0.0.1",
        "-keyout",  "database-key.pem",
        "-out",     "database-certificate.pem",
        NULL};

    if (child_run(arguments, "openssl.log") != 0)
        unit_skip("there is no openssl program here");
}

/* The library has another number for it there. */
static void a_server_lost_under_tls_is_lost(void **state)
{
    struct client client;
    struct database_options options = options_of("", 1);
    struct word word = {.id = 10, .text = "a", .len = 1};
    char *folder = getcwd(NULL, 0);
    char *certificate = xprintf("%s/database-certificate.pem", folder);
    char *key = xprintf("%s/database-key.pem", folder);

    (void)state;
    make_certificate();
    server.certificate = certificate;
    server.key = key;
    child_stop(&server.child, 20000);
    mariadb_server_restart(&server);
    options.host = "127.0.0.1";
    options.port = server.port;
    options.ca_file = certificate;
    open_client_with(&client, &options);
    assert_int_equal(run(&client, insert, &word), 0);
    assert_int_equal(run(&client, sleep_long, NULL), E_CONNECTION);
    word.id = 11;
    assert_int_equal(run(&client, insert, &word), 0);
    close_client(&client);
    server.certificate = server.key = NULL;
    free(certificate);
    free(key);
    free(folder);
}

static void a_server_that_comes_back_is_found_again(void **state)
{
    struct client client;
    struct word word = {.id = 9, .text = "a", .len = 1};

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, insert, &word), 0);
    child_signal(&server.child, SIGKILL);
    child_wait(&server.child, 10000);
    assert_int_equal(run(&client, select_one, &word), E_UNAVAILABLE);
    mariadb_server_restart(&server);
    assert_int_equal(run(&client, select_one, &word), 0);
    assert_int_equal(word.rows, 1);

    /* Restarted while the connection was idle: nobody notices. */
    child_signal(&server.child, SIGKILL);
    child_wait(&server.child, 10000);
    mariadb_server_restart(&server);
    assert_int_equal(run(&client, select_one, &word), 0);
    assert_int_equal(word.rows, 2);
    close_client(&client);
}

static int bad_sql(struct connection *connection, void *task)
{
    (void)task;
    return connection_run(connection, "SELEKT 1", NULL, 0, NULL, NULL);
}

static int script(struct connection *connection, void *task)
{
    int error = connection_run_script(connection, task);
    struct word word = {.id = 50, .text = "a", .len = 1};

    return error ? error : select_one(connection, &word);
}

static void on_refused(void *owner, int error)
{
    struct client *client = owner;

    client->done++;
    client->busy += error == E_BUSY;
    client->unavailable += error == E_UNAVAILABLE;
    assert_int_not_equal(error, 0);
}

static void submit(struct client *client, database_work_fn *work)
{
    assert_int_equal(
        database_run(client->database, work, NULL, on_refused, client),
        PENDING);
}

static void work_behind_long_work_is_not_kept_waiting(void **state)
{
    struct client client;

    (void)state;
    open_client(&client, server.socket, 1);
    for (int i = 0; i < 5; i++)
        submit(&client, sleep_long);
    close_client(&client);
    assert_int_equal(client.done, 5);
    assert_in_range(client.busy, 3, 4); /* one may have been just in time */
}

static void work_behind_a_silent_server_is_not_kept_waiting(void **state)
{
    struct client client;
    int64_t start_ms = clock_steady_ms();

    (void)state;
    open_client(&client, server.socket, 1);
    child_signal(&server.child, SIGSTOP);
    for (int i = 0; i < 10; i++)
        submit(&client, sleep_long);
    close_client(&client);
    child_signal(&server.child, SIGCONT);
    assert_int_equal(client.done, 10);
    assert_int_equal(client.unavailable, 10);
    assert_in_range(clock_steady_ms() - start_ms, 0, 3 * 2000);
}

static void submit_later(uv_timer_t *timer)
{
    submit(timer->data, sleep_long);
    uv_close((uv_handle_t *)timer, NULL);
}

/* How many have connected, and were not accepted. */
static int count_knocks(int fd)
{
    int count = 0;

    for (int one; (one = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0; count++)
        close(one);
    return count;
}

static void who_waits_for_a_silent_server_is_told_with_the_first(void **state)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "silent"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct client client;
    uv_timer_t timers[8];

    (void)state;
    unlink("silent");
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(fd, 64), 0);
    open_client(&client, "silent", 1);
    submit(&client, sleep_long);
    for (size_t i = 0; i < COUNT(timers); i++) {
        uv_timer_init(&client.loop, &timers[i]);
        timers[i].data = &client;
        uv_timer_start(&timers[i], submit_later, 100 * (i + 1), 0);
    }
    close_client(&client);
    assert_int_equal(client.done, COUNT(timers) + 1);
    assert_int_equal(client.unavailable, client.done);
    assert_int_equal(count_knocks(fd), 1);
    close(fd);
}

static void refusals_leave_the_connection_usable(void **state)
{
    struct client client;
    static char good[] = "INSERT INTO words VALUES (50,'a',NULL,0);"
                         "INSERT INTO words VALUES (51,'b',NULL,0);";
    static char bad[] = "DELETE FROM words; SELEKT 1; DELETE FROM words";

    (void)state;
    open_client(&client, server.socket, 1);
    assert_int_equal(run(&client, bad_sql, NULL), E_REFUSED);
    assert_int_equal(run(&client, script, good), 0);
    assert_int_equal(run(&client, script, bad), E_REFUSED);
    assert_int_equal(run(&client, script, good), 0);
    close_client(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_come_back_as_they_went, empty_table),
        cmocka_unit_test_setup(the_same_key_twice_is_a_duplicate, empty_table),
        cmocka_unit_test_setup(what_is_not_committed_is_rolled_back,
                               empty_table),
        cmocka_unit_test_setup(a_conflict_is_tried_again, empty_table),
        cmocka_unit_test_setup(many_pieces_of_work_share_few_connections,
                               empty_table),
        cmocka_unit_test_setup(a_statement_past_its_limit_is_given_up,
                               empty_table),
        cmocka_unit_test_setup(a_server_lost_under_tls_is_lost, empty_table),
        cmocka_unit_test_setup(a_server_that_comes_back_is_found_again,
                               empty_table),
        cmocka_unit_test(work_behind_long_work_is_not_kept_waiting),
        cmocka_unit_test(work_behind_a_silent_server_is_not_kept_waiting),
        cmocka_unit_test(who_waits_for_a_silent_server_is_told_with_the_first),
        cmocka_unit_test_setup(refusals_leave_the_connection_usable,
                               empty_table),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
