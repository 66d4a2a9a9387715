#include "sql_stage.h"

static void people_are_found_by_the_beginnings_of_words(void **state)
{
    (void)state;
    add_person("p1", "Ada Lovelace", "u-17");
    add_person("p2", "Adalbert Stifter", NULL);
    add_person("p3", "Ren\u00e9 Ada 100%", NULL);
    assert_int_equal(search(""), 3);
    assert_int_equal(search("  "), 3);
    assert_int_equal(search("ada"), 3);
    assert_int_equal(search("ADA"), 3);
    assert_int_equal(search("love ad"), 1);
    assert_int_equal(search("rene"), 1);
    assert_int_equal(search("u-17"), 1);
    assert_int_equal(search("u-1"), 1);
    assert_int_equal(search("%"), 0);
    assert_int_equal(search("_da"), 0);
    assert_int_equal(search("da"), 0);
    assert_int_equal(search("' OR 1=1 --"), 0);
    assert_int_equal(search("\\"), 0);
}

static void a_person_is_changed(void **state)
{
    struct person_change change = {.collection = "default",
                                   .id = "p1",
                                   .has_name = true,
                                   .name = "Augusta King",
                                   .has_email = true,
                                   .email = "ada@example.org"};
    struct person_change taken = {.collection = "default",
                                  .id = "p1",
                                  .has_external_id = true,
                                  .external_id = "u-18"};

    (void)state;
    add_person("p1", "Ada Lovelace", "u-17");
    add_person("p2", "Charles Babbage", "u-18");
    assert_int_equal(wait_for(person_change(database, &change, on_done, NULL)),
                     0);
    assert_string_equal(change.find.row.name, "Augusta King");
    assert_string_equal(change.find.row.email, "ada@example.org");
    assert_string_equal(change.find.row.external_id, "u-17");
    assert_int_equal(search("king"), 1);
    assert_int_equal(search("lovelace"), 0);
    assert_int_equal(search("u-17"), 1);
    assert_int_equal(wait_for(person_change(database, &taken, on_done, NULL)),
                     E_DUPLICATE);
    taken.id = "p9";
    assert_int_equal(wait_for(person_change(database, &taken, on_done, NULL)),
                     E_NOT_FOUND);
    person_find_finish(&change.find);
    person_find_finish(&taken.find);
}

static void faces_are_named(void **state)
{
    enum { FACES = 70 };
    static struct face_owner owners[FACES];
    struct faces_name names = {
        .collection = "default", .faces = owners, .count = FACES};
    struct new_face face = {.person = "p1"};
    struct job_commit made = {.status = JOB_DONE, .face = &face};

    (void)state;
    add_person("p1", "Ada Lovelace", "u-17");
    for (int i = 0; i < 3; i++) {
        char job[UUID_BYTES], id[UUID_BYTES];

        snprintf(job, sizeof job, "job%d", i);
        snprintf(id, sizeof id, "face%d", i * 30);
        add_job(job, JOB_ENROLL, "p1");
        made.id = job;
        face.id = id;
        made.attempt = take(job);
        assert_true(commit(&made));
    }
    for (int i = 0; i < FACES; i++)
        snprintf(owners[i].face, sizeof owners[i].face, "face%d", i);
    assert_int_equal(wait_for(faces_name(database, &names, on_done, NULL)), 0);
    for (int i = 0; i < FACES; i++) {
        if (i % 30 == 0) {
            assert_string_equal(owners[i].person, "p1");
            assert_string_equal(owners[i].name, "Ada Lovelace");
            assert_string_equal(owners[i].external_id, "u-17");
        } else {
            assert_null(owners[i].person);
        }
        face_owner_finish(&owners[i]);
    }
}

static int on_number(void *owner, const struct row *row)
{
    *(int64_t *)owner = row_integer(row, 0);
    return 0;
}

static int read_reads(struct connection *connection, void *task)
{
    return connection_run(connection,
                          "SELECT CAST(SUM(VARIABLE_VALUE) AS INTEGER) "
                          "FROM information_schema.GLOBAL_STATUS "
                          "WHERE VARIABLE_NAME LIKE 'Handler_read%'",
                          NULL, 0, on_number, task);
}

/* How many rows are read for a query. */
static int64_t reads_of(const char *query, size_t found)
{
    int64_t before = 0, after = 0;

    assert_int_equal(run_work(read_reads, &before), 0);
    assert_int_equal(search(query), found);
    assert_int_equal(run_work(read_reads, &after), 0);
    return after - before;
}

static void a_search_is_no_walk_through_all_people(void **state)
{
    (void)state;
    mariadb_server_say(
        &server,
        "USE facewire; INSERT INTO people (id, collection, name, created, "
        "updated) SELECT CONCAT('p', LPAD(seq, 5, '0')), 'default', "
        "CONCAT('Common Family', seq DIV 10), UTC_TIMESTAMP(3), "
        "UTC_TIMESTAMP(3) FROM seq_10000_to_40000;"
        "INSERT INTO person_words SELECT 'default', 'common', id FROM people;"
        "INSERT INTO person_words SELECT 'default', LOWER(SUBSTRING_INDEX(name,"
        " ' ', -1)), id FROM people;"
        "ANALYZE TABLE people, person_words");
    assert_in_range(reads_of("family1234", 10), 10, 1000);
    assert_in_range(reads_of("common family1234", 10), 10, 12000);
    assert_in_range(reads_of("fam com family1234", 10), 10, 24000);
    assert_in_range(reads_of("com", 10), 1, 12000);
    assert_in_range(reads_of("common fam", 10), 1, 24000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(people_are_found_by_the_beginnings_of_words,
                               empty),
        cmocka_unit_test_setup(a_search_is_no_walk_through_all_people, empty),
        cmocka_unit_test_setup(a_person_is_changed, empty),
        cmocka_unit_test_setup(faces_are_named, empty),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
