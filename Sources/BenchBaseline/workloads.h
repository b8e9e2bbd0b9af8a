// The work of the benchmarks, done with as little as it takes. Scripts/bench says what each one is.
#ifndef WORKLOADS_H
#define WORKLOADS_H

typedef struct {
    const char *name;
    void (*unit)(int argument);
    int argument;
    int repeat;    // as many units as give a time worth measuring
    int warm_ups;  // units done before the clock starts, so that connections are open
} workload;

extern const workload workloads[];
extern const int workload_count;

#endif
