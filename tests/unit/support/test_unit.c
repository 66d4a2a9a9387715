#include "unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void pass(void **state)
{
    (void)state;
}

static int succeed(void **state)
{
    (void)state;
    return 0;
}

static int fail_by_its_answer(void **state)
{
    (void)state;
    return -1;
}

static int fail_in_the_middle(void **state)
{
    (void)state;
    assert_true(false);
    return 0;
}

/* Runs a group that says nothing, in a process of its own; whether it failed.
 */
static bool has_failed(CMFixtureFunction teardown)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pass)};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        _exit(cmocka_run_group_tests(tests, NULL, teardown));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) != 0;
}

static void a_group_fails_with_its_teardown(void **state)
{
    (void)state;
    assert_false(has_failed(NULL));
    assert_false(has_failed(succeed));
    assert_true(has_failed(fail_by_its_answer));
    assert_true(has_failed(fail_in_the_middle));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_fails_with_its_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
