#include "schema.h"
int schema_newest(void)
{
    return 1;
}
