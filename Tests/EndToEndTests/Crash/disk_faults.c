/* A disk that fails when it is told to. Loaded before the C library into the program under test (LD_PRELOAD), this
 * library stands between SQLite and the system: it counts what is done to the journal's files and, at the operation
 * of a given number, kills the program, tears the write, makes it fail, or lets the power go.
 *
 *   CREW_DISK_FAULT  KIND:NUMBER[:SEED], see `struct kind` below; operations are counted from 1
 *   CREW_DISK_LOG    a file to which a line is added for each operation, before it is done
 *
 * When the power goes, what was written and not yet flushed is lost, sector by sector: all of it for the seed 0,
 * otherwise a part that follows from the seed. So writes are torn and change places, as they do on real disks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SECTOR = 512 };

enum kind { NONE, BEFORE, TORN, AFTER, POWER, EIO_ONCE, EIO_ALWAYS, ENOSPC_ONCE, ENOSPC_ALWAYS, SHORT };

static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {
    {"before", BEFORE},           /* killed before the operation */
    {"torn", TORN},               /* killed when half of the bytes are written */
    {"after", AFTER},             /* killed after the operation */
    {"power", POWER},             /* the power goes before the operation */
    {"eio", EIO_ONCE},            /* the operation fails */
    {"eio-always", EIO_ALWAYS},   /* it fails, and all that follow */
    {"enospc", ENOSPC_ONCE},      /* the disk is full for this operation */
    {"enospc-always", ENOSPC_ALWAYS},
    {"short", SHORT},             /* half of the bytes are written, and the program is told so */
};

/* What a write replaced and what it put there, until it is flushed. */
struct change {
    struct change *older;
    dev_t device;
    ino_t inode;
    char path[PATH_MAX];
    off_t size_before, size_after;
    off_t offset;
    size_t length_before, length_after;
    unsigned char *before, *after;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum kind fault;
static long number;
static uint64_t seed;
static int operations = -1;
static long count;
static struct change *newest;

__attribute__((constructor)) static void read_orders(void) {
    const char *orders = getenv("CREW_DISK_FAULT"), *log = getenv("CREW_DISK_LOG");
    if (log) operations = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!orders) return;
    for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
        size_t length = strlen(kinds[index].name);
        if (strncmp(orders, kinds[index].name, length) != 0 || orders[length] != ':') continue;
        char *rest;
        fault = kinds[index].kind;
        number = strtol(orders + length + 1, &rest, 10);
        if (*rest == ':') seed = strtoull(rest + 1, NULL, 10);
    }
    if (fault == NONE) abort();
}

/* The path of one of the journal's files, which are the database, its log and its roll-back file; the index of the
 * log is shared memory and no part of what is durable. */
static int is_journal(int descriptor, char path[PATH_MAX]) {
    char name[64];
    path[0] = 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    const char *file = strrchr(path, '/');
    return file && strncmp(file, "/crew.sqlite", 12) == 0 && strcmp(file, "/crew.sqlite-shm") != 0;
}

static void note(const char *operation, const char *path, long long offset, long long length) {
    char line[PATH_MAX + 128];
    const char *file = strrchr(path, '/');
    int size = snprintf(line, sizeof line, "%ld %s %s %lld %lld\n", count, operation, file ? file + 1 : path, offset, length);
    if (operations >= 0) syscall(SYS_write, operations, line, (size_t)size);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* MARK: Losing the power */

static uint64_t roll(void) { /* Sebastiano Vigna's SplitMix64 */
    uint64_t z = (seed += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static unsigned char *read_range(int descriptor, off_t offset, size_t *length) {
    unsigned char *bytes = malloc(*length ? *length : 1);
    size_t have = 0;
    while (have < *length) {
        ssize_t more = pread(descriptor, bytes + have, *length - have, offset + (off_t)have);
        if (more <= 0) break;
        have += (size_t)more;
    }
    *length = have;
    return bytes;
}

/* Remembers what is about to be changed; `after` is NULL for a change of the size. */
static void remember(int descriptor, const char *path, off_t offset, const void *after, size_t length) {
    struct stat status;
    if (fault != POWER || fstat(descriptor, &status) != 0) return;
    struct change *change = calloc(1, sizeof *change);
    change->device = status.st_dev;
    change->inode = status.st_ino;
    strcpy(change->path, path);
    change->size_before = status.st_size;
    change->offset = offset;
    if (after) {
        off_t end = offset + (off_t)length;
        change->size_after = end > status.st_size ? end : status.st_size;
        change->length_before = change->length_after = length;
        change->after = memcpy(malloc(length ? length : 1), after, length);
    } else {
        change->size_after = offset;
        change->length_before = status.st_size > offset ? (size_t)(status.st_size - offset) : 0;
    }
    change->before = read_range(descriptor, offset, &change->length_before);
    change->older = newest;
    newest = change;
}

/* What is flushed cannot be lost any more. */
static void forget(int descriptor) {
    struct stat status;
    if (fault != POWER || fstat(descriptor, &status) != 0) return;
    for (struct change **place = &newest; *place;) {
        struct change *change = *place;
        if (change->device == status.st_dev && change->inode == status.st_ino) {
            *place = change->older;
            free(change->before);
            free(change->after);
            free(change);
        } else {
            place = &change->older;
        }
    }
}

/* The file as it is named now; -1 when it was removed, or made anew since. */
static int reopen(const struct change *change) {
    int file = open(change->path, O_WRONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || (fstat(file, &status) == 0 && status.st_dev == change->device && status.st_ino == change->inode))
        return file;
    close(file);
    return -1;
}

static void redo(int file, const struct change *change) {
    if (!change->after) {
        if (roll() & 1) syscall(SYS_ftruncate, file, change->size_after);
        return;
    }
    for (size_t start = 0; start < change->length_after;) {
        size_t length = SECTOR - (size_t)((change->offset + (off_t)start) % SECTOR);
        if (length > change->length_after - start) length = change->length_after - start;
        if (roll() & 1) syscall(SYS_pwrite64, file, change->after + start, length, change->offset + (off_t)start);
        start += length;
    }
}

static void lose_power(void) {
    struct change *oldest = NULL;
    for (struct change *change = newest, *older; change; change = older) {
        older = change->older;
        int file = reopen(change);
        if (file >= 0) {
            syscall(SYS_pwrite64, file, change->before, change->length_before, change->offset);
            syscall(SYS_ftruncate, file, change->size_before);
            close(file);
        }
        change->older = oldest;
        oldest = change;
    }
    for (const struct change *change = oldest; change && seed; change = change->older) {
        int file = reopen(change);
        if (file >= 0) redo(file, change);
        if (file >= 0) close(file);
    }
    die();
}

/* MARK: The operations */

/* Counts an operation and does what is ordered before it; tells whether it is the one that a fault is for. */
static int is_struck(const char *operation, const char *path, off_t offset, size_t length) {
    count++;
    note(operation, path, offset, (long long)length);
    if (fault == BEFORE && count == number) die();
    if (fault == POWER && count == number) lose_power();
    if (fault == EIO_ALWAYS || fault == ENOSPC_ALWAYS) return count >= number;
    return count == number;
}

/* The error with which the operation ends; 0 when it is done. */
static int failure(int struck) {
    if (!struck) return 0;
    switch (fault) {
    case EIO_ONCE:
    case EIO_ALWAYS: return EIO;
    case ENOSPC_ONCE:
    case ENOSPC_ALWAYS: return ENOSPC;
    default: return 0;
    }
}

static long finish(long result, int struck) {
    if (struck && fault == AFTER) die();
    pthread_mutex_unlock(&lock);
    return result;
}

static long fail(int code) {
    pthread_mutex_unlock(&lock);
    errno = code;
    return -1;
}

static ssize_t write_at(int descriptor, const void *bytes, size_t length, off_t offset, int is_positioned) {
    char path[PATH_MAX];
    if (!is_journal(descriptor, path))
        return is_positioned ? syscall(SYS_pwrite64, descriptor, bytes, length, offset)
                             : syscall(SYS_write, descriptor, bytes, length);
    pthread_mutex_lock(&lock);
    if (!is_positioned) offset = lseek(descriptor, 0, SEEK_CUR);
    int struck = is_struck("write", path, offset, length), code = failure(struck);
    if (code) return fail(code);
    size_t part = struck && (fault == TORN || fault == SHORT) ? length / 2 : length;
    remember(descriptor, path, offset, bytes, part);
    long result = is_positioned ? syscall(SYS_pwrite64, descriptor, bytes, part, offset)
                                : syscall(SYS_write, descriptor, bytes, part);
    if (struck && fault == TORN) die();
    return finish(result, struck);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return write_at(descriptor, bytes, length, offset, 1);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    return write_at(descriptor, bytes, length, offset, 1);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    return write_at(descriptor, bytes, length, 0, 0);
}

/* What a file tool flushes: the new file, and the folder in which it takes the old one's name. */
static int flush_other(int descriptor, const char *path, long call) {
    struct stat status;
    long result = syscall(call, descriptor);
    if (result == 0 && fstat(descriptor, &status) == 0) {
        pthread_mutex_lock(&lock);
        note(S_ISDIR(status.st_mode) ? "folder" : "file", path, 0, 0);
        pthread_mutex_unlock(&lock);
    }
    return (int)result;
}

static int flush(int descriptor, const char *operation, long call) {
    char path[PATH_MAX];
    if (!is_journal(descriptor, path)) return flush_other(descriptor, path, call);
    pthread_mutex_lock(&lock);
    int struck = is_struck(operation, path, 0, 0), code = failure(struck);
    if (code) return (int)fail(code == ENOSPC ? ENOSPC : EIO);
    long result = syscall(call, descriptor);
    if (result == 0) forget(descriptor);
    return (int)finish(result, struck);
}

int fsync(int descriptor) { return flush(descriptor, "sync", SYS_fsync); }

int fdatasync(int descriptor) { return flush(descriptor, "sync", SYS_fdatasync); }

static int resize(int descriptor, off_t size) {
    char path[PATH_MAX];
    if (!is_journal(descriptor, path)) return (int)syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_lock(&lock);
    int struck = is_struck("resize", path, size, 0), code = failure(struck);
    if (code) return (int)fail(code);
    remember(descriptor, path, size, NULL, 0);
    return (int)finish(syscall(SYS_ftruncate, descriptor, size), struck);
}

int ftruncate(int descriptor, off_t size) { return resize(descriptor, size); }

int ftruncate64(int descriptor, off64_t size) { return resize(descriptor, size); }

/* A file tool puts a whole new file in the old one's place: its effect, which is counted. */
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
    if (result == 0) {
        char words[PATH_MAX * 2];
        snprintf(words, sizeof words, "%s>%s", from, to);
        note("effect", words, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    return (int)result;
}
