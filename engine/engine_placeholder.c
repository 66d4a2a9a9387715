#include "engine_placeholder.h"
int engine_placeholder(void)
{
    return 0;
}
