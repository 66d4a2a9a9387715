#include "sql_stage.h"

static void a_newer_schema_is_refused(void **state)
{
    (void)state;
    mariadb_server_say(&server, "INSERT INTO facewire.schema_migrations "
                                "VALUES (99, 'from the future', NOW(3))");
    assert_int_equal(run_work(schema_migrate, NULL), E_REFUSED);
    mariadb_server_say(&server, "DELETE FROM facewire.schema_migrations "
                                "WHERE version = 99");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_newer_schema_is_refused, empty),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
