/*
 * story_launcher.c - one command starts everything, says how it is, and stops
 * it
 */
#include <stdio.h>
#include <stdlib.h>

#include "launcher.h"
#include "talk.h"
#include "unit.h"

static int port;

static void run(const char *line)
{
    const char *arguments[] = {"sh", "-c", line, NULL};

    if (child_run(arguments, "shell.log") != 0)
        fail_msg("%s", line);
}

static int start(void **state)
{
    (void)state;
    port = launcher_find("var");
    run("rm -rf var");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    launcher_finish();
    return 0;
}

static int status_with(const char *header)
{
    int status;

    json_destroy(talk_with(port, "GET", "/readyz", header, "", 0, &status));
    return status;
}

static void a_token_may_stand_in_a_file(void **state)
{
    (void)state;
    run("echo first >token");
    setenv("FACEWIRE_API_TOKEN_FILE", "token", 1);
    launcher_run_well("up");
    assert_int_equal(status_with(""), 401);
    assert_int_equal(status_with("Authorization: Bearer first\r\n"), 200);
    launcher_run_well("status");
    assert_true(launcher_said("jobs: 0 waiting"));

    run("echo second >token");
    launcher_run_well("up");
    assert_true(launcher_said("server: its build or its settings"));
    assert_int_equal(status_with("Authorization: Bearer second\r\n"), 200);
    unsetenv("FACEWIRE_API_TOKEN_FILE");
}

static void the_database_writes_nothing_outside_var(void **state)
{
    (void)state;
    launcher_run_well("status");
    run("socket=$(awk '$1 == \"mariadb\" { print $NF }' launcher.log) && "
        "tmpdir=$(mariadb --no-defaults --socket=\"$socket\" --user=root "
        "--skip-column-names --execute='SELECT @@tmpdir') && "
        "[ \"$tmpdir\" = \"$PWD/var/tmp\" ]");
}

static void what_was_stopped_is_down(void **state)
{
    (void)state;
    launcher_run_well("down");
    assert_true(launcher_said("down: server worker engine redis mariadb"));
    launcher_refuses("status", "down");
    launcher_run_well("down");
    assert_true(launcher_said("nothing was running"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_may_stand_in_a_file),
        cmocka_unit_test(the_database_writes_nothing_outside_var),
        cmocka_unit_test(what_was_stopped_is_down),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
