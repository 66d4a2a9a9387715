/*
 * cores.c - who runs on which core, and what it takes of it
 */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cores.h"
#include "log.h"

static cpu_set_t choose(enum core core)
{
    static cpu_set_t all;
    cpu_set_t chosen;
    int seen = 0;

    if (CPU_COUNT(&all) == 0)
        sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&chosen);
    for (size_t i = 0; i < CPU_SETSIZE && seen < 2; i++) {
        if (!CPU_ISSET(i, &all))
            continue;
        if (core == CORE_BOTH || seen == (core == CORE_CLIENTS))
            CPU_SET(i, &chosen);
        seen++;
    }
    return CPU_COUNT(&chosen) ? chosen : all; /* a machine of one core */
}

void cores_use(enum core core)
{
    cpu_set_t chosen = choose(core);

    if (sched_setaffinity(0, sizeof chosen, &chosen) < 0)
        fatal("the cores cannot be chosen");
}

void cores_move(pid_t pid, enum core core)
{
    cpu_set_t chosen = choose(core);
    char path[64];
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    folder = opendir(path);
    if (!folder)
        fatal("%s cannot be read", path);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' &&
            sched_setaffinity(atoi(entry->d_name), sizeof chosen, &chosen) < 0)
            log_info("a thread ended before it was pinned");
    closedir(folder);
}

/* The first number of a schedstat is nanoseconds on a core; it is finer than
 * the ticks in stat. */
static double thread_seconds(pid_t pid, const char *thread)
{
    char path[300];
    unsigned long long ns = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, thread);
    file = fopen(path, "re");
    if (!file)
        return 0; /* it has ended */
    if (fscanf(file, "%llu", &ns) != 1)
        ns = 0;
    fclose(file);
    return (double)ns / 1e9;
}

double cores_seconds(pid_t pid)
{
    char path[64];
    double seconds = 0;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    folder = opendir(path);
    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            seconds += thread_seconds(pid, entry->d_name);
    closedir(folder);
    return seconds;
}

/* What the kernel counts of all cores since it was started. */
static void read_machine(double *all, double *idle)
{
    FILE *file = fopen("/proc/stat", "re");
    unsigned long long ticks[8] = {0};
    double second = (double)sysconf(_SC_CLK_TCK);

    if (!file || fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu",
                        &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4],
                        &ticks[5], &ticks[6], &ticks[7]) != 8)
        fatal("/proc/stat cannot be read");
    fclose(file);
    *all = 0;
    for (int i = 0; i < 8; i++)
        *all += (double)ticks[i] / second;
    *idle = (double)(ticks[3] + ticks[4]) / second;
}

static double usage_seconds(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double our_seconds(const struct cores_watch *watch)
{
    double seconds =
        usage_seconds(RUSAGE_SELF) + usage_seconds(RUSAGE_CHILDREN);

    for (size_t i = 0; i < watch->count; i++)
        seconds += watch->pids[i] ? cores_seconds(watch->pids[i]) : 0;
    return seconds;
}

void cores_watch_begin(struct cores_watch *watch, const pid_t *pids,
                       size_t count)
{
    *watch = (struct cores_watch){.pids = pids, .count = count};
    watch->ours = our_seconds(watch);
    read_machine(&watch->all, &watch->idle);
}

double cores_watch_end(const struct cores_watch *watch)
{
    double all, idle, foreign;

    read_machine(&all, &idle);
    all -= watch->all;
    idle -= watch->idle;
    foreign = all - idle - (our_seconds(watch) - watch->ours);
    return all > 0 && foreign > 0 ? 100 * foreign / all : 0;
}
