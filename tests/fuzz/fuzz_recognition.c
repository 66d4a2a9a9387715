/*
 * fuzz_recognition.c - what a recognition service answers
 *
 * The first line names the operation, with a status behind it where it is a
 * refusal; the rest is the body.  An answer is read whole or not at all.
 */
#include "face_attributes.h"
#include "fuzz.h"
#include "recognition.h"

static void check_face(const struct recognition_face *face)
{
    MUST(face->confidence >= 0 && face->confidence <= 100);
    json_destroy(face_attributes(face->detail));
}

static void read_faces(const char *body, size_t len)
{
    struct recognition_faces faces = {0};

    if (recognition_faces_read(&faces, body, len) < 0)
        return;
    MUST(faces.count <= RECOGNITION_FACES_MAX);
    for (size_t i = 0; i < faces.count; i++)
        check_face(&faces.faces[i]);
    recognition_faces_finish(&faces);
}

static void read_matches(const char *body, size_t len)
{
    struct recognition_matches matches = {0};

    if (recognition_matches_read(&matches, body, len) < 0)
        return;
    MUST(matches.count <= RECOGNITION_MATCHES_MAX);
    for (size_t i = 0; i < matches.count; i++) {
        MUST(uuid_is_valid(matches.matches[i].face_id));
        MUST(matches.matches[i].similarity >= 0 &&
             matches.matches[i].similarity <= 100);
    }
    recognition_matches_finish(&matches);
}

static void read_records(const char *body, size_t len)
{
    struct recognition_records records = {0};

    if (recognition_records_read(&records, body, len) < 0)
        return;
    for (size_t i = 0; i < records.count; i++) {
        MUST(uuid_is_valid(records.records[i].face_id));
        check_face(&records.records[i].face);
    }
    recognition_records_finish(&records);
}

static void read_comparison(const char *body, size_t len)
{
    struct recognition_comparison comparison = {0};

    if (recognition_comparison_read(&comparison, body, len) < 0)
        return;
    for (size_t i = 0; i < comparison.count; i++)
        MUST(comparison.faces[i].similarity >= 0 &&
             comparison.faces[i].similarity <= 100);
    recognition_comparison_finish(&comparison);
}

static void read_deletion(const char *body, size_t len)
{
    struct recognition_deletion deletion = {0};

    if (recognition_deletion_read(&deletion, body, len) < 0)
        return;
    for (size_t i = 0; i < deletion.deleted_count; i++)
        MUST(uuid_is_valid(deletion.deleted[i]));
    recognition_deletion_finish(&deletion);
}

static void read_listing(const char *body, size_t len)
{
    struct recognition_listing listing = {0};

    if (recognition_listing_read(&listing, body, len) < 0)
        return;
    for (size_t i = 0; i < listing.count; i++)
        MUST(uuid_is_valid(listing.faces[i].face_id));
    recognition_listing_finish(&listing);
}

static void read_refusal(enum recognition_operation operation, int status,
                         const char *body, size_t len)
{
    struct recognition_refusal refusal;

    recognition_refusal_read(&refusal, operation, status, NULL, body, len);
    MUST(refusal.meaning < RECOGNITION_MEANINGS);
    MUST(strnlen(refusal.name, sizeof refusal.name) < sizeof refusal.name);
    MUST(strnlen(refusal.message, sizeof refusal.message) <
         sizeof refusal.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static void (*const readers[RECOGNITION_OPERATIONS])(const char *body,
                                                         size_t len) = {
        [RECOGNITION_DETECT_FACES] = read_faces,
        [RECOGNITION_SEARCH_FACES_BY_IMAGE] = read_matches,
        [RECOGNITION_SEARCH_FACES] = read_matches,
        [RECOGNITION_INDEX_FACES] = read_records,
        [RECOGNITION_COMPARE_FACES] = read_comparison,
        [RECOGNITION_DELETE_FACES] = read_deletion,
        [RECOGNITION_LIST_FACES] = read_listing,
    };
    struct rest rest = {(const char *)bytes, len};
    char *line = rest_line(&rest);
    size_t name_len = strcspn(line, " ");
    int status = (int)strtol(line + name_len, NULL, 10);

    for (int i = 0; i < RECOGNITION_OPERATIONS; i++) {
        enum recognition_operation operation = (enum recognition_operation)i;
        const char *name = recognition_name(operation);

        if (strlen(name) != name_len || memcmp(name, line, name_len) != 0)
            continue;
        if (status)
            read_refusal(operation, status, rest.bytes, rest.len);
        else if (readers[i])
            readers[i](rest.bytes, rest.len);
    }
    free(line);
    return 0;
}
