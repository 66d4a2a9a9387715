#include "server_placeholder.h"
int server_placeholder(void)
{
    return 0;
}
