/*
 * An operator has photos of people, a folder for each, and asks the engine how
 * well it tells them apart.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "json.h"
#include "stack.h"
#include "unit.h"

static const char log_path[] = "calibrate.log";

/* Calibrates; what it says is to be freed. */
static char *calibrate(const char *folder, int wanted_status)
{
    char *program = stack_program("engine/facewire-engine");
    const char *arguments[] = {program, "calibrate", folder, "plot.svg", NULL};

    remove(log_path);
    remove("plot.svg");
    assert_int_equal(child_run(arguments, log_path), wanted_status);
    free(program);
    return unit_read_file(log_path, NULL);
}

static void assert_says(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static void put_photo(const char *person, const char *photo)
{
    char path[4096];

    snprintf(path, sizeof path, "people/%s", person);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "people/%s/%s", person, photo);
    assert_int_equal(
        symlink(unit_shared("FACEWIRE_PHOTOS", "photos", photo), path), 0);
}

static int clear(void **state)
{
    const char *clean[] = {"sh", "-c", "rm -rf people; mkdir people", NULL};

    (void)state;
    setenv("FACEWIRE_MODELS", unit_shared("FACEWIRE_MODELS", "models", "."), 0);
    return child_run(clean, "/dev/null");
}

static void everybody_of_the_set_is_compared_with_everybody(void **state)
{
    size_t len;
    char *text = unit_read_file(
        unit_shared("FACEWIRE_PHOTOS", "photos", "truth.json"), &len);
    struct json *truth = json_parse(text, len);
    char *said, *plot;

    (void)state;
    for (const struct json *photo = json_first(truth); photo;
         photo = json_next(photo)) {
        const char *person = json_get_text(photo, "person", NULL);

        if (person)
            put_photo(person, json_name(photo));
    }
    said = calibrate("people", EXIT_SUCCESS);
    assert_says(said, "9 people, 30 photos, 0 left out");
    assert_says(said, "one person: 56 pairs");
    assert_says(said, "two people: 379 pairs");
    assert_says(said, "        80   0.435               98.21%"
                      "                0.000%");
    assert_says(said, "one false accept in 1000: similarity ");
    assert_says(said, "one false accept in 10000: similarity ");
    assert_says(said, "too few pairs to count it");
    assert_says(said, "plot: plot.svg");
    plot = unit_read_file("plot.svg", NULL);
    assert_says(plot, "379 pairs of two people");
    free(plot);
    free(said);
    json_destroy(truth);
    free(text);
}

static void what_is_no_photo_of_a_face_is_left_out(void **state)
{
    char *said;

    (void)state;
    put_photo("anna", "f1-mom-1.jpg");
    put_photo("anna", "f1-mom-2.jpg");
    put_photo("anna", "noface-house.jpg");
    put_photo("anna", "broken-truncated.jpg");
    put_photo("anna", "truth.json");
    put_photo("bert", "f1-dad-1.jpg");
    said = calibrate("people", EXIT_SUCCESS);
    assert_says(said, "2 people, 3 photos, 3 left out");
    assert_says(said, "noface-house.jpg is left out: no face is on it");
    assert_says(said, "broken-truncated.jpg is left out: ");
    assert_says(said, "one false accept in 1000: too few pairs");
    free(said);
}

static void people_without_a_second_photo_teach_nothing(void **state)
{
    char *said;

    (void)state;
    put_photo("anna", "f1-mom-1.jpg");
    put_photo("bert", "f1-dad-1.jpg");
    said = calibrate("people", EXIT_FAILURE);
    assert_says(said, "there must be two people, and two photos of one");
    free(said);
    said = calibrate("nowhere", EXIT_FAILURE);
    assert_says(said, "nowhere: No such file or directory");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everybody_of_the_set_is_compared_with_everybody,
                               clear),
        cmocka_unit_test_setup(what_is_no_photo_of_a_face_is_left_out, clear),
        cmocka_unit_test_setup(people_without_a_second_photo_teach_nothing,
                               clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
