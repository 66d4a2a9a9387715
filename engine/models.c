/*
 * models.c - the model files, found and checked
 *
 * The lock's lines name the files of a role in the order in which we prefer
 * them.  A file that is there but is not the right one ends the search: whoever
 * put it there should hear of it, not get another model in silence.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "errors.h"
#include "models.h"
#include "models_lock.h"
#include "xalloc.h"

/* A line of the lock. */
struct entry {
    char role[16];
    char name[128];
    size_t bytes;
    char sha256[DIGEST_HEX_BYTES];
    char licence[32];
    char origin[256];
};

/* Where the files may lie, in the order in which we look. */
enum { PLACES_MAX = 16, FOLDERS_UP = 4 };
struct places {
    char *paths[PLACES_MAX];
    size_t count;
};

/* Reads the next entry of that role; `text` moves behind it. */
static bool next_entry(const char **text, const char *role, struct entry *entry)
{
    while (**text) {
        const char *line = *text;
        char bytes[16];
        int fields;

        *text += strcspn(*text, "\n");
        *text += **text == '\n';
        if (*line == '#' || *line == '\n')
            continue;
        fields = sscanf(line, "%15s %127s %15s %64s %31s %255[^\n]",
                        entry->role, entry->name, bytes, entry->sha256,
                        entry->licence, entry->origin);
        assert(fields == 6);
        (void)fields;
        entry->bytes = strtoul(bytes, NULL, 10);
        if (strcmp(entry->role, role) == 0)
            return true;
    }
    return false;
}

static void add_place(struct places *places, const char *base, const char *path)
{
    if (places->count < PLACES_MAX)
        places->paths[places->count++] = xprintf("%s%s", base, path);
}

static void add_usual_places(struct places *places)
{
    char program[4096];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

    add_place(places, "", "models");
    add_place(places, "", "../shared/models");
    if (len < 0)
        return;
    program[len] = '\0';
    for (int up = 0; up <= FOLDERS_UP; up++) {
        char *slash = strrchr(program, '/');

        if (!slash || slash == program)
            return;
        *slash = '\0';
        add_place(places, program, "/models");
        add_place(places, program, "/../shared/models");
    }
}

static void places_finish(struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->paths[i]);
}

/* All of the file, whose length is known; NULL if it has another or cannot be
 * read, with the reason in `problem`. */
static void *read_whole(const char *path, size_t len, struct buffer *problem)
{
    FILE *file = fopen(path, "re");
    struct stat facts;
    void *bytes = NULL;

    if (!file || fstat(fileno(file), &facts) < 0) {
        buffer_printf(problem, "%s cannot be read: %s", path, strerror(errno));
    } else if (!S_ISREG(facts.st_mode) || (size_t)facts.st_size != len) {
        buffer_printf(problem, "%s has %lld bytes instead of %zu", path,
                      (long long)facts.st_size, len);
    } else {
        bytes = xmalloc(len);
        if (fread(bytes, 1, len, file) != len) {
            buffer_printf(problem, "%s cannot be read", path);
            free(bytes);
            bytes = NULL;
        }
    }
    if (file)
        fclose(file);
    return bytes;
}

static int load_file(struct model *model, const struct entry *entry,
                     const char *path, struct buffer *problem)
{
    char sha256[DIGEST_HEX_BYTES];
    void *bytes = read_whole(path, entry->bytes, problem);

    if (bytes) {
        digest_sha256_hex(bytes, entry->bytes, sha256);
        if (strcmp(sha256, entry->sha256) == 0) {
            *model = (struct model){.name = xstrdup(entry->name),
                                    .bytes = bytes,
                                    .len = entry->bytes};
            return 0;
        }
        buffer_printf(problem, "%s has the SHA-256 %s instead of %s", path,
                      sha256, entry->sha256);
        free(bytes);
    }
    buffer_printf(problem,
                  ", so it is not the model we know: replace it by the one "
                  "from %s",
                  entry->origin);
    return E_INVALID;
}

/* The sentence for a role that has no file anywhere. */
static void explain_missing(const char *role, const struct places *places,
                            struct buffer *problem)
{
    const char *text = models_lock;
    struct entry entry;
    bool found = next_entry(&text, role, &entry);

    assert(found);
    (void)found;
    buffer_printf(problem,
                  "the %s model %s is missing: get it from %s and put it into "
                  "the folder %s",
                  role, entry.name, entry.origin, places->paths[0]);
    if (places->count > 1)
        buffer_add_text(problem, ", or name its folder in FACEWIRE_MODELS");
}

/* The first file of that role that is there, to be freed; NULL: none is. */
static char *find_file(const char *role, const struct places *places,
                       struct entry *entry)
{
    const char *text = models_lock;

    while (next_entry(&text, role, entry)) {
        for (size_t i = 0; i < places->count; i++) {
            char *path = xprintf("%s/%s", places->paths[i], entry->name);

            if (access(path, F_OK) == 0)
                return path;
            free(path);
        }
    }
    return NULL;
}

static int load_role(struct model *model, const char *role,
                     const struct places *places, struct buffer *problem)
{
    struct entry entry;
    char *path = find_file(role, places, &entry);
    int error;

    if (!path) {
        explain_missing(role, places, problem);
        return E_NOT_FOUND;
    }
    error = load_file(model, &entry, path, problem);
    free(path);
    return error;
}

static const char *const measure_names[MEASURE_COUNT] = {
    [MEASURE_LANDMARKS] = "landmarks",
    [MEASURE_EXPRESSION] = "expression",
    [MEASURE_AGE] = "age",
};

const char *models_measure_name(enum measure measure)
{
    return measure_names[measure];
}

/* A file that is there must be the right one; nothing is kept of it yet. */
static int check_measure(char **path, enum measure measure,
                         const struct places *places, struct buffer *problem)
{
    struct model model = {0};
    struct entry entry;
    int error = 0;

    *path = find_file(measure_names[measure], places, &entry);
    if (*path)
        error = load_file(&model, &entry, *path, problem);
    model_finish(&model);
    return error;
}

int models_load(struct models *models, const char *folder,
                struct buffer *problem)
{
    struct places places = {0};
    int error;

    *models = (struct models){0};
    if (folder[0])
        add_place(&places, folder, "");
    else
        add_usual_places(&places);
    error = load_role(&models->detector, "detector", &places, problem);
    if (error == 0)
        error = load_role(&models->embedder, "embedder", &places, problem);
    for (enum measure i = 0; i < MEASURE_COUNT && error == 0; i++)
        error = check_measure(&models->measures[i], i, &places, problem);
    if (error < 0)
        models_finish(models);
    places_finish(&places);
    return error;
}

int models_read_measure(struct model *model, enum measure measure,
                        const char *path, struct buffer *problem)
{
    const char *text = models_lock;
    const char *slash = strrchr(path, '/');
    struct entry entry;

    *model = (struct model){0};
    while (next_entry(&text, measure_names[measure], &entry))
        if (slash && strcmp(entry.name, slash + 1) == 0)
            return load_file(model, &entry, path, problem);
    assert(!"a path that models_load did not give");
    return E_INVALID;
}

void model_finish(struct model *model)
{
    free(model->name);
    free(model->bytes);
    *model = (struct model){0};
}

void models_finish(struct models *models)
{
    model_finish(&models->detector);
    model_finish(&models->embedder);
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        free(models->measures[i]);
    *models = (struct models){0};
}
