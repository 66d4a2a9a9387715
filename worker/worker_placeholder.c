#include "worker_placeholder.h"
int worker_placeholder(void)
{
    return 0;
}
