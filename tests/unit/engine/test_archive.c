#include "unit.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive_parts.h"
#include "errors.h"

enum { LENGTH = 256 };

static const char path[] = "archive.db", copy_path[] = "copy.db";

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink("archive.db-wal");
    unlink("archive.db-shm");
    unlink("archive.db-lock");
    return 0;
}

static struct archive *open_archive(void)
{
    struct buffer problem = {0};
    struct archive *archive = archive_open(path, &problem);

    assert_string_equal(buffer_text(&problem), "");
    assert_non_null(archive);
    buffer_finish(&problem);
    return archive;
}

static void assert_refused(const char *sentence)
{
    struct buffer problem = {0};

    assert_null(archive_open(path, &problem));
    assert_string_equal(buffer_text(&problem), sentence);
    buffer_finish(&problem);
}

static void add_collection(struct archive *archive, const char *id)
{
    struct archive_collection collection = {.id = id,
                                            .arn = "arn:aws:rekognition:x",
                                            .model_version = "1.0",
                                            .tags = "{}",
                                            .created_ms = 1234567890123};

    assert_int_equal(archive_add_collection(archive, &collection), 0);
}

/* A picture with some faces, each with a vector that can be told from others.
 */
struct sample {
    struct archive_picture picture;
    struct archive_face faces[4];
    float vectors[4][LENGTH];
};

static void make_sample(struct sample *sample, unsigned char number,
                        const char *external_id, size_t count)
{
    *sample = (struct sample){0};
    memset(sample->picture.hash, number, sizeof sample->picture.hash);
    sample->picture.vector_length = LENGTH;
    sample->picture.faces = sample->faces;
    sample->picture.face_count = count;
    for (size_t i = 0; i < count; i++) {
        struct archive_face *face = &sample->faces[i];

        for (size_t k = 0; k < LENGTH; k++)
            sample->vectors[i][k] =
                (float)number + (float)i / 8 + (float)k / 1024;
        face->vector = sample->vectors[i];
        face->ordinal = (unsigned)i;
        face->record = (struct record){.external_id = external_id,
                                       .box = {0.1, 0.2, 0.3, 0.4},
                                       .confidence = 99.5,
                                       .created_ms = 1700000000000 + number};
        uuid_make(face->record.id);
        uuid_from(sample->picture.hash, face->record.image_id);
    }
}

/* What archive_each_face gave. */
struct seen {
    size_t count;
    struct record last;
    float first_number;
    char ids[8192][UUID_BYTES];
};

static int see_face(void *owner, const struct record *record,
                    const float *vector, size_t vector_length)
{
    struct seen *seen = owner;

    assert_int_equal(vector_length, LENGTH);
    assert_true(seen->count < COUNT(seen->ids));
    memcpy(seen->ids[seen->count++], record->id, UUID_BYTES);
    seen->last = *record;
    seen->first_number = vector[0];
    return 0;
}

static struct seen seen;

static size_t count_faces(struct archive *archive, const char *collection)
{
    seen.count = 0;
    assert_int_equal(
        archive_each_face(archive, collection, "", SIZE_MAX, see_face, &seen),
        0);
    return seen.count;
}

static void what_was_kept_is_there_after_reopening(void **state)
{
    struct archive *archive = open_archive();
    struct sample sample;

    (void)state;
    add_collection(archive, "staff");
    make_sample(&sample, 7, "u-17", 1);
    assert_int_equal(archive_add_faces(archive, "staff", &sample.picture), 0);
    assert_false(sample.faces[0].was_there);
    archive_close(archive);

    archive = open_archive();
    assert_int_equal(count_faces(archive, "staff"), 1);
    assert_string_equal(seen.ids[0], sample.faces[0].record.id);
    assert_string_equal(seen.last.image_id, sample.faces[0].record.image_id);
    assert_float_equal(seen.last.box.height, 0.4, 1e-12);
    assert_float_equal(seen.last.confidence, 99.5, 1e-12);
    assert_true(seen.last.created_ms == 1700000000007);
    assert_float_equal(seen.first_number, 7, 0);
    archive_close(archive);
}

static int see_collection(void *owner,
                          const struct archive_collection *collection)
{
    struct buffer *text = owner;

    assert_string_equal(collection->model_version, "1.0");
    assert_true(collection->created_ms == 1234567890123);
    buffer_add_text(text, collection->id);
    buffer_add_text(text, collection->tags);
    return 0;
}

static void collections_have_one_name_each(void **state)
{
    struct archive *archive = open_archive();
    struct archive_collection again = {
        .id = "staff", .arn = "", .model_version = "", .tags = ""};
    struct buffer text = {0};

    (void)state;
    add_collection(archive, "staff");
    add_collection(archive, "Staff");
    add_collection(archive, "guests");
    assert_int_equal(archive_add_collection(archive, &again), E_DUPLICATE);
    assert_int_equal(archive_set_tags(archive, "guests", "{\"a\":\"b\"}"), 0);
    assert_int_equal(archive_set_tags(archive, "nobody", "{}"), E_NOT_FOUND);
    assert_int_equal(archive_each_collection(archive, see_collection, &text),
                     0);
    assert_string_equal(buffer_text(&text),
                        "Staff{}guests{\"a\":\"b\"}staff{}");
    buffer_finish(&text);
    archive_close(archive);
}

static void the_same_picture_is_kept_once(void **state)
{
    struct archive *archive = open_archive();
    struct sample first, again, other, nameless;

    (void)state;
    add_collection(archive, "staff");
    add_collection(archive, "guests");
    make_sample(&first, 1, "u-1", 2);
    make_sample(&again, 1, "u-1", 3);
    make_sample(&other, 1, "u-2", 2);
    make_sample(&nameless, 1, NULL, 2);
    assert_int_equal(archive_add_faces(archive, "staff", &first.picture), 0);

    /* A face that was left out the first time is added the second. */
    assert_int_equal(archive_add_faces(archive, "staff", &again.picture), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_true(again.faces[i].was_there);
        assert_string_equal(again.faces[i].record.id, first.faces[i].record.id);
    }
    assert_false(again.faces[2].was_there);
    assert_int_equal(count_faces(archive, "staff"), 3);

    /* Another name or another collection makes other faces of it. */
    assert_int_equal(archive_add_faces(archive, "staff", &other.picture), 0);
    assert_int_equal(archive_add_faces(archive, "staff", &nameless.picture), 0);
    assert_int_equal(count_faces(archive, "staff"), 7);
    make_sample(&again, 1, "u-1", 3);
    assert_int_equal(archive_add_faces(archive, "guests", &again.picture), 0);
    assert_int_equal(count_faces(archive, "guests"), 3);
    assert_int_equal(count_faces(archive, "staff"), 7);
    archive_close(archive);
}

static void faces_that_find_no_room_must_be_there(void **state)
{
    struct archive *archive = open_archive();
    struct sample first, again;

    (void)state;
    add_collection(archive, "staff");
    make_sample(&first, 1, "u-1", 2);
    make_sample(&again, 1, "u-1", 3);
    first.picture.known_least = 1;
    assert_int_equal(archive_add_faces(archive, "staff", &first.picture),
                     E_TOO_LARGE);
    assert_int_equal(count_faces(archive, "staff"), 0);
    first.picture.known_least = 0;
    assert_int_equal(archive_add_faces(archive, "staff", &first.picture), 0);
    again.picture.known_least = 3;
    assert_int_equal(archive_add_faces(archive, "staff", &again.picture),
                     E_TOO_LARGE);
    assert_int_equal(count_faces(archive, "staff"), 2);
    again.picture.known_least = 2;
    assert_int_equal(archive_add_faces(archive, "staff", &again.picture), 0);
    assert_int_equal(count_faces(archive, "staff"), 3);
    archive_close(archive);
}

static void faces_need_a_collection(void **state)
{
    struct archive *archive = open_archive();
    const char *id = "0199c1de-7f3a-7000-8000-0123456789ab";
    struct sample sample;
    bool removed;

    (void)state;
    make_sample(&sample, 1, NULL, 1);
    assert_int_equal(archive_add_faces(archive, "none", &sample.picture),
                     E_NOT_FOUND);
    assert_int_equal(archive_remove_faces(archive, "none", &id, 1, &removed),
                     E_NOT_FOUND);
    assert_int_equal(archive_each_face(archive, "none", "", 1, see_face, &seen),
                     E_NOT_FOUND);
    assert_int_equal(archive_remove_collection(archive, "none"), E_NOT_FOUND);
    archive_close(archive);
}

static void faces_are_listed_page_by_page(void **state)
{
    struct archive *archive = open_archive();
    char after[UUID_BYTES] = "", last[UUID_BYTES] = "";
    size_t total = 0;

    (void)state;
    add_collection(archive, "staff");
    for (unsigned char i = 0; i < 10; i++) {
        struct sample sample;

        make_sample(&sample, i, NULL, 3);
        assert_int_equal(archive_add_faces(archive, "staff", &sample.picture),
                         0);
    }
    do {
        seen.count = 0;
        assert_int_equal(
            archive_each_face(archive, "staff", after, 7, see_face, &seen), 0);
        assert_true(seen.count <= 7);
        for (size_t i = 0; i < seen.count; i++) {
            assert_true(strcmp(last, seen.ids[i]) < 0);
            memcpy(last, seen.ids[i], UUID_BYTES);
        }
        memcpy(after, last, UUID_BYTES);
        total += seen.count;
    } while (seen.count > 0);
    assert_int_equal(total, 30);
    archive_close(archive);
}

/* The faces of a collection are counted by its first letter. */
static int count_any_face(void *owner, const char *collection,
                          const struct record *record, const float *vector,
                          size_t vector_length)
{
    size_t *counts = owner;

    assert_int_equal(vector_length, LENGTH);
    assert_true(vector[0] >= 0);
    assert_true(uuid_is_valid(record->id));
    counts[(unsigned char)collection[0]]++;
    return counts['s'] == 7 ? E_CANCELLED : 0;
}

static void all_faces_are_read_with_their_collections(void **state)
{
    struct archive *archive = open_archive();
    size_t counts[256] = {0};
    struct sample sample;

    (void)state;
    assert_int_equal(archive_each_face_of_all(archive, count_any_face, counts),
                     0);
    add_collection(archive, "staff");
    add_collection(archive, "guests");
    make_sample(&sample, 1, NULL, 3);
    assert_int_equal(archive_add_faces(archive, "staff", &sample.picture), 0);
    make_sample(&sample, 2, "u-17", 2);
    assert_int_equal(archive_add_faces(archive, "guests", &sample.picture), 0);
    assert_int_equal(archive_each_face_of_all(archive, count_any_face, counts),
                     0);
    assert_int_equal(counts['s'], 3);
    assert_int_equal(counts['g'], 2);
    assert_int_equal(archive_each_face_of_all(archive, count_any_face, counts),
                     0);
    assert_int_equal(archive_each_face_of_all(archive, count_any_face, counts),
                     E_CANCELLED);
    archive_close(archive);
}

enum { MANY = 20000 };

static atomic_uint times_seen[MANY];

static int see_number(void *owner, const char *collection,
                      const struct record *record, const float *vector,
                      size_t vector_length)
{
    unsigned long number = strtoul(record->id, NULL, 16);

    (void)owner;
    (void)collection;
    assert_int_equal(vector_length, 1);
    assert_true(number < MANY && vector[0] == (float)number);
    atomic_fetch_add(&times_seen[number], 1);
    return number == MANY - 1 ? *(int *)owner : 0;
}

static void many_faces_are_read_by_several_threads_and_each_once(void **state)
{
    struct archive *archive = open_archive();
    struct archive_picture picture = {.vector_length = 1, .face_count = MANY};
    float *vectors = calloc(MANY, sizeof *vectors);
    int answer = 0;

    (void)state;
    picture.faces = calloc(MANY, sizeof *picture.faces);
    for (unsigned i = 0; i < MANY; i++) {
        vectors[i] = (float)i;
        picture.faces[i] =
            (struct archive_face){.vector = &vectors[i], .ordinal = i};
        snprintf(picture.faces[i].record.id, UUID_BYTES,
                 "%08x-0000-7000-8000-000000000000", i);
    }
    add_collection(archive, "staff");
    assert_int_equal(archive_add_faces(archive, "staff", &picture), 0);
    assert_int_equal(archive_each_face_of_all(archive, see_number, &answer), 0);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(times_seen[i], 1);
    answer = E_CANCELLED;
    assert_int_equal(archive_each_face_of_all(archive, see_number, &answer),
                     E_CANCELLED);
    archive_close(archive);
    free(picture.faces);
    free(vectors);
}

/* Whether a file has these bytes anywhere. */
static bool contains(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(name, "re");
    char *content;
    size_t content_len;
    bool found;

    if (!file)
        return false;
    fclose(file);
    content = unit_read_file(name, &content_len);
    found = memmem(content, content_len, bytes, len) != NULL;
    free(content);
    return found;
}

static void assert_forgotten(const float *vector)
{
    assert_false(contains(path, vector, LENGTH * sizeof *vector / 2));
    assert_false(
        contains("archive.db-wal", vector, LENGTH * sizeof *vector / 2));
}

static void removed_faces_leave_no_vector_on_the_disk(void **state)
{
    struct archive *archive = open_archive();
    struct sample first, second;
    const char *ids[3];
    bool removed[3];

    (void)state;
    add_collection(archive, "staff");
    make_sample(&first, 1, "u-1", 2);
    make_sample(&second, 2, "u-2", 1);
    assert_int_equal(archive_add_faces(archive, "staff", &first.picture), 0);
    assert_int_equal(archive_add_faces(archive, "staff", &second.picture), 0);
    assert_true(contains("archive.db-wal", first.vectors[0], 100));

    ids[0] = first.faces[0].record.id;
    ids[1] = "0199c1de-7f3a-7000-8000-0123456789ab";
    ids[2] = second.faces[0].record.id;
    assert_int_equal(archive_remove_faces(archive, "staff", ids, 3, removed),
                     0);
    assert_true(removed[0] && !removed[1] && removed[2]);
    assert_int_equal(count_faces(archive, "staff"), 1);
    assert_forgotten(first.vectors[0]);
    assert_forgotten(second.vectors[0]);
    assert_true(contains(path, first.vectors[1], 100));

    assert_int_equal(archive_remove_collection(archive, "staff"), 0);
    assert_forgotten(first.vectors[1]);
    add_collection(archive, "staff");
    assert_int_equal(count_faces(archive, "staff"), 0);
    archive_close(archive);
}

/* ---- others at the same file ---- */

static struct sqlite *visit(void)
{
    struct buffer problem = {0};
    struct sqlite *visitor = sqlite_visit(&archive_design, path, &problem);

    assert_string_equal(buffer_text(&problem), "");
    return visitor;
}

/* How many faces are in a copy that a visitor makes now. */
static size_t count_copied(struct sqlite *visitor)
{
    struct buffer problem = {0};
    struct archive *copy;
    size_t count;

    assert_int_equal(sqlite_copy(visitor, copy_path, &problem), 0);
    copy = archive_open(copy_path, &problem);
    assert_string_equal(buffer_text(&problem), "");
    count = count_faces(copy, "staff");
    archive_close(copy);
    unlink(copy_path);
    unlink("copy.db-lock");
    return count;
}

static void
a_visitor_sees_one_moment_and_keeps_nobody_from_changing(void **state)
{
    struct archive *archive = open_archive();
    struct sqlite *visitor;
    struct sample first, second;

    (void)state;
    add_collection(archive, "staff");
    make_sample(&first, 1, "u-1", 2);
    make_sample(&second, 2, "u-2", 4);
    assert_int_equal(archive_add_faces(archive, "staff", &first.picture), 0);
    visitor = visit();
    assert_int_equal(archive_add_faces(archive, "staff", &second.picture), 0);
    assert_int_equal(count_faces(archive, "staff"), 6);
    assert_int_equal(count_copied(visitor), 2);
    sqlite_close(visitor);
    visitor = visit();
    assert_int_equal(count_copied(visitor), 6);
    archive_close(archive);
    sqlite_close(visitor);
}

static void what_is_removed_during_a_visit_is_forgotten_at_its_end(void **state)
{
    struct archive *archive = open_archive();
    struct sqlite *visitor;
    struct sample sample;
    const char *id;
    bool removed;

    (void)state;
    add_collection(archive, "staff");
    make_sample(&sample, 1, "u-1", 2);
    assert_int_equal(archive_add_faces(archive, "staff", &sample.picture), 0);
    visitor = visit();
    id = sample.faces[0].record.id;
    assert_int_equal(archive_remove_faces(archive, "staff", &id, 1, &removed),
                     0);
    assert_true(removed);
    assert_true(contains("archive.db-wal", sample.vectors[0], 100));
    sqlite_close(visitor);
    assert_forgotten(sample.vectors[0]);
    archive_close(archive);
}

/* Another program, made before anything is open: it tries once it is told to,
 * and exits with 0 if it was refused. */
static pid_t start_second_engine(int *tell)
{
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        struct buffer problem = {0};
        char byte;

        if (read(ends[0], &byte, 1) != 1 || archive_open(path, &problem))
            _exit(1);
        _exit(strstr(buffer_text(&problem), "in use") ? 0 : 1);
    }
    close(ends[0]);
    *tell = ends[1];
    return child;
}

static void a_second_engine_is_refused(void **state)
{
    int tell, status;
    pid_t child = start_second_engine(&tell);
    struct archive *archive = open_archive();

    (void)state;
    assert_refused("archive.db is in use by another program");
    assert_int_equal(write(tell, "", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(tell);
    archive_close(archive);
    archive_close(open_archive());
}

static void write_file(const void *bytes, size_t len)
{
    FILE *file = fopen(path, "we");

    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void other_files_are_refused(void **state)
{
    char *bytes;
    size_t len;

    (void)state;
    write_file("a diary, not a database, but longer than a header must be "
               "for SQLite to look at it: ...............................",
               115);
    assert_refused("archive.db cannot be used: file is not a database");

    remove_files(NULL);
    archive_close(open_archive());
    bytes = unit_read_file(path, &len);
    bytes[63] = 9; /* user_version */
    write_file(bytes, len);
    assert_refused("archive.db is an archive of version 9, and this program "
                   "knows version 2: use the program that made it");
    bytes[71] = 9; /* application_id */
    write_file(bytes, len);
    assert_refused("archive.db is another program's file, not an archive");
    free(bytes);
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    struct buffer problem = {0};

    (void)state;
    assert_null(archive_open("nowhere/archive.db", &problem));
    assert_string_equal(
        buffer_text(&problem),
        "nowhere/archive.db cannot be used: unable to open database file");
    buffer_finish(&problem);
}

/* Adds faces for ever, and writes each one's id when it is reported as kept. */
static _Noreturn void keep_adding(int acknowledge)
{
    struct buffer problem = {0};
    struct archive *archive = archive_open(path, &problem);
    struct archive_collection collection = {
        .id = "staff", .arn = "", .model_version = "1.0", .tags = "{}"};

    if (!archive || archive_add_collection(archive, &collection) < 0)
        _exit(1);
    for (uint32_t i = 0;; i++) {
        struct sample sample;

        make_sample(&sample, 1, NULL, 2);
        memcpy(sample.picture.hash, &i, sizeof i);
        if (archive_add_faces(archive, "staff", &sample.picture) < 0)
            _exit(1);
        for (size_t k = 0; k < 2; k++)
            if (write(acknowledge, sample.faces[k].record.id, UUID_BYTES) !=
                UUID_BYTES)
                _exit(1);
    }
}

static bool was_seen(const char *id)
{
    for (size_t i = 0; i < seen.count; i++)
        if (strcmp(seen.ids[i], id) == 0)
            return true;
    return false;
}

static void a_kill_loses_no_face_that_was_reported(void **state)
{
    enum { ENOUGH = 100, MOST = 4000 };
    static char ids[MOST][UUID_BYTES];
    struct archive *archive;
    size_t count = 0;
    int ends[2], status;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0)
        keep_adding(ends[1]);
    close(ends[1]);
    while (count < MOST && read(ends[0], ids[count], UUID_BYTES) == UUID_BYTES)
        if (++count == ENOUGH)
            kill(child, SIGKILL);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(count >= ENOUGH && count < MOST);

    archive = open_archive();
    assert_true(count_faces(archive, "staff") >= count);
    for (size_t i = 0; i < count; i++)
        assert_true(was_seen(ids[i]));
    /* A picture's faces come together or not at all. */
    assert_int_equal(seen.count % 2, 0);
    archive_close(archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, remove_files, remove_files)
        TEST(what_was_kept_is_there_after_reopening),
        TEST(collections_have_one_name_each),
        TEST(the_same_picture_is_kept_once),
        TEST(faces_that_find_no_room_must_be_there),
        TEST(faces_need_a_collection),
        TEST(faces_are_listed_page_by_page),
        TEST(all_faces_are_read_with_their_collections),
        TEST(many_faces_are_read_by_several_threads_and_each_once),
        TEST(removed_faces_leave_no_vector_on_the_disk),
        TEST(a_visitor_sees_one_moment_and_keeps_nobody_from_changing),
        TEST(what_is_removed_during_a_visit_is_forgotten_at_its_end),
        TEST(a_second_engine_is_refused),
        TEST(other_files_are_refused),
        TEST(a_folder_that_is_not_there_is_refused),
        TEST(a_kill_loses_no_face_that_was_reported),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
