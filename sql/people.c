/*
 * people.c - the rows of `people`
 *
 * Names are searched by the beginnings of their words.  The words stand in a
 * table of their own, in a collation that minds neither case nor accents, so a
 * search is a walk along an index however many people there are.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "people.h"
#include "text.h"
#include "utf8.h"
#include "xalloc.h"

enum {
    WORD_BYTES = 65,     /* of a column of 64 characters */
    QUERY_WORDS = 3,     /* further ones are passed over */
    COMMON_WORDS = 5000, /* of one beginning; from here on it is common */
    NAMES_AT_ONCE = 32,
    SIGHTINGS_SHOWN = 20,
};

/* ---- words ---- */

/* Takes the next word off a text: letters, digits and all that is not ASCII.
 * "" when there is none left. */
static const char *next_word(const char *text, char word[static WORD_BYTES])
{
    static const char breaks[] = " \t\r\n!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~-_";
    size_t len, kept;

    text += strspn(text, breaks);
    len = strcspn(text, breaks);
    kept = len < WORD_BYTES - 1 ? len : WORD_BYTES - 1;
    memcpy(word, text, kept);
    while (!utf8_is_valid(word, kept)) /* cut in the middle of a character */
        kept--;
    word[kept] = '\0';
    return text + len;
}

static int insert_word(struct connection *connection, const char *collection,
                       const char *person, const char *word)
{
    struct value values[] = {value_text(collection), value_text(word),
                             value_text(person)};

    /* The same word twice in a name is one row. */
    return connection_run(connection,
                          "INSERT IGNORE INTO person_words "
                          "(collection, word, person) VALUES (?, ?, ?)",
                          values, COUNT(values), NULL, NULL);
}

int person_words_insert(struct connection *connection, const char *collection,
                        const char *person, const char *name,
                        const char *external_id)
{
    char word[WORD_BYTES];
    int error = 0;

    for (const char *rest = next_word(name, word); word[0] && error == 0;
         rest = next_word(rest, word))
        error = insert_word(connection, collection, person, word);
    if (error == 0 && external_id) {
        text_copy(word, WORD_BYTES, external_id);
        error = insert_word(connection, collection, person, word);
    }
    return error;
}

/* ---- finding ---- */

void person_find_finish(struct person_find *find)
{
    person_row_finish(&find->row);
    face_rows_finish(&find->faces);
    sighting_rows_finish(&find->sightings);
}

static int run_find(struct connection *connection, void *task)
{
    struct person_find *find = task;
    struct value values[] = {value_text(find->id),
                             value_text(find->collection)};
    struct value shown[] = {value_text(find->id),
                            value_integer(SIGHTINGS_SHOWN)};
    int error;

    person_find_finish(find);
    error = connection_run(connection,
                           "SELECT " PERSON_COLUMNS " FROM people p "
                           "WHERE p.id = ? AND p.collection = ? "
                           "AND p.erasing IS NULL",
                           values, 2, person_row_read, &find->row);
    if (error == 0 && !find->row.name)
        return E_NOT_FOUND;
    if (error == 0)
        error = connection_run(connection,
                               "SELECT " FACE_COLUMNS " FROM faces "
                               "WHERE person = ? ORDER BY quality DESC, id",
                               values, 1, face_rows_read, &find->faces);
    if (error == 0)
        error = connection_run(connection,
                               "SELECT s.job, s.similarity, s.seen "
                               "FROM sightings s JOIN jobs j ON j.id = s.job "
                               "WHERE s.person = ? AND j.kind = 'search' "
                               "ORDER BY s.job DESC LIMIT ?",
                               shown, 2, sighting_rows_read, &find->sightings);
    return error;
}

int person_find(struct database *database, struct person_find *find,
                done_fn *done, void *owner)
{
    return database_run(database, run_find, find, done, owner);
}

/* ---- listing ---- */

static int list_all(struct connection *connection, struct people_list *list)
{
    struct value values[] = {value_text(list->collection),
                             value_text(list->after), value_text(list->after),
                             value_integer(list->limit)};

    return connection_run(connection,
                          "SELECT " PERSON_COLUMNS " FROM people p "
                          "WHERE p.collection = ? AND p.erasing IS NULL "
                          "AND (? = '' OR p.id < ?) "
                          "ORDER BY p.id DESC LIMIT ?",
                          values, COUNT(values), person_rows_read, &list->rows);
}

/* A word as LIKE wants it, matching every word that begins with it. */
static void make_pattern(const char *word, char pattern[static 2 * WORD_BYTES])
{
    while (*word) {
        if (*word == '%' || *word == '_' || *word == '\\')
            *pattern++ = '\\';
        *pattern++ = *word++;
    }
    memcpy(pattern, "%", 2);
}

/* Two parameters, both the pattern; "%" is no word.  It counts, because EXISTS
 * may be turned into a join that begins with all who have the word. */
#define HAS_WORD(words, person)                                                \
    "(? = '%' OR (SELECT COUNT(*) FROM person_words " words " WHERE " words    \
    ".person = " person " AND " words ".word LIKE ?) > 0) "

/* From the word: as many rows are looked at as have it. */
static int list_rare(struct connection *connection, struct people_list *list,
                     char *const patterns[QUERY_WORDS])
{
    struct value values[] = {
        value_text(list->collection), value_text(patterns[0]),
        value_text(list->after),      value_text(list->after),
        value_text(patterns[1]),      value_text(patterns[1]),
        value_text(patterns[2]),      value_text(patterns[2]),
        value_integer(list->limit)};

    return connection_run(
        connection,
        "SELECT " PERSON_COLUMNS " FROM (SELECT DISTINCT w.person "
        "FROM person_words w JOIN people q ON q.id = w.person "
        "WHERE w.collection = ? AND w.word LIKE ? AND q.erasing IS NULL "
        "AND (? = '' OR w.person < ?) "
        "AND " HAS_WORD("w2", "w.person") "AND " HAS_WORD(
            "w3", "w.person") "ORDER BY w.person DESC LIMIT ?) found "
                              "JOIN people p ON p.id = found.person ORDER BY "
                              "p.id DESC",
        values, COUNT(values), person_rows_read, &list->rows);
}

/* From the newest person on, until there are enough: so many have the words
 * that it does not take long. */
static int list_common(struct connection *connection, struct people_list *list,
                       char *const patterns[QUERY_WORDS])
{
    struct value values[] = {
        value_text(list->collection), value_text(list->after),
        value_text(list->after),      value_text(patterns[0]),
        value_text(patterns[0]),      value_text(patterns[1]),
        value_text(patterns[1]),      value_text(patterns[2]),
        value_text(patterns[2]),      value_integer(list->limit)};

    return connection_run(
        connection,
        "SELECT " PERSON_COLUMNS " FROM people p "
        "WHERE p.collection = ? AND p.erasing IS NULL "
        "AND (? = '' OR p.id < ?) "
        "AND " HAS_WORD("w1", "p.id") "AND " HAS_WORD(
            "w2", "p.id") "AND " HAS_WORD("w3",
                                          "p.id") "ORDER BY p.id DESC LIMIT ?",
        values, COUNT(values), person_rows_read, &list->rows);
}

static int on_count(void *owner, const struct row *row)
{
    *(int64_t *)owner = row_integer(row, 0);
    return 0;
}

/* How many rows the words have that match, counted up to a bound. */
static int count_words(struct connection *connection,
                       const struct people_list *list, const char *pattern,
                       int64_t *count)
{
    struct value values[] = {value_text(list->collection), value_text(pattern),
                             value_integer(COMMON_WORDS)};

    return connection_run(connection,
                          "SELECT COUNT(*) FROM (SELECT 1 FROM person_words "
                          "WHERE collection = ? AND word LIKE ? LIMIT ?) some",
                          values, COUNT(values), on_count, count);
}

/* The rarest word leads, unless even that one is common. */
static int list_matching(struct connection *connection,
                         struct people_list *list,
                         char patterns[QUERY_WORDS][2 * WORD_BYTES])
{
    char *order[QUERY_WORDS] = {patterns[0], patterns[1], patterns[2]};
    int64_t least = COMMON_WORDS;
    int error = 0;

    for (size_t i = 0; i < QUERY_WORDS && error == 0; i++) {
        int64_t count = COMMON_WORDS;

        if (patterns[i][0] != '%')
            error = count_words(connection, list, patterns[i], &count);
        if (count < least) {
            least = count;
            order[i] = order[0];
            order[0] = patterns[i];
        }
    }
    if (error)
        return error;
    return least < COMMON_WORDS ? list_rare(connection, list, order)
                                : list_common(connection, list, order);
}

/* A query that is a key is looked up whole: its breaks are part of it. */
static int run_list(struct connection *connection, void *task)
{
    struct people_list *list = task;
    char patterns[QUERY_WORDS][2 * WORD_BYTES];
    char word[WORD_BYTES];
    const char *rest = list->query;
    int error;

    person_rows_finish(&list->rows);
    if (!list->query[strspn(list->query, " ")])
        return list_all(connection, list);
    for (size_t i = 0; i < QUERY_WORDS; i++) {
        rest = next_word(rest, word);
        make_pattern(word, patterns[i]);
    }
    /* Without any word the first pattern would match everybody. */
    error =
        patterns[0][0] == '%' ? 0 : list_matching(connection, list, patterns);
    if (error || list->rows.count)
        return error;
    text_copy(word, WORD_BYTES, list->query);
    make_pattern(word, patterns[0]);
    strcpy(patterns[1], "%");
    strcpy(patterns[2], "%");
    return list_matching(connection, list, patterns);
}

int people_list(struct database *database, struct people_list *list,
                done_fn *done, void *owner)
{
    return database_run(database, run_list, list, done, owner);
}

/* ---- changing ---- */

/* One column; the caller has checked that the person is there. */
static int set_column(struct connection *connection, const char *sql,
                      const char *text, const char *id)
{
    struct value values[] = {value_text(text), value_text(id)};

    return connection_run(connection, sql, values, 2, NULL, NULL);
}

static int write_words(struct connection *connection,
                       struct person_change *change)
{
    struct value id = value_text(change->id);
    int error =
        connection_run(connection, "DELETE FROM person_words WHERE person = ?",
                       &id, 1, NULL, NULL);

    if (error == 0)
        error = run_find(connection, &change->find);
    if (error == 0)
        error = person_words_insert(connection, change->collection, change->id,
                                    change->find.row.name,
                                    change->find.row.external_id);
    return error;
}

static int run_change(struct connection *connection, void *task)
{
    struct person_change *change = task;
    int error = connection_begin(connection);

    change->find.collection = change->collection;
    change->find.id = change->id;
    if (error == 0)
        error = set_column(connection,
                           "UPDATE people SET updated = UTC_TIMESTAMP(3) "
                           "WHERE collection = ? AND id = ? "
                           "AND erasing IS NULL",
                           change->collection, change->id);
    if (error == 0 && connection_changed(connection) == 0)
        error = E_NOT_FOUND;
    if (error == 0 && change->has_name)
        error =
            set_column(connection, "UPDATE people SET name = ? WHERE id = ?",
                       change->name, change->id);
    if (error == 0 && change->has_external_id)
        error = set_column(connection,
                           "UPDATE people SET external_id = ? WHERE id = ?",
                           change->external_id, change->id);
    if (error == 0 && change->has_email)
        error =
            set_column(connection, "UPDATE people SET email = ? WHERE id = ?",
                       change->email, change->id);
    if (error == 0 && change->has_details)
        error =
            set_column(connection, "UPDATE people SET details = ? WHERE id = ?",
                       change->details, change->id);
    if (error == 0)
        error = write_words(connection, change);
    return error ? error : connection_commit(connection);
}

int person_change(struct database *database, struct person_change *change,
                  done_fn *done, void *owner)
{
    return database_run(database, run_change, change, done, owner);
}

/* ---- naming faces ---- */

void face_owner_finish(struct face_owner *owner)
{
    free(owner->person);
    free(owner->external_id);
    free(owner->name);
    owner->person = owner->external_id = owner->name = NULL;
}

static int on_owner(void *task, const struct row *row)
{
    struct faces_name *names = task;

    for (size_t i = 0; i < names->count; i++) {
        struct face_owner *owner = &names->faces[i];

        if (owner->person || strcmp(owner->face, row_text(row, 0)) != 0)
            continue;
        owner->person = xstrdup(row_text(row, 1));
        owner->external_id = xstrdup(row_text(row, 2));
        owner->name = xstrdup(row_text(row, 3));
    }
    return 0;
}

/* Statements have a fixed number of parameters; those left over are NULL, which
 * equals nothing. */
static int run_names(struct connection *connection, void *task)
{
    struct faces_name *names = task;
    int error = 0;

    for (size_t i = 0; i < names->count; i++)
        face_owner_finish(&names->faces[i]);
    for (size_t first = 0; first < names->count && error == 0;
         first += NAMES_AT_ONCE - 1) {
        struct value values[NAMES_AT_ONCE] = {value_text(names->collection)};

        for (size_t i = 1; i < NAMES_AT_ONCE; i++)
            values[i] = value_text(first + i - 1 < names->count
                                       ? names->faces[first + i - 1].face
                                       : NULL);
        error = connection_run(
            connection,
            "SELECT f.id, p.id, p.external_id, p.name FROM faces f "
            "JOIN people p ON p.id = f.person WHERE f.collection = ? "
            "AND p.erasing IS NULL AND f.id IN "
            "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            values, NAMES_AT_ONCE, on_owner, names);
    }
    return error;
}

int faces_name(struct database *database, struct faces_name *names,
               done_fn *done, void *owner)
{
    return database_run(database, run_names, names, done, owner);
}
