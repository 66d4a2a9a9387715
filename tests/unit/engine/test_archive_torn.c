/*
 * What is left of an archive whose last writes were torn: what was committed
 * before them, and nothing half.
 */
#include "unit.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive_sample.h"
#include "errors.h"
#include "inspection.h"

enum { PICTURES = 40, CUTS = 200, VECTOR = 256 };

static const char path[] = "torn.db", log_path[] = "torn.db-wal";

static const char *const files[] = {"torn.db", "torn.db-wal", "torn.db-shm",
                                    "torn.db-lock"};

static int remove_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    return 0;
}

/* Picture i has this many faces. */
static size_t faces_of(size_t picture)
{
    return 1 + picture % 4;
}

static void add_picture(struct archive *archive, size_t number)
{
    float vectors[4][VECTOR] = {{0}};
    struct archive_face faces[4] = {{.ordinal = 0}};
    struct archive_picture picture = {.vector_length = VECTOR,
                                      .faces = faces,
                                      .face_count = faces_of(number)};

    memcpy(picture.hash, &number, sizeof number);
    for (unsigned i = 0; i < picture.face_count; i++) {
        vectors[i][i] = 1;
        faces[i].vector = vectors[i];
        faces[i].ordinal = i;
        snprintf(faces[i].record.id, UUID_BYTES,
                 "%08zx-%04x-7000-8000-000000000000", number, i);
        memcpy(faces[i].record.image_id, faces[i].record.id, UUID_BYTES);
    }
    if (archive_add_faces(archive, "people", &picture) != 0)
        _exit(1);
}

/* A program that keeps pictures and ends as if it were killed. */
static void keep_and_die(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct buffer problem = {0};
        struct archive *archive = archive_open(path, &problem);
        const struct archive_collection people = {.id = "people",
                                                  .arn = "",
                                                  .model_version =
                                                      embedding_version(VECTOR),
                                                  .tags = "{}"};

        if (!archive || archive_add_collection(archive, &people) < 0)
            _exit(1);
        for (size_t i = 0; i < PICTURES; i++)
            add_picture(archive, i);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void put_file(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(name, "we");

    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

struct seen {
    size_t picture, face; /* the next one */
};

static int see(void *owner, const struct record *record, const float *vector,
               size_t vector_length)
{
    struct seen *seen = owner;
    char wanted[UUID_BYTES];

    (void)vector;
    (void)vector_length;
    snprintf(wanted, sizeof wanted, "%08zx-%04zx-7000-8000-000000000000",
             seen->picture, seen->face);
    assert_string_equal(record->id, wanted);
    if (++seen->face == faces_of(seen->picture))
        *seen = (struct seen){seen->picture + 1, 0};
    return 0;
}

/* Opens what is there: the first pictures, each of them whole.  How many. */
static size_t count_pictures(void)
{
    struct buffer problem = {0};
    struct archive *archive = archive_open(path, &problem);
    struct inspection inspection;
    struct seen seen = {0};
    int error;

    assert_string_equal(buffer_text(&problem), "");
    error = archive_each_face(archive, "people", "", SIZE_MAX, see, &seen);
    assert_true(error == 0 || error == E_NOT_FOUND); /* it went as well */
    assert_int_equal(seen.face, 0);
    assert_int_equal(inspection_make(&inspection, path, &problem), 0);
    assert_string_equal(buffer_text(&inspection.sentences), "");
    inspection_finish(&inspection);
    archive_close(archive);
    return seen.picture;
}

/* Cuts the log off at random places, or has noise from there on.  The later the
 * place, the more is there. */
static void a_torn_log_leaves_what_was_committed_before(void **state)
{
    size_t main_len, log_len, most = 0;
    char *main_bytes, *log_bytes;
    unsigned seed = (unsigned)time(NULL);

    (void)state;
    keep_and_die();
    main_bytes = unit_read_file(path, &main_len);
    log_bytes = unit_read_file(log_path, &log_len);
    print_message("seed %u, a log of %zu bytes\n", seed, log_len);
    for (size_t i = 0; i < CUTS; i++) {
        size_t cut = (size_t)rand_r(&seed) % (log_len + 1);
        size_t noise = i % 2 ? 0 : log_len - cut, count;
        char *torn = malloc(log_len + 1);

        memcpy(torn, log_bytes, cut);
        for (size_t k = 0; k < noise; k++)
            torn[cut + k] = (char)rand_r(&seed);
        remove_files(NULL);
        put_file(path, main_bytes, main_len);
        put_file(log_path, torn, cut + noise);
        count = count_pictures();
        assert_true(count <= PICTURES);
        most = count > most ? count : most;
        free(torn);
    }
    remove_files(NULL);
    put_file(path, main_bytes, main_len);
    put_file(log_path, log_bytes, log_len);
    assert_int_equal(count_pictures(), PICTURES);
    assert_true(most > PICTURES / 2);
    free(main_bytes);
    free(log_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_torn_log_leaves_what_was_committed_before, remove_files,
            remove_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
