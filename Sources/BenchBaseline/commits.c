#include "commits.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { largest = 4096 };

static char directory[512];
static sqlite3 *database;
static sqlite3_stmt *begin;
static sqlite3_stmt *insert;
static sqlite3_stmt *end;
static sqlite3_int64 sequence;

static void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "bench-baseline: %s\n", database ? sqlite3_errmsg(database) : "SQLite does not start");
    exit(1);
}

static void prepare(const char *text, sqlite3_stmt **statement) {
    check(sqlite3_prepare_v2(database, text, -1, statement, NULL));
}

void commits_begin(void) {
    if (database) return;
    const char *temporary = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/bench-baseline-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(directory)) {
        perror(directory);
        exit(1);
    }
    char path[600];
    snprintf(path, sizeof path, "%s/commits.sqlite", directory);
    check(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    check(sqlite3_exec(
        database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE events (run TEXT NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " time INTEGER NOT NULL, type TEXT NOT NULL, payload BLOB NOT NULL, hash BLOB NOT NULL,"
        " PRIMARY KEY (run, sequence))",
        NULL, NULL, NULL));
    prepare("BEGIN IMMEDIATE", &begin);
    prepare("INSERT INTO events VALUES ('20261125-103747-8zerh69j', ?, 1, 1795603067941, 'call.completed', ?, ?)", &insert);
    prepare("COMMIT", &end);
}

void commits_end(void) {
    if (!database) return;
    sqlite3_finalize(begin);
    sqlite3_finalize(insert);
    sqlite3_finalize(end);
    check(sqlite3_close(database));
    for (const char *const *suffix = (const char *const[]){"", "-wal", "-shm", NULL}; *suffix; suffix++) {
        char path[600];
        snprintf(path, sizeof path, "%s/commits.sqlite%s", directory, *suffix);
        unlink(path);
    }
    rmdir(directory);
}

static void execute(sqlite3_stmt *statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
}

void commit(const int *sizes, size_t count) {
    static char bytes[largest];
    execute(begin);
    for (size_t index = 0; index < count; index++) {
        memset(bytes, 'a' + (int)(index % 26), (size_t)sizes[index]);
        check(sqlite3_bind_int64(insert, 1, ++sequence));
        check(sqlite3_bind_blob(insert, 2, bytes, sizes[index], SQLITE_STATIC));
        check(sqlite3_bind_blob(insert, 3, bytes, 32, SQLITE_STATIC));
        execute(insert);
    }
    execute(end);
}
