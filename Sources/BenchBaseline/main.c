// bench-baseline: the benchmarks' work done in C on libcurl, as near to the floor as it goes without tricks.
//
//     bench-baseline --server URL --workload NAME [--repeat N]
//
// Prints one JSON object on a line; Scripts/bench reads it and says what each workload is.
#include "calls.h"
#include "commits.h"
#include "workloads.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static int64_t wall_microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct rusage usage(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used;
}

static int64_t cpu_microseconds(struct rusage used) {
    return ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec
        + used.ru_stime.tv_usec;
}

// The highest resident size. Linux's getrusage() also counts what the process was before exec(), that is, the size
// of whoever started it.
static long peak_kilobytes(void) {
#ifdef __linux__
    FILE *status = fopen("/proc/self/status", "r");
    long peak = 0;
    char line[256];
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %ld", &peak) == 1) break;
    }
    if (status) fclose(status);
    return peak;
#else
    return usage().ru_maxrss / 1024;
#endif
}

static const workload *named(const char *name) {
    for (int index = 0; name && index < workload_count; index++) {
        if (strcmp(workloads[index].name, name) == 0) return &workloads[index];
    }
    return NULL;
}

int main(int count, char **arguments) {
    const char *server = NULL;
    const char *name = NULL;
    int repeat = 0;
    for (int index = 1; index + 1 < count; index += 2) {
        if (strcmp(arguments[index], "--server") == 0) server = arguments[index + 1];
        if (strcmp(arguments[index], "--workload") == 0) name = arguments[index + 1];
        if (strcmp(arguments[index], "--repeat") == 0) repeat = atoi(arguments[index + 1]);
    }
    const workload *chosen = named(name);
    if (!server || !chosen) {
        fprintf(stderr, "usage: bench-baseline --server URL --workload NAME [--repeat N]\n");
        return 2;
    }
    if (repeat <= 0) repeat = chosen->repeat;

    calls_begin(server);
    for (int index = 0; index < chosen->warm_ups; index++) chosen->unit(chosen->argument);
    calls_made = 0;
    long peak = peak_kilobytes();
    struct rusage before = usage();
    int64_t wall = wall_microseconds();
    for (int index = 0; index < repeat; index++) chosen->unit(chosen->argument);
    wall = wall_microseconds() - wall;
    struct rusage after = usage();
    long later_peak = peak_kilobytes();
    printf(
        "{\"workload\":\"%s\",\"repeat\":%d,\"cpu_us\":%lld,\"wall_us\":%lld,\"max_rss_kb\":%ld,\"growth_kb\":%ld,"
        "\"calls\":%ld}\n",
        chosen->name, repeat, (long long)(cpu_microseconds(after) - cpu_microseconds(before)), (long long)wall,
        later_peak, later_peak - peak, calls_made);
    commits_end();
    calls_end();
    return 0;
}
