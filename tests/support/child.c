/*
 * child.c - programs started by a test
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "patience.h"
#include "xalloc.h"

enum { LOG_END_BYTES = 4000 };

static _Noreturn void become(const char *const *arguments, const char *log,
                             pid_t parent)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* it died before we asked */
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execvp(arguments[0], (char *const *)(const void *)arguments);
    dprintf(STDERR_FILENO, "%s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

void child_start(struct child *child, const char *const *arguments,
                 const char *log)
{
    pid_t parent = getpid();
    const char *slash = strrchr(arguments[0], '/');

    *child = (struct child){.name = xstrdup(slash ? slash + 1 : arguments[0]),
                            .log = xstrdup(log)};
    fflush(NULL);
    child->pid = fork();
    if (child->pid == 0)
        become(arguments, log, parent);
    if (child->pid < 0)
        child_give_up(child, "it could not be started");
}

void child_signal(const struct child *child, int number)
{
    if (child->pid > 0)
        kill(child->pid, number);
}

/* What waitpid says, in the shell's way of telling it. */
static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_wait(struct child *child, int limit_ms)
{
    struct patience patience = patience_of(limit_ms);
    int status;

    if (child->pid <= 0)
        return 0;
    do {
        if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
            child->pid = 0;
            return status_of(status);
        }
    } while (patience_lasts(&patience));
    return -1;
}

int child_stop(struct child *child, int limit_ms)
{
    int status;

    child_signal(child, SIGTERM);
    status = child_wait(child, limit_ms);
    if (status >= 0)
        return status;
    child_signal(child, SIGKILL);
    return child_wait(child, 10000);
}

bool child_is_running(struct child *child)
{
    return child->pid > 0 && child_wait(child, 0) < 0;
}

void child_finish(struct child *child)
{
    if (child->pid > 0) {
        child_signal(child, SIGKILL);
        child_wait(child, 10000);
    }
    free(child->name);
    free(child->log);
    *child = (struct child){0};
}

void child_give_up(const struct child *child, const char *reason)
{
    char end[LOG_END_BYTES + 1] = "";
    FILE *log = fopen(child->log, "re");

    fprintf(stderr, "%s: %s\n", child->name, reason);
    if (log) {
        long size;

        fseek(log, 0, SEEK_END);
        size = ftell(log);
        fseek(log, size > LOG_END_BYTES ? size - LOG_END_BYTES : 0, SEEK_SET);
        end[fread(end, 1, LOG_END_BYTES, log)] = '\0';
        fprintf(stderr, "---- the end of %s\n%s\n----\n", child->log, end);
        fclose(log);
    }
    exit(EXIT_FAILURE);
}

int child_run(const char *const *arguments, const char *log)
{
    struct child child;
    int status;

    child_start(&child, arguments, log);
    status = child_wait(&child, 120000);
    if (status < 0)
        child_give_up(&child, "it did not end");
    child_finish(&child);
    return status;
}
