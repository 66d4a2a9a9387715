#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

/* A service manager that listens at `path`. */
static int listen_at(const char *path, size_t len)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(address.sun_path, path, len);
    assert_int_equal(
        bind(fd, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
        0);
    return fd;
}

static void expect(int fd, const char *state)
{
    char text[64] = "";

    assert_int_equal(recv(fd, text, sizeof text - 1, 0), strlen(state));
    assert_string_equal(text, state);
}

static void a_manager_is_told(void **state)
{
    char path[] = "/tmp/facewire-XXXXXX/s";
    char *folder_end = strrchr(path, '/');
    int fd;

    (void)state;
    *folder_end = '\0';
    assert_non_null(mkdtemp(path));
    *folder_end = '/';
    fd = listen_at(path, strlen(path));
    setenv("NOTIFY_SOCKET", path, 1);
    notify("READY=1");
    expect(fd, "READY=1");
    notify("STOPPING=1");
    expect(fd, "STOPPING=1");
    close(fd);
    unlink(path);
    *folder_end = '\0';
    rmdir(path);
}

static void a_name_in_the_abstract_namespace_is_known(void **state)
{
    char name[64];
    int fd, len;

    (void)state;
    len = snprintf(name, sizeof name, "@facewire-test-%d", (int)getpid());
    setenv("NOTIFY_SOCKET", name, 1);
    name[0] = '\0';
    fd = listen_at(name, (size_t)len);
    notify("READY=1");
    expect(fd, "READY=1");
    close(fd);
}

static void where_nobody_asks_nothing_happens(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
    setenv("NOTIFY_SOCKET", "relative", 1);
    notify("READY=1");
    setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
    notify("READY=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_is_told),
        cmocka_unit_test(a_name_in_the_abstract_namespace_is_known),
        cmocka_unit_test(where_nobody_asks_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
