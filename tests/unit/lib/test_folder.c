#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include "basics.h"
#include "errors.h"
#include "folder.h"

static struct folder folder;

static int open_pictures(void **state)
{
    (void)state;
    return folder_open(&folder, "pictures/of/ours");
}

/* Everything in it has gone with its last file, or the test has failed. */
static int close_pictures(void **state)
{
    (void)state;
    folder_close(&folder);
    return rmdir("pictures/of/ours/tmp") || rmdir("pictures/of/ours") ||
           rmdir("pictures/of") || rmdir("pictures");
}

static int mode_of(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return (int)(facts.st_mode & 0777);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void assert_reads(const char *key, const char *expected)
{
    size_t len;
    char *bytes;

    assert_int_equal(folder_read(&folder, key, 100, &bytes, &len), 0);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(bytes, expected);
    free(bytes);
}

static void what_is_written_can_be_read(void **state)
{
    (void)state;
    assert_int_equal(folder_write(&folder, "a/b/c.jpg", "one", 3), 0);
    assert_reads("a/b/c.jpg", "one");
    assert_int_equal(folder_write(&folder, "a/b/c.jpg", "other", 5), 0);
    assert_reads("a/b/c.jpg", "other");
    assert_int_equal(folder_write(&folder, "empty", NULL, 0), 0);
    assert_reads("empty", "");
    assert_int_equal(folder_remove(&folder, "a/b/c.jpg"), 0);
    assert_int_equal(folder_remove(&folder, "empty"), 0);
}

/* Whatever the tests lie on. */
static void so_it_is_without_one_journal(void **state)
{
    struct folder plain = folder;

    (void)state;
    plain.has_journal = !folder.has_journal;
    assert_int_equal(folder_write(&plain, "a/b/c.jpg", "one", 3), 0);
    assert_reads("a/b/c.jpg", "one");
    assert_int_equal(folder_remove(&folder, "a/b/c.jpg"), 0);
}

static void assert_reads_loosely(const char *key, const char *expected)
{
    size_t len;
    char *bytes;

    assert_int_equal(folder_read_loosely(&folder, key, 5, &bytes, &len), 0);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(bytes, expected);
    free(bytes);
}

static void what_is_written_loosely_can_be_read(void **state)
{
    char *bytes;
    size_t len;

    (void)state;
    assert_int_equal(folder_write_loosely(&folder, "a/b/c.jpg", "one", 3), 0);
    assert_reads_loosely("a/b/c.jpg", "one");
    assert_int_equal(folder_write_loosely(&folder, "a/b/c.jpg", "other", 5), 0);
    assert_reads_loosely("a/b/c.jpg", "other");
    assert_int_equal(folder_read_loosely(&folder, "a/b/c.jpg", 4, &bytes, &len),
                     E_TOO_LARGE);
    assert_int_equal(folder_read_loosely(&folder, "a/b/d.jpg", 5, &bytes, &len),
                     E_NOT_FOUND);
    assert_int_equal(folder_write_loosely(&folder, "a/b", "x", 1), E_IO);
    assert_int_equal(folder_remove(&folder, "a/b/c.jpg"), 0);
}

static void break_file(const char *path, const char *how, size_t kept)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)kept), 0);
    assert_int_equal(pwrite(fd, how, strlen(how), 0), strlen(how));
    close(fd);
}

/* A file that has no digest, a part of one, and one with other bytes. */
static void what_a_crash_has_left_of_a_loose_file_is_not_there(void **state)
{
    static const char path[] = "pictures/of/ours/a";
    const struct {
        const char *how;
        size_t kept;
    } crashes[] = {{"", 0}, {"", 3}, {"", 34}, {"two", 3 + 32}};
    char *bytes;
    size_t len;

    (void)state;
    for (size_t i = 0; i < COUNT(crashes); i++) {
        assert_int_equal(folder_write_loosely(&folder, "a", "one", 3), 0);
        break_file(path, crashes[i].how, crashes[i].kept);
        assert_int_equal(folder_read_loosely(&folder, "a", 5, &bytes, &len),
                         E_NOT_FOUND);
        assert_null(bytes);
    }
    assert_int_equal(folder_remove(&folder, "a"), 0);
}

/* A look at a file, which is not touched by it.  Valgrind reads a little of
 * whatever is mapped, so that one look must do for both times. */
static void *map_file(const char *path, size_t len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *place = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

    assert_true(place != MAP_FAILED);
    close(fd);
    return place;
}

/* How much of it the system has in memory. */
static size_t pages_in_memory(void *place, size_t len)
{
    unsigned char pages[64];
    size_t count = 0;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    assert_true(len / page <= sizeof pages);
    assert_int_equal(mincore(place, len, pages), 0);
    for (size_t i = 0; i < len / page; i++)
        count += pages[i] & 1;
    return count;
}

static void what_is_read_once_does_not_stay_in_memory(void **state)
{
    static const char bytes[64 * 1024];
    struct statfs facts;
    char *got;
    void *place;
    size_t len;

    (void)state;
    assert_int_equal(folder_write(&folder, "a", bytes, sizeof bytes), 0);
    assert_int_equal(folder_read(&folder, "a", sizeof bytes, &got, &len), 0);
    free(got);
    place = map_file("pictures/of/ours/a", sizeof bytes);
    assert_true(pages_in_memory(place, sizeof bytes) > 0);
    assert_int_equal(folder_read_once(&folder, "a", sizeof bytes, &got, &len),
                     0);
    assert_int_equal(len, sizeof bytes);
    assert_memory_equal(got, bytes, sizeof bytes);
    free(got);
    /* A file system that lies in memory keeps it there. */
    assert_int_equal(fstatfs(folder.top, &facts), 0);
    if (facts.f_type != TMPFS_MAGIC)
        assert_int_equal(pages_in_memory(place, sizeof bytes), 0);
    munmap(place, sizeof bytes);
    assert_int_equal(folder_remove(&folder, "a"), 0);
}

static void only_the_owner_may_look(void **state)
{
    mode_t mask = umask(0);

    (void)state;
    assert_int_equal(folder_write(&folder, "a/b", "x", 1), 0);
    umask(mask);
    assert_int_equal(mode_of("pictures"), 0700);
    assert_int_equal(mode_of("pictures/of/ours/tmp"), 0700);
    assert_int_equal(mode_of("pictures/of/ours/a"), 0700);
    assert_int_equal(mode_of("pictures/of/ours/a/b"), 0600);
    assert_int_equal(folder_remove(&folder, "a/b"), 0);
}

static void folders_go_with_their_last_file(void **state)
{
    (void)state;
    assert_int_equal(folder_write(&folder, "a/b/one", "1", 1), 0);
    assert_int_equal(folder_write(&folder, "a/two", "2", 1), 0);
    assert_int_equal(folder_remove(&folder, "a/b/one"), 0);
    assert_false(exists("pictures/of/ours/a/b"));
    assert_reads("a/two", "2");
    assert_int_equal(folder_remove(&folder, "a/two"), 0);
    assert_false(exists("pictures/of/ours/a"));
    assert_true(exists("pictures/of/ours"));
}

static void what_is_not_there_is_not_found(void **state)
{
    size_t len;
    char *bytes;

    (void)state;
    assert_int_equal(folder_write(&folder, "a/b", "x", 1), 0);
    assert_int_equal(folder_read(&folder, "none", 9, &bytes, &len),
                     E_NOT_FOUND);
    assert_null(bytes);
    assert_int_equal(folder_read(&folder, "no/ne", 9, &bytes, &len),
                     E_NOT_FOUND);
    assert_int_equal(folder_read(&folder, "a", 9, &bytes, &len), E_NOT_FOUND);
    assert_int_equal(folder_read(&folder, "a/b/c", 9, &bytes, &len),
                     E_NOT_FOUND);
    assert_int_equal(folder_remove(&folder, "none"), 0);
    assert_int_equal(folder_remove(&folder, "a"), 0);
    assert_int_equal(folder_remove(&folder, "a/b/c"), 0);
    assert_reads("a/b", "x");
    assert_int_equal(folder_remove(&folder, "a/b"), 0);
}

static void a_file_can_be_too_large_to_be_read(void **state)
{
    size_t len = 77;
    char *bytes;

    (void)state;
    assert_int_equal(folder_write(&folder, "a", "12345", 5), 0);
    assert_int_equal(folder_read(&folder, "a", 4, &bytes, &len), E_TOO_LARGE);
    assert_null(bytes);
    assert_int_equal(len, 0);
    assert_int_equal(folder_read(&folder, "a", 5, &bytes, &len), 0);
    free(bytes);
    assert_int_equal(folder_remove(&folder, "a"), 0);
}

static void a_key_in_the_way_is_an_error_and_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(folder_write(&folder, "a/b", "x", 1), 0);
    assert_int_equal(folder_write(&folder, "a", "y", 1), E_IO);
    assert_int_equal(folder_write(&folder, "a/b/c", "y", 1), E_IO);
    assert_reads("a/b", "x");
    assert_int_equal(folder_remove(&folder, "a/b"), 0);
}

/* A limit on the size of files stands for a disk that is full. */
static void a_full_disk_is_an_error_and_leaves_the_old_file(void **state)
{
    static const char large[100000] = "large";
    struct rlimit before, little = {1000, RLIM_INFINITY};

    (void)state;
    assert_int_equal(folder_write(&folder, "a", "old", 3), 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    little.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &little);
    assert_int_equal(folder_write(&folder, "a", large, sizeof large), E_IO);
    little.rlim_cur = 0;
    setrlimit(RLIMIT_FSIZE, &little);
    assert_int_equal(folder_check(&folder), E_IO);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(folder_check(&folder), 0);
    assert_reads("a", "old");
    assert_int_equal(folder_remove(&folder, "a"), 0);
}

static void a_file_that_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    folder_close(&folder);
    assert_int_equal(rmdir("pictures/of/ours/tmp"), 0);
    assert_int_equal(folder_open(&folder, "pictures/of/ours"), 0);
    assert_int_equal(rmdir("pictures/of/ours/tmp"), 0);
    assert_int_equal(folder_write(&folder, "a/b", "x", 1), E_IO);
    assert_int_equal(folder_check(&folder), E_IO);
    assert_false(exists("pictures/of/ours/a"));
    assert_int_equal(mkdir("pictures/of/ours/tmp", 0700), 0);
}

static void make_file(const char *path, time_t age_s)
{
    struct timespec times[2] = {{time(NULL) - age_s, 0},
                                {time(NULL) - age_s, 0}};
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs("half a pict", file);
    fclose(file);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void only_old_temporary_files_are_swept_out(void **state)
{
    (void)state;
    make_file("pictures/of/ours/tmp/young", 600);
    make_file("pictures/of/ours/tmp/old", 7200);
    folder_close(&folder);
    assert_int_equal(folder_open(&folder, "pictures/of/ours"), 0);
    assert_true(exists("pictures/of/ours/tmp/young"));
    assert_false(exists("pictures/of/ours/tmp/old"));
    assert_int_equal(unlink("pictures/of/ours/tmp/young"), 0);
}

static void what_cannot_be_used_is_no_folder(void **state)
{
    struct folder other;

    (void)state;
    make_file("file", 0);
    assert_int_equal(folder_open(&other, "file"), E_IO);
    assert_int_equal(folder_open(&other, "file/below"), E_IO);
    /* Nobody, not even root, can make files there. */
    assert_int_equal(folder_open(&other, "/proc/self"), E_IO);
    assert_int_equal(folder_open(&other, "/proc/self/pictures"), E_IO);
    assert_int_equal(other.top, -1);
    assert_int_equal(unlink("file"), 0);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_pictures, close_pictures)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_can_be_read),
        TEST(so_it_is_without_one_journal),
        TEST(what_is_written_loosely_can_be_read),
        TEST(what_a_crash_has_left_of_a_loose_file_is_not_there),
        TEST(what_is_read_once_does_not_stay_in_memory),
        TEST(only_the_owner_may_look),
        TEST(folders_go_with_their_last_file),
        TEST(what_is_not_there_is_not_found),
        TEST(a_file_can_be_too_large_to_be_read),
        TEST(a_key_in_the_way_is_an_error_and_leaves_nothing),
        TEST(a_full_disk_is_an_error_and_leaves_the_old_file),
        TEST(a_file_that_cannot_be_written_leaves_nothing),
        TEST(only_old_temporary_files_are_swept_out),
        cmocka_unit_test(what_cannot_be_used_is_no_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
