/*
 * conformance_main.c - keeps an engine up for tests that are not written in C
 *
 * It says where the engine listens and with which key it may be asked, as one
 * line of JSON.  To the line "kill" of its input it ends the engine as hard as
 * can be and starts it again, and answers with a line of its own.  When the
 * input ends, whoever read the answers is gone, and so is the engine.
 */
#include <signal.h>

#include "engine_stage.h"
#include "unit.h"

int main(void)
{
    struct engine_stage stage;
    char line[16];

    engine_stage_open(&stage);
    printf("{\"port\":%d,\"access_key\":\"%s\",\"secret_key\":\"%s\"}\n",
           stage.port, stage.client.credentials.access_key,
           stage.client.credentials.secret);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (strcmp(line, "kill\n") == 0) {
            child_signal(&stage.engine, SIGKILL);
            child_wait(&stage.engine, 10000);
            engine_stage_start(&stage);
        }
        puts("{}");
        fflush(stdout);
    }
    engine_stage_close(&stage);
    return 0;
}
