#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "descriptor.h"

static const char path[] = "file";

static void all_of_it_is_written(void **state)
{
    static const char text[] = "all of it";
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char *read_back;
    size_t len;

    (void)state;
    assert_int_equal(descriptor_write(fd, text, strlen(text)), 0);
    assert_int_equal(descriptor_write(fd, text, 0), 0);
    close(fd);
    read_back = unit_read_file(path, &len);
    assert_string_equal(read_back, text);
    free(read_back);
    unlink(path);
}

/* The system takes what fits, and refuses the rest when it is asked again. */
static void what_is_cut_short_is_told(void **state)
{
    static const char bytes[100];
    struct rlimit before, little;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result, reason;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    little = before;
    little.rlim_cur = 60;
    setrlimit(RLIMIT_FSIZE, &little);
    errno = 0;
    result = descriptor_write(fd, bytes, sizeof bytes);
    reason = errno;
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(result, -1);
    assert_int_equal(reason, EFBIG);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 60);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_is_written),
        cmocka_unit_test(what_is_cut_short_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
